mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name = "first-model-dev"
}

run "rotates_and_can_be_brought_back" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key stays the same for ever, or is gone at once."
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/first-model-dev"
    error_message = "The console shows an id and no name."
  }
}

run "admits_the_account_and_two_services_within_it" {
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      statement.Principal == { AWS = "arn:aws:iam::123456789012:root" } || can(statement.Condition)
    ])
    error_message = "Somebody else is admitted without a condition."
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[2].Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:*first-model-dev*"
    error_message = "The key serves the logs of others, or not those of the service."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_to_delete_within_a_day" {
  command = plan

  variables {
    deletion_window_days = 1
  }

  expect_failures = [var.deletion_window_days]
}
