output "plan_role_arn" {
  description = "Role of jobs that look: pull requests, and main."
  value       = aws_iam_role.ci["plan"].arn
}

output "plan_trust_policy" {
  description = "Who may take the plan role (JSON), for other roles of jobs that look."
  value       = data.aws_iam_policy_document.trust["plan"].json
}

output "apply_role_arn" {
  description = "Role of jobs that change: those of an environment."
  value       = aws_iam_role.ci["apply"].arn
}
