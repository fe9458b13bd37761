data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  full_name = "${var.name}-${var.environment}"
  # A cluster per environment, and in it one namespace, the same in each: manifests differ in size only.
  namespace  = var.name
  subnet_ids = var.sizing.existing_subnet_ids == null ? module.network[0].private_subnet_ids : var.sizing.existing_subnet_ids
}

module "encryption_key" {
  source = "../modules/encryption_key"

  name                 = local.full_name
  deletion_window_days = var.environment == "prod" ? 30 : 7
}

module "network" {
  source = "../modules/network"
  count  = var.sizing.existing_subnet_ids == null ? 1 : 0

  name                     = local.full_name
  cidr                     = var.sizing.network_cidr
  nat_per_zone             = var.sizing.nat_per_zone
  log_retention_days       = var.sizing.log_retention_days
  kms_key_arn              = module.encryption_key.arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "cluster" {
  source = "../modules/cluster"

  name                     = local.full_name
  kubernetes_version       = var.sizing.kubernetes_version
  subnet_ids               = local.subnet_ids
  endpoint_cidrs           = var.sizing.endpoint_cidrs
  kms_key_arn              = module.encryption_key.arn
  log_retention_days       = var.sizing.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "access" {
  source = "../modules/access"

  cluster_name = module.cluster.name
  cluster_arn  = module.cluster.arn
  namespace    = local.namespace
  # Made by infra/bootstrap, under this name.
  release_role_arn         = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/ci/${var.name}-apply"
  admin_role_arns          = var.sizing.admin_role_arns
  token_secret_arn         = aws_secretsmanager_secret.api_token.arn
  kms_key_arn              = module.encryption_key.arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

# Nodes are ready once their network is, so these come first.
module "node_add_ons" {
  source = "../modules/add_ons"

  cluster_name             = module.cluster.name
  permissions_boundary_arn = var.permissions_boundary_arn

  add_ons = {
    eks-pod-identity-agent = { version = lookup(var.sizing.add_on_versions, "eks-pod-identity-agent", null) }
    kube-proxy             = { version = lookup(var.sizing.add_on_versions, "kube-proxy", null) }
    vpc-cni = {
      version = lookup(var.sizing.add_on_versions, "vpc-cni", null)
      # Off by default, and NetworkPolicies are then accepted and ignored.
      configuration   = jsonencode({ enableNetworkPolicy = "true" })
      service_account = { name = "aws-node", policy = "AmazonEKS_CNI_Policy" }
    }
  }
}

module "node_group" {
  source = "../modules/node_group"

  # The cluster as it is with the add-ons in it. A depends_on would say the same, and make each plan that changes an
  # add-on replace what reads a data source in here.
  cluster_name             = module.node_add_ons.cluster_name
  kubernetes_version       = module.cluster.kubernetes_version
  subnet_ids               = local.subnet_ids
  architecture             = var.architecture
  instance_types           = var.sizing.node_instance_types[var.architecture]
  capacity_type            = var.sizing.node_capacity_type
  min_size                 = var.sizing.node_min
  max_size                 = var.sizing.node_max
  disk_gib                 = var.sizing.node_disk_gib
  permissions_boundary_arn = var.permissions_boundary_arn
}

# Deployments: they are healthy once they run, which takes nodes.
module "cluster_add_ons" {
  source = "../modules/add_ons"

  cluster_name             = module.node_group.cluster_name
  permissions_boundary_arn = var.permissions_boundary_arn

  add_ons = {
    coredns = { version = lookup(var.sizing.add_on_versions, "coredns", null) }
    # The autoscaler of pods reads CPU from it; without it the number of pods never changes.
    metrics-server = { version = lookup(var.sizing.add_on_versions, "metrics-server", null) }
  }
}

module "alarms" {
  source = "../modules/alarms"

  name                   = local.full_name
  alarm_email            = var.alarm_email
  cluster_name           = module.cluster.name
  autoscaling_group_name = module.node_group.autoscaling_group_name
  kms_key_arn            = module.encryption_key.arn
}

# Without a value: the runbook's command puts it, so that it stands in no state and in no plan.
resource "aws_secretsmanager_secret" "api_token" {
  # checkov:skip=CKV2_AWS_57:clients hold the token too, so a person rotates it together with them, as the runbook says
  name        = "${local.full_name}/api-token"
  description = "Token that callers of /v1 present"
  kms_key_id  = module.encryption_key.arn
  # Elsewhere than in production an environment is built again under the same name, the same day.
  recovery_window_in_days = var.environment == "prod" ? 30 : 0
}
