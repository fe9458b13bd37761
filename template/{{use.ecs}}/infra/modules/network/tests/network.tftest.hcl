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
}

variables {
  name                     = "scores-dev"
  cidr                     = "10.20.0.0/20"
  zones                    = 2
  egress                   = "endpoints"
  log_retention_days       = 30
  kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/scores-boundary"
}

run "gives_tasks_a_way_to_aws_only" {
  command = apply

  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["10.20.8.0/24", "10.20.9.0/24"]
    error_message = "private subnets lie elsewhere"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "a public address for everything that starts there"
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "logs", "secretsmanager"])
    error_message = "a task cannot start without all of them"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0
    error_message = "endpoints are to leave no way to the internet"
  }

  assert {
    condition     = toset(keys(output.egress)) == toset(["storage", "endpoints"])
    error_message = "tasks may send elsewhere"
  }

  assert {
    condition     = jsondecode(aws_vpc_endpoint.storage.policy).Statement[0].Resource == "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
    error_message = "any bucket can be reached"
  }

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "the default group admits something"
  }

  assert {
    condition     = aws_iam_role.flow_logs.permissions_boundary == var.permissions_boundary_arn
    error_message = "a role without the boundary"
  }
}

run "has_a_gateway_in_each_zone_of_the_tasks" {
  variables {
    egress = "nat"
  }

  assert {
    condition     = toset(keys(aws_nat_gateway.this)) == toset(["zone-1", "zone-2"])
    error_message = "a zone depends on another one"
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0
    error_message = "NAT and endpoints are both paid"
  }

  assert {
    condition     = output.egress["internet"].cidr_ipv4 == "0.0.0.0/0"
    error_message = "tasks cannot use the gateway"
  }
}

run "pays_for_one_zone_where_tasks_run_in_one" {
  variables {
    zones = 1
  }

  assert {
    condition     = length(output.private_subnet_ids) == 1 && length(output.public_subnet_ids) == 2
    error_message = "the load balancer needs two zones, the tasks one"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_a_public_range" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_range_without_room" {
  command = plan

  variables {
    cidr = "10.20.0.0/24"
  }

  expect_failures = [var.cidr]
}

run "refuses_four_zones" {
  command = plan

  variables {
    zones = 4
  }

  expect_failures = [var.zones]
}

run "refuses_another_way_out" {
  command = plan

  variables {
    egress = "proxy"
  }

  expect_failures = [var.egress]
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
