mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/first-model-dev-drift"
    }
  }
}

variables {
  name                     = "first-model-dev"
  alias_arn                = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
  log_group_name           = "/aws/lambda/first-model-dev"
  every_hours              = 24
  topic_arn                = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "calls_what_is_in_service" {
  assert {
    condition     = aws_scheduler_schedule.this.target[0].arn == "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live" && aws_scheduler_schedule.this.schedule_expression == "rate(1440 minutes)"
    error_message = "Another version is asked, or at another time."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input) == { task = "drift" }
    error_message = "The function takes it for a request."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
    error_message = "The schedule may call more than that."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/first-model-boundary"
    error_message = "Nothing bounds the role."
  }
}

run "alarms_on_drift_and_on_silence" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.alert.metric_name == "DriftAlert" && aws_cloudwatch_metric_alarm.alert.treat_missing_data == "notBreaching"
    error_message = "Drift is not told, or told without one."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.missing.metric_name == "DriftJudged" && aws_cloudwatch_metric_alarm.missing.treat_missing_data == "breaching"
    error_message = "A schedule that stops is not missed."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alert.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"]) && aws_cloudwatch_metric_alarm.missing.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.missing.period * aws_cloudwatch_metric_alarm.missing.evaluation_periods == 172800
    error_message = "Two judgements may be missed before anybody is told, not more or fewer."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_code_that_is_not_released" {
  command = plan

  variables {
    alias_arn = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev"
  }

  expect_failures = [var.alias_arn]
}

run "refuses_a_log_group_by_its_arn" {
  command = plan

  variables {
    log_group_name = "arn:aws:logs:us-east-1:123456789012:log-group:x"
  }

  expect_failures = [var.log_group_name]
}

run "refuses_to_judge_every_second_day" {
  command = plan

  variables {
    every_hours = 48
  }

  expect_failures = [var.every_hours]
}

run "refuses_a_topic_by_its_name" {
  command = plan

  variables {
    topic_arn = "first-model-dev-alarms"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
