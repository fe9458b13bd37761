mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["us-east-1a", "us-east-1b", "us-east-1c"] }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/scores-dev/refused-connections" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/scores-dev-flow-logs" }
  }

  mock_data "aws_vpc" {
    defaults = { id = "vpc-0fedcba9876543210", cidr_block = "10.99.0.0/16" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:scores-dev-alarms" }
  }

  mock_resource "aws_vpc" {
    defaults = { id = "vpc-0123456789abcdef0" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0123456789abcdef0" }
  }

  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/scores-dev/0123456789abcdef", arn_suffix = "app/scores-dev/0123456789abcdef", dns_name = "internal-scores-dev-1.us-east-1.elb.amazonaws.com" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/scores-dev/0123456789abcdef", arn_suffix = "targetgroup/scores-dev/0123456789abcdef" }
  }

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/scores-dev/0123456789abcdef/0123456789abcdef" }
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
}

variables {
  name                     = "scores"
  environment              = "dev"
  package                  = "scores"
  image                    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scores@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/scores-boundary"
  alarm_email              = "team@example.com"
  sizing = {
    min_tasks           = 1
    max_tasks           = 2
    requests_per_target = 3000
    internal_http       = true
    network             = { cidr = "10.20.0.0/20" }
  }
}

run "is_reached_inside_the_vpc_without_a_certificate" {
  assert {
    condition     = output.url == "http://internal-scores-dev-1.us-east-1.elb.amazonaws.com"
    error_message = "the service is elsewhere"
  }

  assert {
    condition     = output.release.public == "false"
    error_message = "the release believes that it can be asked"
  }

  assert {
    condition     = local.client_cidrs == tolist([module.network[0].cidr])
    error_message = "others than the VPC are let in"
  }

  assert {
    condition     = output.release.api_token_secret == "scores-dev/api-token"
    error_message = "the token is looked for elsewhere"
  }
}

run "is_reached_by_tls_with_a_certificate" {
  variables {
    environment = "prod"
    sizing = {
      min_tasks           = 2
      max_tasks           = 2
      requests_per_target = 3000
      network             = { cidr = "10.20.0.0/20" }
      domain_name         = "scores.example.com"
      certificate_arn     = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    }
  }

  assert {
    condition     = output.url == "https://scores.example.com" && output.release.public == "true"
    error_message = "clients are sent elsewhere"
  }

  assert {
    condition     = local.client_cidrs == tolist(["0.0.0.0/0"])
    error_message = "clients are kept out"
  }
}

run "moves_into_a_vpc_that_exists" {
  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = { vpc_id = "vpc-0fedcba9876543210", public_subnet_ids = ["subnet-1", "subnet-2"], private_subnet_ids = ["subnet-3"] }
    }
  }

  assert {
    condition     = length(module.network) == 0 && local.network.vpc_id == "vpc-0fedcba9876543210"
    error_message = "another network is made"
  }

  assert {
    condition     = local.client_cidrs == tolist(["10.99.0.0/16"])
    error_message = "others than the VPC are let in"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_a_fourth_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
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

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "scores-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    alarm_email = "team"
  }

  expect_failures = [var.alarm_email]
}

run "refuses_an_environment_without_a_certificate" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      network             = { cidr = "10.20.0.0/20" }
    }
  }

  expect_failures = [var.sizing]
}

run "refuses_plain_http_in_staging" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = { cidr = "10.20.0.0/20" }
    }
    environment = "staging"
  }

  expect_failures = [var.sizing]
}

run "refuses_plain_http_beside_a_certificate" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = { cidr = "10.20.0.0/20" }
      domain_name         = "scores.example.com"
      certificate_arn     = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    }
  }

  expect_failures = [var.sizing]
}

run "refuses_a_single_task_in_prod" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      network             = { cidr = "10.20.0.0/20" }
      domain_name         = "scores.example.com"
      certificate_arn     = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    }
    environment = "prod"
  }

  expect_failures = [var.sizing]
}

run "refuses_a_range_and_a_vpc" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = { cidr = "10.20.0.0/20", vpc_id = "vpc-1", public_subnet_ids = ["subnet-1", "subnet-2"], private_subnet_ids = ["subnet-3"] }
    }
  }

  expect_failures = [var.sizing]
}

run "refuses_neither_a_range_nor_a_vpc" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = {}
    }
  }

  expect_failures = [var.sizing]
}

run "refuses_a_vpc_without_subnets" {
  command = plan

  variables {
    sizing = {
      min_tasks           = 1
      max_tasks           = 2
      requests_per_target = 3000
      internal_http       = true
      network             = { vpc_id = "vpc-1" }
    }
  }

  expect_failures = [var.sizing]
}
