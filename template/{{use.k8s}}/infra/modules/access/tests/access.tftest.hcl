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
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev-operator" }
  }
}

variables {
  cluster_name             = "first-model-dev"
  cluster_arn              = "arn:aws:eks:us-east-1:123456789012:cluster/first-model-dev"
  namespace                = "first-model"
  release_role_arn         = "arn:aws:iam::123456789012:role/ci/first-model-apply"
  admin_role_arns          = []
  token_secret_arn         = "arn:aws:secretsmanager:us-east-1:123456789012:secret:first-model-dev/api-token-a1b2c3"
  kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "lets_the_pipeline_edit_one_namespace" {
  assert {
    condition = (
      aws_eks_access_policy_association.release.principal_arn == var.release_role_arn
      && endswith(aws_eks_access_policy_association.release.policy_arn, "/AmazonEKSEditPolicy")
      && aws_eks_access_policy_association.release.access_scope[0].type == "namespace"
      && aws_eks_access_policy_association.release.access_scope[0].namespaces == toset(["first-model"])
    )
    error_message = "The pipeline may do more, or elsewhere."
  }

  assert {
    condition     = aws_eks_access_entry.release.kubernetes_groups == toset(["release"])
    error_message = "k8s/cluster/ grants the rest to another group."
  }
}

run "lets_people_administer_as_operators" {
  assert {
    condition     = keys(aws_eks_access_entry.administrator) == ["operator"]
    error_message = "Somebody else administers the cluster."
  }

  assert {
    condition     = endswith(aws_eks_access_policy_association.administrator["operator"].policy_arn, "/AmazonEKSClusterAdminPolicy")
    error_message = "The operator administers nothing."
  }

  assert {
    condition     = aws_iam_role.operator.permissions_boundary == var.permissions_boundary_arn && output.operator_role_arn == aws_iam_role.operator.arn
    error_message = "The operator's role has no boundary."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.operator.policy).Statement :
      statement.Resource != "*" || alltrue([for action in flatten([statement.Action]) : can(regex(":(Describe|List)", action))])
    ])
    error_message = "The operator may change what is not named."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.operator.policy).Statement : statement.Condition.BoolIfExists
      if statement.Sid == "TunnelOverNodes"
    ] == [{ "ssm:SessionDocumentAccessCheck" = "true" }]
    error_message = "A session without a document would be a shell on a node."
  }
}

run "adds_further_administrators" {
  variables {
    admin_role_arns = ["arn:aws:iam::123456789012:role/platform"]
  }

  assert {
    condition     = length(aws_eks_access_policy_association.administrator) == 2
    error_message = "The further role administers nothing."
  }
}

run "refuses_a_cluster_without_a_name" {
  command = plan

  variables {
    cluster_name = ""
  }

  expect_failures = [var.cluster_name]
}

run "refuses_a_cluster_that_is_none" {
  command = plan

  variables {
    cluster_arn = "first-model-dev"
  }

  expect_failures = [var.cluster_arn]
}

run "refuses_a_namespace_of_the_system" {
  command = plan

  variables {
    namespace = "kube-system"
  }

  expect_failures = [var.namespace]
}

run "refuses_the_default_namespace" {
  command = plan

  variables {
    namespace = "default"
  }

  expect_failures = [var.namespace]
}

run "refuses_a_pipeline_without_a_role" {
  command = plan

  variables {
    release_role_arn = "arn:aws:iam::123456789012:user/ci"
  }

  expect_failures = [var.release_role_arn]
}

run "refuses_administrators_with_keys" {
  command = plan

  variables {
    admin_role_arns = ["arn:aws:iam::123456789012:user/alice"]
  }

  expect_failures = [var.admin_role_arns]
}

run "refuses_the_pipeline_as_administrator" {
  command = plan

  variables {
    admin_role_arns = ["arn:aws:iam::123456789012:role/ci/first-model-apply"]
  }

  expect_failures = [var.admin_role_arns]
}

run "refuses_a_secret_that_is_none" {
  command = plan

  variables {
    token_secret_arn = "first-model-dev/api-token"
  }

  expect_failures = [var.token_secret_arn]
}

run "refuses_a_key_that_is_none" {
  command = plan

  variables {
    kms_key_arn = "alias/first-model-dev"
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
