data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  region    = data.aws_region.current.name
  policies  = "arn:${local.partition}:eks::aws:cluster-access-policy"
}

# The pipeline: workloads in one namespace. What this policy leaves out, custom resources, is granted by a RoleBinding of
# k8s/cluster/ to the group. Namespaces and roles are not its business.
resource "aws_eks_access_entry" "release" {
  cluster_name      = var.cluster_name
  principal_arn     = var.release_role_arn
  kubernetes_groups = ["release"]
}

resource "aws_eks_access_policy_association" "release" {
  cluster_name  = var.cluster_name
  principal_arn = aws_eks_access_entry.release.principal_arn
  policy_arn    = "${local.policies}/AmazonEKSEditPolicy"

  access_scope {
    type       = "namespace"
    namespaces = [var.namespace]
  }
}

# People: all of the cluster. They take the operator's role, so the cluster knows no person and forgets none.
locals {
  administrators = merge(
    { operator = aws_iam_role.operator.arn },
    { for arn in var.admin_role_arns : arn => arn },
  )
}

resource "aws_eks_access_entry" "administrator" {
  for_each = local.administrators

  cluster_name  = var.cluster_name
  principal_arn = each.value
}

resource "aws_eks_access_policy_association" "administrator" {
  for_each = aws_eks_access_entry.administrator

  cluster_name  = var.cluster_name
  principal_arn = each.value.principal_arn
  policy_arn    = "${local.policies}/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}
