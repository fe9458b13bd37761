mock_provider "aws" {
}

variables {
  name                     = "scores-dev"
  topic_arn                = "arn:aws:sns:us-east-1:123456789012:scores-dev-alarms"
  load_balancer_arn_suffix = "app/scores-dev/0123456789abcdef"
  target_group_arn_suffix  = "targetgroup/scores-dev/0123456789abcdef"
  error_percent            = 5
  p99_seconds              = 0.5
}

run "watches_errors_latency_and_tasks" {
  assert {
    condition     = output.deployment_alarm_names == ["scores-dev-errors", "scores-dev-latency"]
    error_message = "a deployment is watched by other alarms"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.nobody.treat_missing_data == "breaching"
    error_message = "no metric means no task, the worst case"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.treat_missing_data == "notBreaching"
    error_message = "a quiet night must not alarm"
  }

  assert {
    condition     = alltrue([for alarm in [aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.latency, aws_cloudwatch_metric_alarm.unhealthy, aws_cloudwatch_metric_alarm.nobody] : one(alarm.alarm_actions) == var.topic_arn])
    error_message = "an alarm tells nobody"
  }

  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.errors.metric_query : query.expression if query.id == "share"]) == "100 * (FILL(service, 0) + FILL(balancer, 0)) / requests"
    error_message = "errors of the load balancer count as well"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_what_is_no_topic" {
  command = plan

  variables {
    topic_arn = "team@example.com"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_the_arn_of_a_load_balancer" {
  command = plan

  variables {
    load_balancer_arn_suffix = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/y"
  }

  expect_failures = [var.load_balancer_arn_suffix]
}

run "refuses_the_name_of_a_target_group" {
  command = plan

  variables {
    target_group_arn_suffix = "scores-dev"
  }

  expect_failures = [var.target_group_arn_suffix]
}

run "refuses_a_share_of_nothing" {
  command = plan

  variables {
    error_percent = 0
  }

  expect_failures = [var.error_percent]
}

run "refuses_more_than_the_load_balancer_waits" {
  command = plan

  variables {
    p99_seconds = 60
  }

  expect_failures = [var.p99_seconds]
}
