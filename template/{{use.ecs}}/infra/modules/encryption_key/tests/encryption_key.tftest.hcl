mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
}

variables {
  name                 = "scores-dev"
  deletion_window_days = 7
}

run "rotates_and_admits_who_must_use_it" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "a key that is never rotated encrypts for ever"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[2].Principal.Service == "cloudwatch.amazonaws.com"
    error_message = "alarms could not write to the topic"
  }

  assert {
    condition     = !can(jsondecode(aws_kms_key.this.policy).Statement[3].Condition) && jsondecode(aws_kms_key.this.policy).Statement[3].Principal.Service == "events.amazonaws.com"
    error_message = "events could not write to the topic"
  }

  assert {
    condition     = endswith(jsondecode(aws_kms_key.this.policy).Statement[1].Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"], ":log-group:/scores-dev/*")
    error_message = "log groups of others could use the key"
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/scores-dev"
    error_message = "nobody finds a key without its name"
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "a-service-with-a-name-of-29-c"
  }

  expect_failures = [var.name]
}

run "refuses_a_window_that_aws_does_not_have" {
  command = plan

  variables {
    deletion_window_days = 3
  }

  expect_failures = [var.deletion_window_days]
}
