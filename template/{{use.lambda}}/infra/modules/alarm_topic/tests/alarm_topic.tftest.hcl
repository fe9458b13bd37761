mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
    }
  }
}

variables {
  name        = "first-model-dev"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1"
  email       = "team@example.com"
}

run "tells_one_address" {
  assert {
    condition     = aws_sns_topic_subscription.email[0].endpoint == "team@example.com"
    error_message = "Alarms reach nobody."
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == "arn:aws:kms:us-east-1:123456789012:key/1"
    error_message = "The topic has no key, or AWS's own, through which no alarm comes."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Alarms of any account may be published."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[1].Effect == "Deny"
    error_message = "Messages may be sent without TLS."
  }
}

run "tells_nobody_without_an_address" {
  variables {
    email = ""
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "Somebody is subscribed without an address."
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

run "refuses_an_address_that_is_none" {
  command = plan

  variables {
    email = "team"
  }

  expect_failures = [var.email]
}
