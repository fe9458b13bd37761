# GitHub signs for each job of a workflow who it is; AWS takes that for a password. Nothing has to be stored or rotated.

locals {
  issuer = "token.actions.githubusercontent.com"
  # With the ids: a repository that someone else makes under the same name has another one.
  repository = "repo:${var.github_owner}@${var.github_owner_id}/${var.github_repo}@${var.github_repository_id}"

  provider_arn = var.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : data.aws_iam_openid_connect_provider.github[0].arn

  # Role -> the subjects of the jobs that may take it. Compared as they are, without a wildcard.
  subjects = {
    plan = [
      "${local.repository}:pull_request",
      "${local.repository}:ref:refs/heads/main",
    ]
    # A job that names an environment presents that alone; who may enter it, and from which branch, is set on GitHub.
    apply = [for environment in var.environments : "${local.repository}:environment:${environment}"]
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

# An account has one such provider; the first of several projects makes it.
data "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 0 : 1

  url = "https://${local.issuer}"
}

data "aws_iam_policy_document" "trust" {
  for_each = local.subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = each.value
    }
  }
}

resource "aws_iam_role" "ci" {
  for_each = local.subjects

  name        = "${var.name}-${each.key}"
  description = "GitHub Actions of ${var.github_owner}/${var.github_repo}: ${each.key}"
  # A path of their own: the apply role may change roles under `/`, and must not change itself.
  path               = "/ci/"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

# A plan reads everything that Terraform manages. What that policy lets see of people's data is taken away again below.
resource "aws_iam_role_policy_attachment" "read" {
  for_each = aws_iam_role.ci

  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role_policy" "plan" {
  name   = "plan"
  role   = aws_iam_role.ci["plan"].name
  policy = data.aws_iam_policy_document.plan.json
}

resource "aws_iam_role_policy" "apply" {
  name   = "apply"
  role   = aws_iam_role.ci["apply"].name
  policy = data.aws_iam_policy_document.apply.json
}

# What this way of deploying needs beyond what every way needs.
resource "aws_iam_role_policy" "deployment" {
  name   = "deployment"
  role   = aws_iam_role.ci["apply"].name
  policy = var.deployment_policy
}
