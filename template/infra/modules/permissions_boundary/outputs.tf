output "arn" {
  description = "ARN of the policy, for `permissions_boundary` of a role."
  value       = aws_iam_policy.boundary.arn
}
