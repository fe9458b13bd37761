output "application" {
  description = "Name of the CodeDeploy application."
  value       = aws_codedeploy_app.this.name
}

output "deployment_group" {
  description = "Name of the deployment group."
  value       = aws_codedeploy_deployment_group.this.deployment_group_name
}

output "deployment_config" {
  description = "Name of the canary configuration."
  value       = aws_codedeploy_deployment_config.this.deployment_config_name
}
