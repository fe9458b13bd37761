mock_provider "aws" {
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/made" }
  }

  mock_data "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/found" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/ci/first-model" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                     = "first-model"
  region                   = "us-east-1"
  account_id               = "123456789012"
  github_owner             = "acme-analytics"
  github_owner_id          = 1001
  github_repo              = "first-model"
  github_repository_id     = 2002
  state_bucket_arn         = "arn:aws:s3:::first-model-state"
  image_repository_arn     = "arn:aws:ecr:us-east-1:123456789012:repository/first-model"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
  deployment_policy        = "{}"
}

run "admits_jobs_by_audience_and_subject" {
  assert {
    condition = alltrue([
      for trust in data.aws_iam_policy_document.trust :
      toset([for condition in trust.statement[0].condition : "${condition.test} ${condition.variable}"]) == toset([
        "StringEquals token.actions.githubusercontent.com:aud",
        "StringEquals token.actions.githubusercontent.com:sub",
      ])
    ])
    error_message = "A trust policy does not compare audience and subject as they are."
  }

  assert {
    condition = local.subjects == {
      plan = [
        "repo:acme-analytics@1001/first-model@2002:pull_request",
        "repo:acme-analytics@1001/first-model@2002:ref:refs/heads/main",
      ]
      apply = [
        "repo:acme-analytics@1001/first-model@2002:environment:dev",
        "repo:acme-analytics@1001/first-model@2002:environment:staging",
        "repo:acme-analytics@1001/first-model@2002:environment:prod",
      ]
    }
    error_message = "The subjects are not those that GitHub signs."
  }
}

run "keeps_ci_from_changing_itself" {
  assert {
    condition     = alltrue([for role in aws_iam_role.ci : role.path == "/ci/"])
    error_message = "The apply role may change roles under /, and so itself."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.apply.statement :
      contains(statement.actions, "iam:CreateRole") && one(statement.condition).variable == "iam:PermissionsBoundary"
      if length(statement.condition) > 0
    ])
    error_message = "The apply role may make roles without the boundary."
  }
}

run "takes_the_provider_that_is_there" {
  variables {
    create_oidc_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "An account has one provider for GitHub; a second one is refused."
  }

  assert {
    condition     = local.provider_arn == "arn:aws:iam::123456789012:oidc-provider/found"
    error_message = "The roles trust another provider."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_region_that_is_none" {
  command = plan

  variables {
    region = "Ireland"
  }

  expect_failures = [var.region]
}

run "refuses_an_account_that_is_none" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "refuses_an_owner_with_repository" {
  command = plan

  variables {
    github_owner = "acme-analytics/first-model"
  }

  expect_failures = [var.github_owner]
}

run "refuses_an_owner_without_number" {
  command = plan

  variables {
    github_owner_id = 0
  }

  expect_failures = [var.github_owner_id]
}

run "refuses_a_repository_that_matches_all" {
  command = plan

  variables {
    github_repo = "*"
  }

  expect_failures = [var.github_repo]
}

run "refuses_half_a_number" {
  command = plan

  variables {
    github_repository_id = 0.5
  }

  expect_failures = [var.github_repository_id]
}

run "refuses_any_environment" {
  command = plan

  variables {
    environments = ["*"]
  }

  expect_failures = [var.environments]
}

run "refuses_a_bucket_by_name" {
  command = plan

  variables {
    state_bucket_arn = "first-model-state"
  }

  expect_failures = [var.state_bucket_arn]
}

run "refuses_a_repository_by_address" {
  command = plan

  variables {
    image_repository_arn = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model"
  }

  expect_failures = [var.image_repository_arn]
}

run "refuses_a_boundary_by_name" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_policy_that_is_no_json" {
  command = plan

  variables {
    deployment_policy = "all"
  }

  expect_failures = [var.deployment_policy]
}
