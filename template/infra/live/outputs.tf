output "image" {
  description = "The image in service: what a rollback goes back to."
  value       = var.image
}

output "url" {
  description = "Where the service answers; empty where that is not for Terraform to know."
  value       = module.service.url
}

output "release" {
  description = "What the release action has to know of this environment."
  value       = module.service.release
}
