locals {
  full_name = "${var.name}-${var.environment}"
  # Both are settings of the service as well: serving.port and serving.drain_seconds in config/base.toml.
  port          = 8000
  drain_seconds = 20

  # One network or the other, in the same words.
  network = one(concat(
    [for made in module.network : {
      vpc_id  = made.vpc_id
      cidr    = made.cidr
      public  = made.public_subnet_ids
      private = made.private_subnet_ids
      egress  = made.egress
    }],
    [for found in data.aws_vpc.existing : {
      vpc_id  = var.sizing.network.vpc_id
      cidr    = found.cidr_block
      public  = var.sizing.network.public_subnet_ids
      private = var.sizing.network.private_subnet_ids
      # Its owner decides by routes and endpoints where HTTPS may go.
      egress = { network = { cidr_ipv4 = "0.0.0.0/0", prefix_list_id = null, security_group_id = null } }
    }],
  ))
  everybody    = var.sizing.internal_http ? [local.network.cidr] : ["0.0.0.0/0"]
  client_cidrs = var.sizing.client_cidrs == null ? local.everybody : var.sizing.client_cidrs
}

module "encryption_key" {
  source = "../modules/encryption_key"

  name                 = local.full_name
  deletion_window_days = var.sizing.deletion_window_days
}

module "alarm_topic" {
  source = "../modules/alarm_topic"

  name        = local.full_name
  kms_key_arn = module.encryption_key.arn
  email       = var.alarm_email
}

module "network" {
  source = "../modules/network"
  count  = var.sizing.network.vpc_id == null ? 1 : 0

  name                     = local.full_name
  cidr                     = var.sizing.network.cidr
  zones                    = var.sizing.network.zones
  egress                   = var.sizing.network.egress
  log_retention_days       = var.sizing.log_retention_days
  kms_key_arn              = module.encryption_key.arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

data "aws_vpc" "existing" {
  count = var.sizing.network.vpc_id == null ? 0 : 1
  id    = var.sizing.network.vpc_id
}

module "load_balancer" {
  source = "../modules/load_balancer"

  name                 = local.full_name
  vpc_id               = local.network.vpc_id
  subnet_ids           = local.network.public
  domain_name          = var.sizing.domain_name
  certificate_arn      = var.sizing.certificate_arn
  hosted_zone_id       = var.sizing.hosted_zone_id
  client_cidrs         = local.client_cidrs
  port                 = local.port
  deregistration_delay = local.drain_seconds
  access_log_bucket    = var.sizing.access_log_bucket
  deletion_protection  = var.sizing.deletion_protection
}

module "alarms" {
  source = "../modules/alarms"

  name                     = local.full_name
  topic_arn                = module.alarm_topic.topic_arn
  load_balancer_arn_suffix = module.load_balancer.arn_suffix
  target_group_arn_suffix  = module.load_balancer.target_group_arn_suffix
  error_percent            = var.sizing.error_percent
  p99_seconds              = var.sizing.p99_seconds
}

module "fargate_service" {
  source = "../modules/fargate_service"

  name                            = local.full_name
  package                         = var.package
  image                           = var.image
  architecture                    = var.architecture
  cpu                             = var.sizing.cpu
  memory_mb                       = var.sizing.memory_mb
  min_tasks                       = var.sizing.min_tasks
  port                            = local.port
  drain_seconds                   = local.drain_seconds
  vpc_id                          = local.network.vpc_id
  subnet_ids                      = local.network.private
  egress                          = local.network.egress
  load_balancer_security_group_id = module.load_balancer.security_group_id
  target_group_arn                = module.load_balancer.target_group_arn
  alarm_names                     = module.alarms.deployment_alarm_names
  topic_arn                       = module.alarm_topic.topic_arn
  kms_key_arn                     = module.encryption_key.arn
  log_retention_days              = var.sizing.log_retention_days
  permissions_boundary_arn        = var.permissions_boundary_arn
}

module "autoscaling" {
  source = "../modules/autoscaling"

  cluster_name             = module.fargate_service.cluster_name
  service_name             = module.fargate_service.service_name
  min_tasks                = var.sizing.min_tasks
  max_tasks                = var.sizing.max_tasks
  requests_per_target      = var.sizing.requests_per_target
  cpu_percent              = var.sizing.cpu_percent
  load_balancer_arn_suffix = module.load_balancer.arn_suffix
  target_group_arn_suffix  = module.load_balancer.target_group_arn_suffix
}

module "drift_schedule" {
  source = "../modules/drift_schedule"

  name                      = local.full_name
  package                   = var.package
  schedule                  = var.sizing.drift_schedule
  cluster_arn               = module.fargate_service.cluster_arn
  task_definition_arn       = module.fargate_service.task_definition_arn
  container_name            = module.fargate_service.container_name
  role_arns                 = module.fargate_service.role_arns
  vpc_id                    = local.network.vpc_id
  subnet_ids                = local.network.private
  egress_security_group_id  = module.fargate_service.egress_security_group_id
  service_security_group_id = module.fargate_service.security_group_id
  port                      = local.port
  topic_arn                 = module.alarm_topic.topic_arn
  log_group_name            = module.fargate_service.log_group_name
  kms_key_arn               = module.encryption_key.arn
  permissions_boundary_arn  = var.permissions_boundary_arn
}
