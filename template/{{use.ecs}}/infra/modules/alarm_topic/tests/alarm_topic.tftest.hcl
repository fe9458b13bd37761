mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:scores-dev-alarms" }
  }
}

variables {
  name        = "scores-dev"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  email       = "team@example.com"
}

run "lets_alarms_and_events_of_the_account_write" {
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "alarms of any account could write"
  }

  assert {
    condition     = !can(jsondecode(aws_sns_topic_policy.this.policy).Statement[1].Condition) && jsondecode(aws_sns_topic_policy.this.policy).Statement[1].Principal.Service == "events.amazonaws.com"
    error_message = "EventBridge meets no condition: its messages would be lost"
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "with the key of AWS alarms would be lost in silence"
  }

  assert {
    condition     = one(aws_sns_topic_subscription.email[*].endpoint) == "team@example.com"
    error_message = "nobody is told"
  }
}

run "subscribes_nobody_without_an_address" {
  command = plan

  variables {
    email = ""
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "an empty address cannot be subscribed"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/aws/sns"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    email = "team"
  }

  expect_failures = [var.email]
}
