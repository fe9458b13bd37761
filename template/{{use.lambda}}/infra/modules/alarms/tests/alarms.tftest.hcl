mock_provider "aws" {}

variables {
  name             = "first-model-dev"
  function_name    = "first-model-dev"
  alias_name       = "live"
  function_version = "7"
  api_id           = "abc123"
  topic_arn        = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
  thresholds       = { error_percent = 5, server_error_percent = 5, throttles = 0, p99_ms = 2000 }
}

run "watches_what_callers_see" {
  assert {
    condition     = output.names == tolist([for what in ["canary-errors", "errors", "p99-duration", "server-errors", "throttles"] : "first-model-dev-${what}"])
    error_message = "An alarm is missing, or does not end a canary."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.rate), [aws_cloudwatch_metric_alarm.throttles, aws_cloudwatch_metric_alarm.duration]) :
      alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"]) && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "An alarm tells nobody, or fires when nobody calls."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.duration.extended_statistic == "p99" && aws_cloudwatch_metric_alarm.duration.threshold == 2000
    error_message = "The slow calls are hidden by the others."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.throttles.dimensions == tomap({ FunctionName = "first-model-dev", Resource = "first-model-dev:live" })
    error_message = "Other calls than those through the alias are counted."
  }
}

run "judges_the_new_version_alone" {
  assert {
    condition = alltrue([
      for query in aws_cloudwatch_metric_alarm.rate["canary-errors"].metric_query : one(query.metric).dimensions.ExecutedVersion == "7" if query.id != "percent"
    ])
    error_message = "A canary hides behind the version that it is to replace."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.rate["canary-errors"].threshold == 5
    error_message = "The limit is another one."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_a_function_by_its_arn" {
  command = plan

  variables {
    function_name = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
  }

  expect_failures = [var.function_name]
}

run "refuses_a_version_for_an_alias" {
  command = plan

  variables {
    alias_name = "7"
  }

  expect_failures = [var.alias_name]
}

run "refuses_a_version_that_changes" {
  command = plan

  variables {
    function_version = "$LATEST"
  }

  expect_failures = [var.function_version]
}

run "refuses_an_api_by_its_url" {
  command = plan

  variables {
    api_id = "https://abc123"
  }

  expect_failures = [var.api_id]
}

run "refuses_errors_that_never_alarm" {
  command = plan

  variables {
    thresholds = { error_percent = 100, server_error_percent = 5, throttles = 0, p99_ms = 2000 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_server_errors_that_always_alarm" {
  command = plan

  variables {
    thresholds = { error_percent = 5, server_error_percent = 0, throttles = 0, p99_ms = 2000 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_fewer_throttles_than_none" {
  command = plan

  variables {
    thresholds = { error_percent = 5, server_error_percent = 5, throttles = -1, p99_ms = 2000 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_a_duration_that_no_call_reaches" {
  command = plan

  variables {
    thresholds = { error_percent = 5, server_error_percent = 5, throttles = 0, p99_ms = 30000 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_a_topic_by_its_name" {
  command = plan

  variables {
    topic_arn = "first-model-dev-alarms"
  }

  expect_failures = [var.topic_arn]
}
