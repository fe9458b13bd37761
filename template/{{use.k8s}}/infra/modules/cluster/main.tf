data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  # All five: who asked what (audit, api), who got in (authenticator), and why a pod is not there (scheduler, controllerManager).
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Network, DNS and proxy come as managed add-ons; the unmanaged copies would have to be taken over first.
  bootstrap_self_managed_addons = false

  access_config {
    # Access is what access entries say, visible in AWS; the old way, a ConfigMap, can lock everybody out with one typing error.
    authentication_mode = "API"
    # Whoever creates the cluster is the pipeline. It deploys, and administers nothing.
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = var.kms_key_arn
    }
  }

  upgrade_policy {
    # At the end of standard support AWS upgrades, instead of asking six times the price an hour for extended support.
    support_type = "STANDARD"
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.endpoint_cidrs) > 0
    public_access_cidrs     = length(var.endpoint_cidrs) > 0 ? var.endpoint_cidrs : null
  }

  depends_on = [
    # Otherwise the control plane creates the group itself, unencrypted and kept for ever.
    aws_cloudwatch_log_group.control_plane,
    # Without its permissions the control plane cannot delete the network interfaces that it created.
    aws_iam_role_policy.key,
    aws_iam_role_policy_attachment.cluster,
  ]
}

resource "aws_cloudwatch_log_group" "control_plane" {
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "cluster" {
  name                 = "${var.name}-cluster"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
      # EKS may take this role for clusters of this account only.
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEKSClusterPolicy"
}

# Envelope encryption: each secret has a data key, and this key encrypts the data keys.
resource "aws_iam_role_policy" "key" {
  name = "secrets-key"
  role = aws_iam_role.cluster.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"]
      Resource = var.kms_key_arn
    }]
  })
}
