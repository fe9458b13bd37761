mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms" }
  }
}

variables {
  name                   = "first-model-dev"
  alarm_email            = "team@example.com"
  cluster_name           = "first-model-dev"
  autoscaling_group_name = "eks-workers"
  kms_key_arn            = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "tells_the_team_of_each_alarm" {
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([output.topic_arn])]) && length(aws_cloudwatch_metric_alarm.this) == 4
    error_message = "An alarm reaches no topic."
  }

  assert {
    condition     = aws_sns_topic_subscription.email[0].endpoint == "team@example.com" && aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "The team is not subscribed, or messages are not encrypted."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["pods-without-room"].dimensions == tomap({ ClusterName = "first-model-dev" })
      && aws_cloudwatch_metric_alarm.this["nodes-busy"].dimensions == tomap({ AutoScalingGroupName = "eks-workers" })
    )
    error_message = "An alarm watches something else."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["nodes-failing"].treat_missing_data == "breaching"
    error_message = "A group without a running node would be silent."
  }
}

run "subscribes_nobody_without_an_address" {
  variables {
    alarm_email = ""
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "Nobody would confirm that subscription."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-whole-firm"
  }

  expect_failures = [var.name]
}

run "refuses_an_address_that_is_none" {
  command = plan

  variables {
    alarm_email = "team"
  }

  expect_failures = [var.alarm_email]
}

run "refuses_to_watch_no_cluster" {
  command = plan

  variables {
    cluster_name = ""
  }

  expect_failures = [var.cluster_name]
}

run "refuses_to_watch_no_group" {
  command = plan

  variables {
    autoscaling_group_name = ""
  }

  expect_failures = [var.autoscaling_group_name]
}

run "refuses_a_key_that_is_none" {
  command = plan

  variables {
    kms_key_arn = "alias/aws/sns"
  }

  expect_failures = [var.kms_key_arn]
}
