output "url" {
  description = "Base URL of the service."
  value       = module.http_api.url
}

output "release" {
  description = "What the release needs to bring the newest version into service."
  value = {
    function         = module.function.name
    alias            = module.function.alias_name
    version          = module.function.version
    application      = module.canary.application
    deployment_group = module.canary.deployment_group
    canary           = module.canary.deployment_config
    api_token_secret = module.api_token.name
    url              = module.http_api.url
  }
}
