output "github_variables" {
  description = "The variables that the workflows read: `gh variable set NAME --body VALUE` for each."
  value = {
    AWS_REGION         = var.region
    AWS_PLAN_ROLE_ARN  = module.github_roles.plan_role_arn
    AWS_APPLY_ROLE_ARN = module.github_roles.apply_role_arn
    AWS_STATE_BUCKET   = module.state_bucket.name
    IMAGE_REPOSITORY   = module.image_registry.url
  }
}

output "backend" {
  description = "Where states are kept, as a file for `terraform init -backend-config=FILE`."
  value       = <<-EOT
    bucket = "${module.state_bucket.name}"
    region = "${var.region}"
  EOT
}
