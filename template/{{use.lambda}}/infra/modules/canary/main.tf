resource "aws_codedeploy_app" "this" {
  name             = var.name
  compute_platform = "Lambda"
}

# `percent` of the traffic goes to the new version; after `minutes` without an alarm, all of it.
resource "aws_codedeploy_deployment_config" "this" {
  # The numbers are in the name because a configuration cannot be changed, only replaced.
  deployment_config_name = "${var.name}-${var.percent}-percent-${var.minutes}-minutes"
  compute_platform       = "Lambda"

  traffic_routing_config {
    type = "TimeBasedCanary"

    time_based_canary {
      percentage = var.percent
      interval   = var.minutes
    }
  }

  lifecycle {
    create_before_destroy = true # the group needs one at any time
  }
}

resource "aws_codedeploy_deployment_group" "this" {
  app_name               = aws_codedeploy_app.this.name
  deployment_group_name  = var.alias_name
  service_role_arn       = aws_iam_role.this.arn
  deployment_config_name = aws_codedeploy_deployment_config.this.deployment_config_name

  # The only style that there is for functions; it has to be said all the same.
  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  alarm_configuration {
    enabled = true
    alarms  = var.alarm_names

    ignore_poll_alarm_failure = false # a canary that nobody watches does not go on
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-canary"
  description          = "How CodeDeploy moves the alias of ${var.name}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "canary"
  role = aws_iam_role.this.id

  # AWSCodeDeployRoleForLambda, narrowed to this function.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MoveTheAlias"
        Effect   = "Allow"
        Action   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        Resource = [var.function_arn, "${var.function_arn}:*"]
      },
      {
        Sid      = "WatchTheAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "*" # CodeDeploy asks for several alarms in one call, which only a wildcard admits
      },
    ]
  })
}
