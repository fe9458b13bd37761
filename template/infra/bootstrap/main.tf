# What has to be there before a workflow can deploy anything. A person applies it, once, with rights of an administrator.

data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
}

module "state_bucket" {
  source = "../modules/state_bucket"

  # Account and region make it unique: buckets of all accounts share their names.
  name      = "${var.name}-terraform-${local.account_id}-${var.region}"
  deletable = var.deletable
}

module "image_registry" {
  source = "../modules/image_registry"

  name      = var.name
  deletable = var.deletable
}

module "permissions_boundary" {
  source = "../modules/permissions_boundary"

  name             = var.name
  region           = var.region
  account_id       = local.account_id
  state_bucket_arn = module.state_bucket.arn
}

module "github_roles" {
  source = "../modules/github_roles"

  name                 = var.name
  region               = var.region
  account_id           = local.account_id
  github_owner         = var.github_owner
  github_owner_id      = var.github_owner_id
  github_repo          = var.github_repo
  github_repository_id = var.github_repository_id
  create_oidc_provider = var.create_oidc_provider

  state_bucket_arn         = module.state_bucket.arn
  image_repository_arn     = module.image_registry.arn
  permissions_boundary_arn = module.permissions_boundary.arn
  deployment_policy        = data.aws_iam_policy_document.deployment.json # permissions.tf
}

module "budget" {
  source = "../modules/budget"

  name        = var.name
  limit_usd   = var.monthly_budget_usd
  alarm_email = var.alarm_email
}
