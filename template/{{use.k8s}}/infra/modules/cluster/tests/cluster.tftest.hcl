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
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev-cluster" }
  }
}

variables {
  name                     = "first-model-dev"
  kubernetes_version       = "1.35"
  subnet_ids               = ["subnet-0a", "subnet-0b"]
  endpoint_cidrs           = []
  kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_retention_days       = 30
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "is_private_encrypted_and_logged" {
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The API has a public address that nobody asked for."
  }

  assert {
    condition = (
      aws_eks_cluster.this.access_config[0].authentication_mode == "API"
      && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    )
    error_message = "Access comes from elsewhere than access entries."
  }

  assert {
    condition = (
      aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"])
      && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == var.kms_key_arn
    )
    error_message = "Secrets are not encrypted with the key."
  }

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "A part of the control plane is not logged."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.control_plane.name == "/aws/eks/first-model-dev/cluster"
      && aws_cloudwatch_log_group.control_plane.retention_in_days == 30
      && aws_cloudwatch_log_group.control_plane.kms_key_id == var.kms_key_arn
    )
    error_message = "The control plane would make a log of its own, kept for ever."
  }

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "The cluster would slide into extended support."
  }

  assert {
    condition     = !aws_eks_cluster.this.bootstrap_self_managed_addons
    error_message = "Unmanaged add-ons would come with the cluster."
  }

  assert {
    condition     = aws_iam_role.cluster.permissions_boundary == var.permissions_boundary_arn
    error_message = "The role has no boundary."
  }
}

run "opens_the_api_to_named_ranges" {
  variables {
    endpoint_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition = (
      aws_eks_cluster.this.vpc_config[0].endpoint_public_access
      && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    )
    error_message = "The API is not open to that range, or to more."
  }
}

run "refuses_an_api_for_everyone" {
  command = plan

  variables {
    endpoint_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.endpoint_cidrs]
}

run "refuses_everyone_in_two_halves" {
  command = plan

  variables {
    endpoint_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.endpoint_cidrs]
}

run "refuses_a_range_that_is_none" {
  command = plan

  variables {
    endpoint_cidrs = ["office"]
  }

  expect_failures = [var.endpoint_cidrs]
}

run "refuses_a_version_out_of_support" {
  command = plan

  variables {
    kubernetes_version = "1.34"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_the_newest_version_by_chance" {
  command = plan

  variables {
    kubernetes_version = "latest"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a", "subnet-0a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-whole-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_key_that_is_none" {
  command = plan

  variables {
    kms_key_arn = "alias/aws/eks"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_number_of_days_that_the_service_does_not_know" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
