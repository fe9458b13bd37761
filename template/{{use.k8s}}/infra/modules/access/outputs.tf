output "operator_role_arn" {
  description = "Role that people take for the runbook."
  value       = aws_iam_role.operator.arn
}
