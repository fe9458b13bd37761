mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "first-model-data-123456789012-us-east-1"
      arn = "arn:aws:s3:::first-model-data-123456789012-us-east-1"
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

run "says_where_data_may_lie" {
  assert {
    condition     = output.data_bucket == "first-model-data-123456789012-us-east-1"
    error_message = "The output does not name the bucket for data."
  }
}

run "lets_jobs_read_the_data_and_nothing_else" {
  assert {
    condition     = output.data_role_arn == aws_iam_role.read_data.arn && aws_iam_role.read_data.path == "/ci/"
    error_message = "The role that reads the data is not named, or may be changed by the apply role."
  }

  assert {
    condition     = aws_iam_role.read_data.assume_role_policy == module.github_roles.plan_trust_policy
    error_message = "The role that reads the data is taken by others than the jobs that look."
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.read_data.statement : one(statement.resources) => one(statement.actions)
      } == {
      "arn:aws:s3:::first-model-data-123456789012-us-east-1/*" = "s3:GetObject"
      "arn:aws:s3:::first-model-data-123456789012-us-east-1"   = "s3:ListBucket"
    }
    error_message = "The role may do more than read the bucket for data."
  }
}
