locals {
  function = {
    FunctionName = var.function_name
    Resource     = "${var.function_name}:${var.alias_name}" # calls through the alias, so what callers see
  }

  # Three looks of a minute, two of which must be bad: one slow minute is no incident, and a canary ends within five.
  looks = 3
  bad   = 2

  # Percentages of requests, so that the limits fit any traffic.
  rates = {
    "errors" = {
      description = "Calls fail: exceptions, timeouts, starts that end early"
      namespace   = "AWS/Lambda"
      bad         = "Errors"
      all         = "Invocations"
      dimensions  = local.function
      percent     = var.thresholds.error_percent
    }
    # Only while an alias is divided: of the new version alone. In the figure above a tenth of the traffic would have
    # to fail ten times as often before it is seen.
    "canary-errors" = {
      description = "Calls of the new version fail"
      namespace   = "AWS/Lambda"
      bad         = "Errors"
      all         = "Invocations"
      dimensions  = merge(local.function, { ExecutedVersion = var.function_version })
      percent     = var.thresholds.error_percent
    }
    "server-errors" = {
      description = "Callers get 5xx, from the service or in front of it"
      namespace   = "AWS/ApiGateway"
      bad         = "5xx"
      all         = "Count"
      dimensions  = { ApiId = var.api_id }
      percent     = var.thresholds.server_error_percent
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "rate" {
  for_each = local.rates

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description}: above ${each.value.percent} % in ${local.bad} of ${local.looks} minutes. See docs/runbooks/deploy.md."
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.percent
  evaluation_periods  = local.looks
  datapoints_to_alarm = local.bad
  treat_missing_data  = "notBreaching" # no calls, no errors
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn] # whoever was woken wants to know when it is over

  metric_query {
    id          = "percent"
    expression  = "100 * bad / all"
    label       = "% of requests"
    return_data = true
  }

  metric_query {
    id = "bad"

    metric {
      namespace   = each.value.namespace
      metric_name = each.value.bad
      dimensions  = each.value.dimensions
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id = "all"

    metric {
      namespace   = each.value.namespace
      metric_name = each.value.all
      dimensions  = each.value.dimensions
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "${var.name}-throttles"
  alarm_description   = "Lambda refuses calls: the concurrency of the function or of the account is used up. See \"Scale\" in docs/runbooks/deploy.md."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = local.function
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.throttles
  evaluation_periods  = local.looks
  datapoints_to_alarm = local.bad
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  alarm_name          = "${var.name}-p99-duration"
  alarm_description   = "One call in a hundred takes longer than ${var.thresholds.p99_ms} ms, not counting the start of an environment."
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = local.function
  extended_statistic  = "p99" # the mean hides the callers who wait
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.p99_ms
  evaluation_periods  = local.looks
  datapoints_to_alarm = local.bad
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  # Of a handful of calls the slowest is the 99th percentile; that says nothing.
  evaluate_low_sample_count_percentiles = "ignore"
}
