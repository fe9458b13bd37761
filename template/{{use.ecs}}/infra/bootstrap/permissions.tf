# What the apply role may do beyond roles, images, states and secrets: build network, load balancer, cluster and what
# watches them. It reads everything already. By name where AWS has names, by tag where it has ids.

locals {
  here  = "${var.region}:${local.account_id}"
  named = "${var.name}-*"
  ec2   = "arn:aws:ec2:${local.here}"
}

data "aws_iam_policy_document" "deployment" {
  # Three statements draw a circle around what carries the project's tag: make it with the tag, ...
  statement {
    sid = "MakeTagged"
    actions = [
      "ec2:AllocateAddress",
      "ec2:AuthorizeSecurityGroup*",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateNatGateway",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateVpc",
      "ec2:CreateVpcEndpoint",
      "ecs:RegisterTaskDefinition",
      "kms:CreateKey",
      "kms:TagResource",
      "servicediscovery:CreatePrivateDnsNamespace",
      "servicediscovery:CreateService",
      "servicediscovery:TagResource",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Project"
      values   = [var.name]
    }
  }

  # ... tag only what is being made, ...
  statement {
    sid       = "TagWhatIsMade"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2}:*/*"]

    condition {
      test     = "StringLike"
      variable = "ec2:CreateAction"
      values   = ["AllocateAddress", "AuthorizeSecurityGroup*", "Create*"]
    }
  }

  # ... and change or delete what has the tag.
  statement {
    sid = "ChangeTagged"
    actions = [
      "ec2:AssociateRouteTable",
      "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroup*",
      "ec2:CreateFlowLogs",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteNatGateway",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints",
      "ec2:DetachInternetGateway",
      "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ReleaseAddress",
      "ec2:ReplaceRoute*",
      "ec2:RevokeSecurityGroup*",
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:Decrypt", # the token, for the smoke test
      "kms:DeleteAlias",
      "kms:EnableKeyRotation",
      "kms:GenerateDataKey",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
      "servicediscovery:DeleteNamespace",
      "servicediscovery:DeleteService",
      "servicediscovery:DeregisterInstance",
      "servicediscovery:UntagResource",
      "servicediscovery:Update*",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.name]
    }
  }

  # AWS makes a network's default security group, without tags. Closing one harms nobody; a tag goes only where there is none.
  statement {
    sid       = "CloseDefaultGroup"
    actions   = ["ec2:RevokeSecurityGroup*"]
    resources = ["${local.ec2}:security-group/*"]
  }

  statement {
    sid       = "TagDefaultGroup"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2}:security-group/*"]

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/Project"
      values   = ["true"]
    }
  }

  # The zone of the internal name is made by Cloud Map in the caller's name, and found by the endpoints' private names.
  statement {
    sid       = "InternalZones"
    actions   = ["route53:AssociateVPCWithHostedZone", "route53:CreateHostedZone", "route53:DeleteHostedZone"]
    resources = ["arn:aws:route53:::hostedzone/*", "${local.ec2}:vpc/*"]
  }

  # Addresses only: of tasks under the internal name, of the load balancer under the public one.
  statement {
    sid       = "Addresses"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = ["arn:aws:route53:::hostedzone/*"]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["A"]
    }
  }

  # With the names come listeners, rules, services, schedules.
  statement {
    sid = "Named"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
      "ecs:CreateCluster",
      "ecs:CreateService",
      "ecs:DeleteCluster",
      "ecs:DeleteService",
      "ecs:TagResource",
      "ecs:UntagResource",
      "ecs:UpdateCluster*",
      "ecs:UpdateService",
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:Create*",
      "elasticloadbalancing:Delete*",
      "elasticloadbalancing:Modify*",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:Set*",
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateAlias",
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DisassociateKmsKey",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
      "scheduler:CreateSchedule*",
      "scheduler:DeleteSchedule*",
      "scheduler:TagResource",
      "scheduler:UntagResource",
      "scheduler:UpdateSchedule",
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:UntagResource",
    ]
    resources = [
      "arn:aws:cloudwatch:${local.here}:alarm:${local.named}",
      "arn:aws:ecs:${local.here}:*/${local.named}",
      "arn:aws:elasticloadbalancing:${local.here}:*/app/${local.named}",
      "arn:aws:elasticloadbalancing:${local.here}:targetgroup/${local.named}",
      "arn:aws:events:${local.here}:rule/${local.named}",
      "arn:aws:kms:${local.here}:alias/${local.named}",
      "arn:aws:logs:${local.here}:log-group:/${local.named}",
      "arn:aws:scheduler:${local.here}:schedule*/${local.named}",
      "arn:aws:sns:${local.here}:${local.named}",
    ]
  }

  # Subscriptions have ids.
  statement {
    sid       = "EndSubscriptions"
    actions   = ["sns:Unsubscribe"]
    resources = ["arn:aws:sns:${local.here}:*"]
  }

  # Scaling targets have ids, and the namespace is all that AWS lets a policy say about them.
  statement {
    sid = "Autoscaling"
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
      values   = ["ecs"]
    }
  }

  statement {
    sid       = "TagsOfScaling"
    actions   = ["application-autoscaling:TagResource", "application-autoscaling:UntagResource"]
    resources = ["arn:aws:application-autoscaling:${local.here}:scalable-target/*"]
  }
}
