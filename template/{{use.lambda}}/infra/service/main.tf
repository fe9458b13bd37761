# The service in one environment: an image as a function behind an HTTP API.
locals {
  name = "${var.name}-${var.environment}"
}

module "encryption_key" {
  source = "../modules/encryption_key"

  name                 = local.name
  deletion_window_days = var.sizing.deletion_window_days
}

module "alarm_topic" {
  source = "../modules/alarm_topic"

  name        = local.name
  kms_key_arn = module.encryption_key.arn
  email       = var.alarm_email
}

module "api_token" {
  source = "../modules/api_token"

  name                 = local.name
  kms_key_arn          = module.encryption_key.arn
  recovery_window_days = var.environment == "dev" ? 0 : var.sizing.deletion_window_days
}

module "function" {
  source = "../modules/function"

  name                     = local.name
  image                    = var.image
  architecture             = var.architecture
  command                  = ["python", "-m", "awslambdaric", "${var.package}.serving.function.handle"]
  memory_mb                = var.sizing.memory_mb
  timeout_seconds          = var.sizing.timeout_seconds
  reserved_concurrency     = var.sizing.reserved_concurrency
  provisioned_concurrency  = var.sizing.provisioned_concurrency
  log_retention_days       = var.sizing.log_retention_days
  kms_key_arn              = module.encryption_key.arn
  failure_topic_arn        = module.alarm_topic.arn
  secret_arn               = module.api_token.arn
  api_token_generation     = var.sizing.api_token_generation
  permissions_boundary_arn = var.permissions_boundary_arn

  environment = {
    APP_ENVIRONMENT = "production" # config/production.toml: in each of the three environments the same service
    # Where the token is, not the token: variables can be read by whoever may look at the function.
    APP_SERVING__API_TOKEN_SECRET = module.api_token.arn
  }
}

module "http_api" {
  source = "../modules/http_api"

  name               = local.name
  function_name      = module.function.name
  alias_name         = module.function.alias_name
  alias_invoke_arn   = module.function.alias_invoke_arn
  throttle           = var.sizing.throttle
  log_retention_days = var.sizing.log_retention_days
  kms_key_arn        = module.encryption_key.arn
}

module "alarms" {
  source = "../modules/alarms"

  name             = local.name
  function_name    = module.function.name
  alias_name       = module.function.alias_name
  function_version = module.function.version
  api_id           = module.http_api.id
  topic_arn        = module.alarm_topic.arn
  thresholds       = var.sizing.alarms
}

module "canary" {
  source = "../modules/canary"

  name                     = local.name
  function_arn             = module.function.arn
  alias_name               = module.function.alias_name
  alarm_names              = module.alarms.names
  percent                  = var.sizing.canary.percent
  minutes                  = var.sizing.canary.minutes
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "drift_schedule" {
  source = "../modules/drift_schedule"

  name                     = local.name
  alias_arn                = module.function.alias_arn
  log_group_name           = module.function.log_group_name
  every_hours              = var.sizing.drift_every_hours
  topic_arn                = module.alarm_topic.arn
  permissions_boundary_arn = var.permissions_boundary_arn
}
