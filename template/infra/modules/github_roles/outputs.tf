output "plan_role_arn" {
  description = "Role of jobs that look: pull requests, and main."
  value       = aws_iam_role.ci["plan"].arn
}

output "apply_role_arn" {
  description = "Role of jobs that change: those of an environment."
  value       = aws_iam_role.ci["apply"].arn
}
