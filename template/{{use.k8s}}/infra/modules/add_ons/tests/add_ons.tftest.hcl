mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev-vpc-cni" }
  }

  mock_resource "aws_eks_addon" {
    defaults = { addon_version = "v1.20.4-eksbuild.1" }
  }
}

variables {
  cluster_name             = "first-model-dev"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"

  add_ons = {
    coredns = {}
    vpc-cni = {
      version         = "v1.20.4-eksbuild.1"
      configuration   = "{\"enableNetworkPolicy\": \"true\"}"
      service_account = { name = "aws-node", policy = "AmazonEKS_CNI_Policy" }
    }
  }
}

run "installs_each_with_its_own_role" {
  assert {
    condition     = keys(aws_eks_addon.this) == ["coredns", "vpc-cni"] && keys(aws_iam_role.this) == ["vpc-cni"]
    error_message = "An add-on is missing, or has a role that it does not need."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.this["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "NetworkPolicies would be ignored."
  }

  assert {
    condition     = [for item in aws_eks_addon.this["vpc-cni"].pod_identity_association : item.service_account] == ["aws-node"]
    error_message = "The role is given to no pod."
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.this["vpc-cni"].assume_role_policy).Statement[0].Condition.StringEquals["aws:RequestTag/kubernetes-service-account"] == "aws-node"
      && aws_iam_role.this["vpc-cni"].permissions_boundary == var.permissions_boundary_arn
    )
    error_message = "Pods of other service accounts could take the role."
  }

  assert {
    condition     = output.versions["vpc-cni"] == "v1.20.4-eksbuild.1" && output.cluster_name == "first-model-dev"
    error_message = "The versions in service are not told."
  }
}

run "refuses_a_cluster_without_a_name" {
  command = plan

  variables {
    cluster_name = ""
  }

  expect_failures = [var.cluster_name]
}

run "refuses_a_configuration_that_is_no_object" {
  command = plan

  variables {
    add_ons = { coredns = { configuration = "[]" } }
  }

  expect_failures = [var.add_ons]
}

run "refuses_a_version_that_is_none" {
  command = plan

  variables {
    add_ons = { coredns = { version = "latest" } }
  }

  expect_failures = [var.add_ons]
}

run "refuses_a_network_without_policies" {
  command = plan

  variables {
    add_ons = { vpc-cni = {} }
  }

  expect_failures = [var.add_ons]
}

run "refuses_policies_switched_off" {
  command = plan

  variables {
    add_ons = { vpc-cni = { configuration = "{\"enableNetworkPolicy\": \"false\"}" } }
  }

  expect_failures = [var.add_ons]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
