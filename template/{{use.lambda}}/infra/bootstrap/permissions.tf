# What the apply role may do to run the service as a function; reading is in what every role of CI may do already.
# By name where AWS has names, by tag where it has ids.
locals {
  here  = "${var.region}:${local.account_id}"
  named = "${var.name}-*"
}

data "aws_iam_policy_document" "deployment" {
  statement {
    sid = "Function"
    actions = [
      "lambda:AddPermission",
      "lambda:CreateAlias",
      "lambda:CreateFunction",
      "lambda:DeleteAlias",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:DeleteFunctionEventInvokeConfig",
      "lambda:PublishVersion",
      "lambda:PutFunctionConcurrency",
      "lambda:PutFunctionEventInvokeConfig",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:UpdateFunctionEventInvokeConfig",
    ]
    resources = ["arn:aws:lambda:${local.here}:function:${local.named}"]
  }

  # An API has an id that nobody can know in advance, so this is every HTTP API of the region; REST APIs are under /restapis.
  statement {
    sid       = "HttpApi"
    actions   = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:TagResource"]
    resources = [for path in ["apis", "apis/*", "tags/*"] : "arn:aws:apigateway:${var.region}::/${path}"]
  }

  statement {
    sid = "Release"
    actions = [
      "codedeploy:CreateApplication",
      "codedeploy:CreateDeployment",
      "codedeploy:CreateDeploymentConfig",
      "codedeploy:CreateDeploymentGroup",
      "codedeploy:DeleteApplication",
      "codedeploy:DeleteDeploymentConfig",
      "codedeploy:DeleteDeploymentGroup",
      "codedeploy:RegisterApplicationRevision",
      "codedeploy:StopDeployment",
      "codedeploy:TagResource",
      "codedeploy:UntagResource",
      "codedeploy:UpdateApplication",
      "codedeploy:UpdateDeploymentGroup",
    ]
    resources = [for kind in ["application", "deploymentconfig", "deploymentgroup"] : "arn:aws:codedeploy:${local.here}:${kind}:${local.named}"]
  }

  # Scaling targets have ids, and the namespace is all that AWS lets a policy say about them.
  statement {
    sid = "ProvisionedConcurrency"
    actions = [
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
    ]
    resources = ["arn:aws:application-autoscaling:${local.here}:scalable-target/*"]

    condition {
      test     = "StringEquals"
      variable = "application-autoscaling:service-namespace"
      values   = ["lambda"]
    }
  }

  statement {
    sid       = "TagsOfScaling"
    actions   = ["application-autoscaling:TagResource", "application-autoscaling:UntagResource"]
    resources = ["arn:aws:application-autoscaling:${local.here}:scalable-target/*"]
  }

  statement {
    sid       = "Schedule"
    actions   = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"]
    resources = ["arn:aws:scheduler:${local.here}:schedule/default/${local.named}"]
  }

  statement {
    sid = "Alarms"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:UntagResource",
    ]
    resources = ["arn:aws:cloudwatch:${local.here}:alarm:${local.named}", "arn:aws:sns:${local.here}:${local.named}"]
  }

  statement {
    sid = "Logs"
    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteMetricFilter",
      "logs:DisassociateKmsKey",
      "logs:PutMetricFilter",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = [for prefix in ["lambda", "vendedlogs/apigateway"] : "arn:aws:logs:${local.here}:log-group:/aws/${prefix}/${local.named}"]
  }

  # Neither has resources to name: subscriptions that end, and the delivery of access logs, which API Gateway sets up in
  # the name of whoever makes a stage.
  statement {
    sid = "WithoutResources"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      "sns:Unsubscribe",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "NewKey"
    actions   = ["kms:CreateKey", "kms:TagResource"]
    resources = ["*"] # its ARN is made with it

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Project"
      values   = [var.name]
    }
  }

  statement {
    sid       = "NameOfKey"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    resources = ["arn:aws:kms:${local.here}:alias/${local.named}"]
  }

  # The last two: to make a secret and to read it for the smoke test.
  statement {
    sid = "OwnKeys"
    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DisableKeyRotation",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ]
    resources = ["arn:aws:kms:${local.here}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.name]
    }
  }
}
