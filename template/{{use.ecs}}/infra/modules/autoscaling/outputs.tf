output "policy_arns" {
  description = "The two policies."
  value       = [aws_appautoscaling_policy.requests.arn, aws_appautoscaling_policy.cpu.arn]
}
