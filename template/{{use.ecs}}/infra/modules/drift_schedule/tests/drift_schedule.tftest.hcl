mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/scores-dev-drift-scheduler" }
  }
}

variables {
  name                      = "scores-dev"
  package                   = "scores"
  schedule                  = "rate(6 hours)"
  cluster_arn               = "arn:aws:ecs:us-east-1:123456789012:cluster/scores-dev"
  task_definition_arn       = "arn:aws:ecs:us-east-1:123456789012:task-definition/scores-dev:7"
  container_name            = "service"
  role_arns                 = ["arn:aws:iam::123456789012:role/scores-dev-execution", "arn:aws:iam::123456789012:role/scores-dev-task"]
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-1"]
  egress_security_group_id  = "sg-0123456789abcdef0"
  service_security_group_id = "sg-0123456789abcdef1"
  port                      = 8000
  topic_arn                 = "arn:aws:sns:us-east-1:123456789012:scores-dev-alarms"
  log_group_name            = "/scores-dev/service"
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  permissions_boundary_arn  = "arn:aws:iam::123456789012:policy/scores-boundary"
}

run "starts_the_service_image_with_another_command" {
  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input).containerOverrides[0].command == ["python", "-m", "scores", "drift"]
    error_message = "another command is run"
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].ecs_parameters[0].task_definition_arn == var.task_definition_arn
    error_message = "another image is run"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.scheduler.policy).Statement[0].Resource == "arn:aws:ecs:us-east-1:123456789012:task-definition/scores-dev:*"
    error_message = "other tasks can be started"
  }

  assert {
    condition     = toset(jsondecode(aws_iam_role_policy.scheduler.policy).Statement[1].Resource) == toset(var.role_arns)
    error_message = "other roles can be passed on"
  }

  assert {
    condition     = aws_iam_role.scheduler.permissions_boundary == var.permissions_boundary_arn
    error_message = "a role without the boundary"
  }

  assert {
    condition     = length(aws_scheduler_schedule.this.target[0].ecs_parameters[0].network_configuration[0].security_groups) == 2
    error_message = "the job reaches either AWS or the service, not both"
  }
}

run "tells_of_every_end_but_a_good_one" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.failed.event_pattern).detail["$or"] == [{ containers = { exitCode = [{ anything-but = [0] }] } }, { stopCode = ["TaskFailedToStart"] }]
    error_message = "drift, or a job that did not start, tells nobody"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.failed.event_pattern).detail.group == [aws_scheduler_schedule.this.target[0].ecs_parameters[0].group]
    error_message = "ends of other tasks are taken for the job's"
  }

  assert {
    condition     = aws_cloudwatch_event_target.failed.arn == var.topic_arn
    error_message = "nobody is told"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_a_package_with_a_hyphen" {
  command = plan

  variables {
    package = "first-model"
  }

  expect_failures = [var.package]
}

run "refuses_a_time_without_its_kind" {
  command = plan

  variables {
    schedule = "6 hours"
  }

  expect_failures = [var.schedule]
}

run "refuses_a_cluster_by_its_name" {
  command = plan

  variables {
    cluster_arn = "scores-dev"
  }

  expect_failures = [var.cluster_arn]
}

run "refuses_a_task_definition_without_revision" {
  command = plan

  variables {
    task_definition_arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/scores-dev"
  }

  expect_failures = [var.task_definition_arn]
}

run "refuses_a_container_with_a_space" {
  command = plan

  variables {
    container_name = "the service"
  }

  expect_failures = [var.container_name]
}

run "refuses_a_role_by_its_name" {
  command = plan

  variables {
    role_arns = ["scores-dev-task"]
  }

  expect_failures = [var.role_arns]
}

run "refuses_a_vpc_by_its_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "refuses_no_subnet" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_way_out_by_its_name" {
  command = plan

  variables {
    egress_security_group_id = "egress"
  }

  expect_failures = [var.egress_security_group_id]
}

run "refuses_a_service_by_its_name" {
  command = plan

  variables {
    service_security_group_id = "service"
  }

  expect_failures = [var.service_security_group_id]
}

run "refuses_a_privileged_port" {
  command = plan

  variables {
    port = 80
  }

  expect_failures = [var.port]
}

run "refuses_what_is_no_topic" {
  command = plan

  variables {
    topic_arn = "team@example.com"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_a_log_by_its_arn" {
  command = plan

  variables {
    log_group_name = "arn:aws:logs:us-east-1:123456789012:log-group:x"
  }

  expect_failures = [var.log_group_name]
}

run "refuses_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/scores"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "scores-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
