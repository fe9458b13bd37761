mock_provider "aws" {}

variables {
  name        = "first-model-dev"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1"
}

run "makes_a_secret_without_a_value" {
  assert {
    condition     = aws_secretsmanager_secret.this.name == "first-model-dev/api-token"
    error_message = "The runbook's commands name another secret."
  }

  assert {
    condition     = aws_secretsmanager_secret.this.kms_key_id == "arn:aws:kms:us-east-1:123456789012:key/1"
    error_message = "The value is not encrypted with the service's key."
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "A secret deleted by mistake is gone."
  }
}

run "frees_its_name_at_once_where_told" {
  variables {
    recovery_window_days = 0
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 0
    error_message = "An environment cannot be built again on the same day."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/first-model-dev"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_window_that_aws_does_not_know" {
  command = plan

  variables {
    recovery_window_days = 3
  }

  expect_failures = [var.recovery_window_days]
}
