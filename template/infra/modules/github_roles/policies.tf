locals {
  roles   = "arn:aws:iam::${var.account_id}:role/${var.name}-*"
  states  = "${var.state_bucket_arn}/live/*.tfstate"
  locks   = "${var.state_bucket_arn}/live/*.tflock"
  secrets = "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${var.name}-*"
}

# What neither role ever does, even where a policy says otherwise.
data "aws_iam_policy_document" "never" {
  # The state of bootstrap is for the people who run it.
  statement {
    sid           = "ReadOtherObjects"
    effect        = "Deny"
    actions       = ["s3:GetObject", "s3:GetObjectVersion"]
    not_resources = ["${var.state_bucket_arn}/live/*"]
  }

  statement {
    sid    = "ReadData"
    effect = "Deny"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "kinesis:GetRecords",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:StartLiveTail",
      "logs:StartQuery",
    ]
    resources = ["*"]
  }

  # AWS publishes parameters of its own, such as the newest images of machines.
  statement {
    sid           = "ReadParameters"
    effect        = "Deny"
    actions       = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"]
    not_resources = ["arn:aws:ssm:*::parameter/aws/service/*"]
  }

  statement {
    sid           = "ReadSecretsOfOthers"
    effect        = "Deny"
    actions       = ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"]
    not_resources = [local.secrets]
  }

  # Whoever can change these is bound by nothing.
  statement {
    sid         = "ChangeWhatBinds"
    effect      = "Deny"
    not_actions = ["iam:Get*", "iam:List*"]
    resources = [
      "arn:aws:iam::${var.account_id}:role/ci/*",
      local.provider_arn,
      var.permissions_boundary_arn,
    ]
  }
}

# Read only, but for the lock: a plan under way keeps others from changing what it looks at.
data "aws_iam_policy_document" "plan" {
  source_policy_documents = [data.aws_iam_policy_document.never.json]

  statement {
    sid       = "Lock"
    actions   = ["s3:PutObject", "s3:DeleteObject"]
    resources = [local.locks]
  }
}

# What every way of deploying needs: states, images, roles of the service, its secrets.
data "aws_iam_policy_document" "apply" {
  source_policy_documents = [data.aws_iam_policy_document.never.json]

  # A state is written, never deleted; a lock is given back.
  statement {
    sid       = "State"
    actions   = ["s3:PutObject"]
    resources = [local.states, local.locks]
  }

  statement {
    sid       = "GiveLockBack"
    actions   = ["s3:DeleteObject"]
    resources = [local.locks]
  }

  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # the only resource that it knows
  }

  # Push and pull, not delete: what was deployed can be deployed again.
  statement {
    sid = "Images"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [var.image_repository_arn]
  }

  # Each of these actions says under which boundary the role is, or is to be.
  statement {
    sid = "RolesUnderTheBoundary"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = [local.roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [var.permissions_boundary_arn]
    }
  }

  statement {
    sid = "CareOfThoseRoles"
    actions = [
      "iam:DeleteRole",
      "iam:PassRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = [local.roles]
  }

  # AWS writes these roles itself, for services that act in the account.
  statement {
    sid       = "RolesOfAws"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]
  }

  # Made without a value, which a person puts in. The smoke test reads it to be let in.
  statement {
    sid = "Secrets"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteResourcePolicy",
      "secretsmanager:DeleteSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutResourcePolicy",
      "secretsmanager:RestoreSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]
    resources = [local.secrets]
  }
}
