locals {
  dimensions = { LoadBalancer = var.load_balancer_arn_suffix, TargetGroup = var.target_group_arn_suffix }
}

# Both stop and undo a deployment as well, so they look at single minutes: a bad image is to be found within three.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "More than ${var.error_percent} % of the requests end in a 5xx. Runbook: docs/runbooks/deploy.md."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_percent
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  # No requests, no errors.
  treat_missing_data = "notBreaching"
  alarm_actions      = [var.topic_arn]
  ok_actions         = [var.topic_arn]

  metric_query {
    id          = "share"
    label       = "5xx in per cent"
    return_data = true
    # Metrics of errors exist only in minutes that have some. Both kinds count: the service's own, and what the load
    # balancer answers in its place when no task does.
    expression = "100 * (FILL(service, 0) + FILL(balancer, 0)) / requests"
  }

  metric_query {
    id = "service"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions  = local.dimensions
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id = "balancer"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_ELB_5XX_Count"
      dimensions  = { LoadBalancer = var.load_balancer_arn_suffix }
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id = "requests"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      dimensions  = { LoadBalancer = var.load_balancer_arn_suffix }
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.name}-latency"
  alarm_description   = "One request in a hundred takes longer than ${var.p99_seconds} s. Runbook: docs/runbooks/deploy.md."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = local.dimensions
  extended_statistic  = "p99"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.p99_seconds
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  # The p99 of a handful of requests is the slowest of them; such minutes keep the state that the alarm has.
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [var.topic_arn]
  ok_actions                            = [var.topic_arn]
}

# Not a deployment's business: tasks that come and go are unhealthy for a while, and the circuit breaker counts those.
resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "${var.name}-unhealthy"
  alarm_description   = "A task has failed its health check for five minutes. Runbook: docs/runbooks/deploy.md."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = local.dimensions
  statistic           = "Minimum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "nobody" {
  alarm_name          = "${var.name}-nobody-serves"
  alarm_description   = "No task is healthy: the service is down. Runbook: docs/runbooks/deploy.md."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = local.dimensions
  statistic           = "Maximum"
  period              = 60
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 2
  # With no target registered the metric is absent, which is the worst case and not the best.
  treat_missing_data = "breaching"
  alarm_actions      = [var.topic_arn]
  ok_actions         = [var.topic_arn]
}
