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

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }
}

variables {
  name                 = "first-model-dev"
  deletion_window_days = 7
}

run "rotates_and_admits_only_who_needs_it" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "The key is not rotated."
  }

  assert {
    condition = { for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid => statement.Principal } == {
      Account = { AWS = "arn:aws:iam::123456789012:root" }
      Logs    = { Service = "logs.us-east-1.amazonaws.com" }
      Alarms  = { Service = "cloudwatch.amazonaws.com" }
    }
    error_message = "Somebody else is admitted to the key."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_kms_key.this.policy).Statement : can(statement.Condition) if statement.Sid != "Account"])
    error_message = "A service is admitted for other accounts as well."
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/first-model-dev" && output.arn == aws_kms_key.this.arn
    error_message = "The key has another name."
  }
}

run "refuses_capitals" {
  command = plan

  variables {
    name = "First-Model"
  }

  expect_failures = [var.name]
}

run "refuses_a_deletion_that_cannot_be_taken_back" {
  command = plan

  variables {
    deletion_window_days = 1
  }

  expect_failures = [var.deletion_window_days]
}
