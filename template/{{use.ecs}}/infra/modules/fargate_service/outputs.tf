output "cluster_name" {
  description = "Cluster of the service."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "Cluster of the service."
  value       = aws_ecs_cluster.this.arn
}

output "service_name" {
  description = "The service."
  value       = aws_ecs_service.this.name
}

output "task_definition_arn" {
  description = "The revision that the service is to run."
  value       = aws_ecs_task_definition.this.arn
}

output "container_name" {
  description = "Name of the container in it."
  value       = local.container
}

output "role_arns" {
  description = "Execution role and task role, which whoever starts a task has to pass on."
  value       = [aws_iam_role.execution.arn, aws_iam_role.task.arn]
}

output "security_group_id" {
  description = "Security group of the tasks that serve."
  value       = aws_security_group.service.id
}

output "egress_security_group_id" {
  description = "Security group with what every task needs to start."
  value       = aws_security_group.egress.id
}

output "log_group_name" {
  description = "Log of all tasks."
  value       = aws_cloudwatch_log_group.this.name
}

output "api_token_secret" {
  description = "Secret of the API's token; its value is put by hand."
  value       = aws_secretsmanager_secret.api_token.name
}
