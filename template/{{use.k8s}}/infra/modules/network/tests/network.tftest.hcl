mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev-flow-logs" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/first-model-dev" }
  }
}

variables {
  name                     = "first-model-dev"
  cidr                     = "10.40.0.0/16"
  nat_per_zone             = false
  log_retention_days       = 30
  kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "spans_two_zones_and_keeps_nodes_private" {
  assert {
    condition     = [for subnet in aws_subnet.private : subnet.availability_zone_id] == ["use1-az1", "use1-az2"]
    error_message = "The private subnets are not in two zones that EKS knows."
  }

  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["10.40.0.0/18", "10.40.64.0/18"]
    error_message = "A private subnet is no quarter of the network."
  }

  assert {
    condition     = [for subnet in aws_subnet.public : subnet.cidr_block] == ["10.40.128.0/24", "10.40.129.0/24"]
    error_message = "A public subnet overlaps a private one, or has another size."
  }

  assert {
    condition     = !anytrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch])
    error_message = "A machine in a public subnet would get a public address unasked."
  }

  assert {
    condition     = alltrue([for route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this["a"].id])
    error_message = "A zone does not leave over the only NAT gateway."
  }

  assert {
    condition     = length(aws_vpc_endpoint.s3.route_table_ids) == 2 && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "Layers of images would pay for the NAT gateway."
  }

  assert {
    condition     = aws_flow_log.refused.traffic_type == "REJECT" && aws_iam_role.flow_logs.permissions_boundary == var.permissions_boundary_arn
    error_message = "Refused connections are not logged, or by a role without its boundary."
  }
}

run "gives_each_zone_its_own_way_out" {
  variables {
    nat_per_zone = true
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id]) && length(aws_nat_gateway.this) == 2
    error_message = "A zone leaves over the NAT gateway of another."
  }
}

run "refuses_a_region_without_known_zones" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = { name = "eu-north-1" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-whole-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_range_without_room_for_pods" {
  command = plan

  variables {
    cidr = "10.40.0.0/22"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_public_range" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_number_of_days_that_the_service_does_not_know" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_key_that_is_none" {
  command = plan

  variables {
    kms_key_arn = "alias/aws/logs"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
