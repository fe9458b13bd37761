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

  mock_data "aws_default_tags" {
    defaults = { tags = { Project = "first-model" } }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/first-model-dev" }
  }

  mock_resource "aws_eks_cluster" {
    defaults = { arn = "arn:aws:eks:us-east-1:123456789012:cluster/first-model-dev" }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:first-model-dev/api-token-a1b2c3" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 1 }
  }

  mock_resource "aws_eks_node_group" {
    defaults = {
      resources = [{ autoscaling_groups = [{ name = "eks-workers" }], remote_access_security_group_id = "" }]
    }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms" }
  }

  override_resource {
    target = module.network[0].aws_subnet.private["a"]
    values = { id = "subnet-0a" }
  }

  override_resource {
    target = module.network[0].aws_subnet.private["b"]
    values = { id = "subnet-0b" }
  }
}

variables {
  name                     = "first-model"
  environment              = "dev"
  package                  = "first_model"
  image                    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
  alarm_email              = "team@example.com"

  sizing = {
    node_instance_types = { arm64 = ["t4g.medium"] }
    node_max            = 3
  }
}

run "tells_the_release_where_to_deploy" {
  assert {
    condition = output.release == {
      cluster       = "first-model-dev"
      endpoint      = "private"
      namespace     = "first-model"
      operator_role = "arn:aws:iam::123456789012:role/first-model-dev"
      region        = "us-east-1"
      token_secret  = "first-model-dev/api-token"
    }
    error_message = "k8s/release.py or k8s/tunnel.py would look elsewhere."
  }

  assert {
    condition     = output.url == ""
    error_message = "The service has an address that only the cluster knows."
  }

  assert {
    condition     = length(module.network) == 1
    error_message = "The cluster has no network."
  }

  assert {
    condition     = aws_secretsmanager_secret.api_token.recovery_window_in_days == 0
    error_message = "An environment could not be built again under its name."
  }
}

run "uses_a_network_that_is_there" {
  variables {
    environment = "prod"
    sizing = {
      node_instance_types = { arm64 = ["m7g.large"] }
      node_max            = 6
      existing_subnet_ids = ["subnet-1a", "subnet-1b"]
      endpoint_cidrs      = ["203.0.113.0/24"]
    }
  }

  assert {
    condition     = length(module.network) == 0
    error_message = "A second network is built."
  }

  assert {
    condition     = output.release.endpoint == "public"
    error_message = "The release would open a tunnel that it does not need."
  }

  assert {
    condition     = aws_secretsmanager_secret.api_token.recovery_window_in_days == 30
    error_message = "A token deleted by mistake in production is gone at once."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_a_package_that_cannot_be_imported" {
  command = plan

  variables {
    package = "first-model"
  }

  expect_failures = [var.package]
}

run "refuses_an_image_by_tag" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model:latest"
  }

  expect_failures = [var.image]
}

run "refuses_an_unknown_processor" {
  command = plan

  variables {
    architecture = "riscv64"
  }

  expect_failures = [var.architecture]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_an_address_that_is_none" {
  command = plan

  variables {
    alarm_email = "team"
  }

  expect_failures = [var.alarm_email]
}

run "refuses_a_version_of_an_add_on_that_is_not_installed" {
  command = plan

  variables {
    sizing = { node_instance_types = { arm64 = ["t4g.medium"] }, node_max = 3, add_on_versions = { istio = "v1.0.0-eksbuild.1" } }
  }

  expect_failures = [var.sizing]
}

run "refuses_nodes_that_cannot_run_the_image" {
  command = plan

  variables {
    architecture = "x86_64"
  }

  expect_failures = [var.sizing]
}
