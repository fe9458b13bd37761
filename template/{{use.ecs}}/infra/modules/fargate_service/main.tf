data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.name
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    # Processor and memory of each task as metrics; without it nothing tells a leak from a small task.
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = var.min_tasks

  # A full new set beside the old one: never fewer tasks than wanted, and a second one is there even where only one runs.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  # The model loads in a second; a check that fails earlier than this says nothing about the image.
  health_check_grace_period_seconds = 30
  # After a zone has failed and come back, tasks are spread again.
  availability_zone_rebalancing = "ENABLED"
  # A shell needs a file system to write to and a way in; logs and a local copy of the image tell as much.
  enable_execute_command  = false
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  # The release waits instead: it knows why a deployment failed, and Terraform does not.
  wait_for_steady_state = false

  # Tasks that do not start, or do not pass their health check, end the deployment ...
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # ... and so do tasks that pass it and then answer with errors, or late.
  alarms {
    enable      = true
    rollback    = true
    alarm_names = var.alarm_names
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.service.id, aws_security_group.egress.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = var.target_group_arn
    container_name   = local.container
    container_port   = var.port
  }

  service_registries {
    registry_arn = aws_service_discovery_service.this.arn
  }

  lifecycle {
    # Autoscaling's from the first minute on; an apply would otherwise undo what it did.
    ignore_changes = [desired_count]
  }

  # Tasks start with them, and, when all is torn down, still write their last lines.
  depends_on = [aws_iam_role_policy.execution]
}

# Also when nobody watches: the circuit breaker or an alarm has undone a deployment.
resource "aws_cloudwatch_event_rule" "deployment_failed" {
  name        = "${var.name}-deployment-failed"
  description = "A deployment of ${var.name} has failed"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Deployment State Change"]
    resources   = [aws_ecs_service.this.id]
    detail      = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
  })
}

resource "aws_cloudwatch_event_target" "deployment_failed" {
  rule = aws_cloudwatch_event_rule.deployment_failed.name
  arn  = var.topic_arn

  input_transformer {
    input_paths    = { reason = "$.detail.reason" }
    input_template = "\"A deployment of ${var.name} has failed: <reason> Runbook: docs/runbooks/deploy.md.\""
  }
}
