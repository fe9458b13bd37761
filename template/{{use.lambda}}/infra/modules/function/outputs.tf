output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function without a version."
  value       = aws_lambda_function.this.arn
}

output "version" {
  description = "The newest version; the alias points to it once it is released."
  value       = aws_lambda_function.this.version
}

output "alias_name" {
  description = "Name of the alias in service."
  value       = aws_lambda_alias.live.name
}

output "alias_arn" {
  description = "ARN of the alias, what everybody calls."
  value       = aws_lambda_alias.live.arn
}

output "alias_invoke_arn" {
  description = "The alias as API Gateway names it."
  value       = aws_lambda_alias.live.invoke_arn
}

output "log_group_name" {
  description = "Where the function writes."
  value       = aws_cloudwatch_log_group.this.name
}
