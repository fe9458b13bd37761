output "url" {
  description = "Base URL of the service; with internal_http it answers inside the VPC only."
  value       = module.load_balancer.url
}

output "release" {
  description = "What the release needs to see the newest version into service."
  value = {
    cluster          = module.fargate_service.cluster_name
    service          = module.fargate_service.service_name
    task_definition  = module.fargate_service.task_definition_arn
    target_group     = module.load_balancer.target_group_arn
    log_group        = module.fargate_service.log_group_name
    api_token_secret = module.fargate_service.api_token_secret
    load_balancer    = module.load_balancer.dns_name
    url              = module.load_balancer.url
    # What is internal cannot be asked from outside.
    public = var.sizing.internal_http ? "false" : "true"
  }
}
