mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/scores-dev-task" }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:us-east-1:123456789012:cluster/scores-dev" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/scores-dev:1" }
  }

  mock_resource "aws_service_discovery_service" {
    defaults = { arn = "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-0123456789abcdef" }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:scores-dev/api-token-AbCdEf" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/scores-dev/service" }
  }
}

variables {
  name          = "scores-dev"
  package       = "scores"
  image         = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scores@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  architecture  = "arm64"
  cpu           = 256
  memory_mb     = 512
  min_tasks     = 1
  port          = 8000
  drain_seconds = 20
  vpc_id        = "vpc-0123456789abcdef0"
  subnet_ids    = ["subnet-1"]
  egress = {
    endpoints = { cidr_ipv4 = null, prefix_list_id = null, security_group_id = "sg-0123456789abcdef0" }
    storage   = { cidr_ipv4 = null, prefix_list_id = "pl-0123456789abcdef0", security_group_id = null }
  }
  load_balancer_security_group_id = "sg-0123456789abcdef1"
  target_group_arn                = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/scores-dev/0123456789abcdef"
  alarm_names                     = ["scores-dev-errors"]
  topic_arn                       = "arn:aws:sns:us-east-1:123456789012:scores-dev-alarms"
  log_retention_days              = 7
  kms_key_arn                     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  permissions_boundary_arn        = "arn:aws:iam::123456789012:policy/scores-boundary"
}

run "runs_the_image_with_no_rights" {
  assert {
    condition     = local.definition.user == "65532:65532" && local.definition.readonlyRootFilesystem && local.definition.linuxParameters.capabilities.drop == ["ALL"]
    error_message = "the container has more rights than it needs"
  }

  assert {
    condition     = local.definition.image == var.image
    error_message = "another image runs"
  }

  assert {
    condition     = local.definition.mountPoints[0].containerPath == "/tmp"
    error_message = "there is nowhere to write to"
  }

  assert {
    condition     = local.definition.stopTimeout > var.drain_seconds
    error_message = "tasks are killed before they have answered"
  }

  assert {
    condition     = local.definition.secrets[0] == { name = "APP_SERVING__API_TOKEN", valueFrom = aws_secretsmanager_secret.api_token.arn }
    error_message = "the token does not reach the service"
  }

  assert {
    condition     = local.definition.environment[0].value == "http://service.scores-dev.internal:8000"
    error_message = "the drift job asks somebody else"
  }

  assert {
    condition     = aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "ARM64"
    error_message = "another processor than the image is built for"
  }

  assert {
    condition     = aws_ecs_task_definition.this.execution_role_arn != null && aws_iam_role.execution.name != aws_iam_role.task.name
    error_message = "the code in the task has the platform's rights"
  }

  assert {
    condition     = aws_iam_role.execution.permissions_boundary == var.permissions_boundary_arn && aws_iam_role.task.permissions_boundary == var.permissions_boundary_arn
    error_message = "a role without the boundary"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.execution.policy).Statement[1].Resource == "arn:aws:ecr:us-east-1:123456789012:repository/scores"
    error_message = "images of others can be pulled"
  }
}

run "undoes_what_does_not_work" {
  assert {
    condition     = aws_ecs_service.this.deployment_circuit_breaker[0].rollback && aws_ecs_service.this.alarms[0].rollback
    error_message = "a bad image stays"
  }

  assert {
    condition     = toset(aws_ecs_service.this.alarms[0].alarm_names) == toset(["scores-dev-errors"])
    error_message = "nobody watches the deployment"
  }

  assert {
    condition     = aws_ecs_service.this.deployment_minimum_healthy_percent == 100
    error_message = "fewer tasks than wanted serve meanwhile"
  }

  assert {
    condition     = !aws_ecs_service.this.network_configuration[0].assign_public_ip && length(aws_ecs_service.this.network_configuration[0].security_groups) == 2
    error_message = "tasks are within reach of the internet"
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.https)) == toset(["endpoints", "storage"])
    error_message = "tasks may send elsewhere"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.deployment_failed.event_pattern).detail.eventName == ["SERVICE_DEPLOYMENT_FAILED"]
    error_message = "a failed deployment tells nobody"
  }
}

run "takes_each_size_that_fargate_has" {
  command = plan

  variables {
    cpu          = 8192
    memory_mb    = 20480
    architecture = "x86_64"
  }

  assert {
    condition     = aws_ecs_task_definition.this.cpu == "8192" && aws_ecs_task_definition.this.memory == "20480" && aws_ecs_task_definition.this.runtime_platform[0].cpu_architecture == "X86_64"
    error_message = "another size runs"
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

run "refuses_an_image_by_tag" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scores:latest"
  }

  expect_failures = [var.image]
}

run "refuses_another_processor" {
  command = plan

  variables {
    architecture = "riscv"
  }

  expect_failures = [var.architecture]
}

run "refuses_a_processor_that_fargate_does_not_have" {
  command = plan

  variables {
    cpu = 300
  }

  expect_failures = [var.cpu]
}

run "refuses_memory_that_does_not_go_with_the_processor" {
  command = plan

  variables {
    memory_mb = 4096
  }

  expect_failures = [var.memory_mb]
}

run "refuses_memory_between_two_sizes" {
  command = plan

  variables {
    memory_mb = 17408
    cpu       = 8192
  }

  expect_failures = [var.memory_mb]
}

run "refuses_no_task_at_all" {
  command = plan

  variables {
    min_tasks = 0
  }

  expect_failures = [var.min_tasks]
}

run "refuses_a_privileged_port" {
  command = plan

  variables {
    port = 80
  }

  expect_failures = [var.port]
}

run "refuses_a_drain_longer_than_fargate_waits" {
  command = plan

  variables {
    drain_seconds = 115
  }

  expect_failures = [var.drain_seconds]
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

run "refuses_no_way_out" {
  command = plan

  variables {
    egress = {}
  }

  expect_failures = [var.egress]
}

run "refuses_a_security_group_by_its_name" {
  command = plan

  variables {
    load_balancer_security_group_id = "load-balancer"
  }

  expect_failures = [var.load_balancer_security_group_id]
}

run "refuses_a_target_group_by_its_name" {
  command = plan

  variables {
    target_group_arn = "scores-dev"
  }

  expect_failures = [var.target_group_arn]
}

run "refuses_a_deployment_that_nobody_watches" {
  command = plan

  variables {
    alarm_names = []
  }

  expect_failures = [var.alarm_names]
}

run "refuses_what_is_no_topic" {
  command = plan

  variables {
    topic_arn = "team@example.com"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_days_that_cloudwatch_does_not_have" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
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
