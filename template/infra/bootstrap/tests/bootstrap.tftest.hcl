mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "first-model-terraform-123456789012-us-east-1"
      arn = "arn:aws:s3:::first-model-terraform-123456789012-us-east-1"
    }
  }

  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:us-east-1:123456789012:repository/first-model"
      repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/first-model-boundary" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/ci/first-model" }
  }
}

variables {
  name                 = "first-model"
  region               = "us-east-1"
  github_owner         = "acme-analytics"
  github_owner_id      = 1001
  github_repo          = "first-model"
  github_repository_id = 2002
  monthly_budget_usd   = 100
  alarm_email          = "team@example.com"
}

run "tells_the_workflows_all_they_ask_for" {
  assert {
    condition = output.github_variables == {
      AWS_REGION         = "us-east-1"
      AWS_PLAN_ROLE_ARN  = "arn:aws:iam::123456789012:role/ci/first-model"
      AWS_APPLY_ROLE_ARN = "arn:aws:iam::123456789012:role/ci/first-model"
      AWS_STATE_BUCKET   = "first-model-terraform-123456789012-us-east-1"
      IMAGE_REPOSITORY   = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model"
    }
    error_message = "The variables of the workflows are other ones."
  }

  assert {
    condition     = output.backend == "bucket = \"first-model-terraform-123456789012-us-east-1\"\nregion = \"us-east-1\"\n"
    error_message = "The file for -backend-config does not name bucket and region."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_region_without_known_prices" {
  command = plan

  variables {
    region = "ap-south-1"
  }

  expect_failures = [var.region]
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

run "refuses_a_budget_of_nothing" {
  command = plan

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}

run "refuses_an_alarm_that_reaches_nobody" {
  command = plan

  variables {
    alarm_email = "nobody"
  }

  expect_failures = [var.alarm_email]
}
