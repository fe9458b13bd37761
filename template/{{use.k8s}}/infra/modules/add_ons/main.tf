data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

resource "aws_eks_addon" "this" {
  for_each = var.add_ons

  cluster_name = var.cluster_name
  addon_name   = each.key
  # Without a version EKS takes the default of the day and stays there; a lookup of the newest would change the plan by itself.
  addon_version        = each.value.version
  configuration_values = each.value.configuration

  # These objects belong to the add-on: what was changed by hand is put back.
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.value.service_account == null ? [] : [each.value.service_account]

    content {
      service_account = pod_identity_association.value.name
      role_arn        = aws_iam_role.this[each.key].arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

locals {
  service_accounts = { for name, add_on in var.add_ons : name => add_on.service_account if add_on.service_account != null }
}

resource "aws_iam_role" "this" {
  for_each = local.service_accounts

  name                 = "${var.cluster_name}-${each.key}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
      # Pods of this one service account: pod identity names it in the session's tags.
      Condition = {
        StringEquals = {
          "aws:SourceAccount"                         = data.aws_caller_identity.current.account_id
          "aws:RequestTag/kubernetes-namespace"       = "kube-system"
          "aws:RequestTag/kubernetes-service-account" = each.value.name
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.service_accounts

  role       = aws_iam_role.this[each.key].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.value.policy}"
}
