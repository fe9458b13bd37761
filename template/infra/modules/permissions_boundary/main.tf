# The most that any role of the service can do, whatever its own policies say. CI may make roles only under this boundary:
# without it, whoever can make a role can make an administrator.
#
# It forbids where a service has no business, rather than list what one of today's services needs.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid       = "WorkInOneRegion"
    resources = ["*"]

    # All but what would change who may do what, what it costs, and who else belongs to the organisation.
    not_actions = [
      "account:*",
      "aws-portal:*",
      "billing:*",
      "budgets:*",
      "iam:*",
      "organizations:*",
      "sts:AssumeRole",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid       = "HandOverOwnRoles"
    actions   = ["iam:GetRole", "iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/${var.name}-*"]
  }

  statement {
    sid       = "LetServicesMakeTheirOwnRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]
  }

  # A state says everything about the infrastructure, and the next apply believes it.
  statement {
    sid       = "LeaveStatesAlone"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
  }

  statement {
    sid           = "LeaveSecretsOfOthersAlone"
    effect        = "Deny"
    actions       = ["secretsmanager:*"]
    not_resources = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${var.name}-*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-boundary"
  description = "The most that any role of ${var.name} can do"
  policy      = data.aws_iam_policy_document.boundary.json
}
