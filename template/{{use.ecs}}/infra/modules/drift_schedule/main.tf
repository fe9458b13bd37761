data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.name
  group   = "${var.name}-drift"
  # Any revision: the one that a rollback leaves in service is as good.
  family_arn = regex("^(.*):[0-9]+$", var.task_definition_arn)[0]
}

resource "aws_scheduler_schedule_group" "this" {
  name = local.group
}

resource "aws_scheduler_schedule" "this" {
  name                = local.group
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "Asks ${var.name} how far its recent traffic is from what the model was trained on"
  schedule_expression = var.schedule
  kms_key_arn         = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.cluster_arn
    role_arn = aws_iam_role.scheduler.arn
    # The task definition of the service with another command: same image, same user, same limits.
    input = jsonencode({
      containerOverrides = [{ name = var.container_name, command = ["python", "-m", var.package, "drift"] }]
    })

    ecs_parameters {
      task_definition_arn = var.task_definition_arn
      launch_type         = "FARGATE"
      # What tells its tasks from those that serve when they stop.
      group = local.group

      network_configuration {
        subnets          = var.subnet_ids
        security_groups  = [aws_security_group.this.id, var.egress_security_group_id]
        assign_public_ip = false
      }
    }

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:the schedule attaches it to the tasks that it starts
  name        = local.group
  description = "Drift job of ${var.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "service" {
  security_group_id            = aws_security_group.this.id
  description                  = "The service, for its report"
  referenced_security_group_id = var.service_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  security_group_id            = var.service_security_group_id
  description                  = "Drift job, for the report"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "aws_iam_role" "scheduler" {
  name                 = "${local.group}-scheduler"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # A group, not a schedule: AWS checks the role when a schedule is made, under the name of its group.
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = local.account
          "aws:SourceArn"     = "arn:aws:scheduler:${local.region}:${local.account}:schedule-group/${local.group}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "run-drift-job"
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OneTaskDefinitionInOneCluster"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "${local.family_arn}:*"
        Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }
      },
      {
        Sid       = "WithItsRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = var.role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        # The schedule itself is encrypted with it; secrets that are, too, this role cannot ask for.
        Sid      = "OwnSchedule"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
      },
    ]
  })
}

# The job's exit code is its verdict, and a task that never started has none.
resource "aws_cloudwatch_event_rule" "failed" {
  name        = "${local.group}-alert"
  description = "The drift job of ${var.name} has found drift, or could not look"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [var.cluster_arn]
      group      = [local.group]
      lastStatus = ["STOPPED"]
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = var.topic_arn

  input_transformer {
    input_paths = {
      code   = "$.detail.containers[0].exitCode"
      reason = "$.detail.stoppedReason"
      task   = "$.detail.taskArn"
    }
    input_template = "\"Drift job of ${var.name}: exit code <code> (1: drift, 2: it could not look, none: it did not start). <reason>. Log: ${var.log_group_name}, task <task>.\""
  }
}

# What never became a task leaves no event, only a count at the scheduler.
resource "aws_cloudwatch_metric_alarm" "not_started" {
  alarm_name          = "${local.group}-not-started"
  alarm_description   = "The scheduler could not start the drift job. Runbook: docs/runbooks/deploy.md."
  namespace           = "AWS/Scheduler"
  metric_name         = "TargetErrorCount"
  dimensions          = { ScheduleGroup = aws_scheduler_schedule_group.this.name }
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
