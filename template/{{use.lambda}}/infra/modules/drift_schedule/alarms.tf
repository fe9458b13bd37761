# The function writes one JSON line per judgement; here its lines become numbers that alarms can look at.
locals {
  namespace = var.name
  judged    = "($.message = \"drift judged\")"
}

resource "aws_cloudwatch_log_metric_filter" "judged" {
  name           = "drift-judged"
  log_group_name = var.log_group_name
  pattern        = "{ ${local.judged} }"

  metric_transformation {
    namespace = local.namespace
    name      = "DriftJudged"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "alert" {
  name           = "drift-alert"
  log_group_name = var.log_group_name
  pattern        = "{ ${local.judged} && (($.drift = \"alert\") || ($.drift = \"severe\")) }"

  metric_transformation {
    namespace = local.namespace
    name      = "DriftAlert"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "alert" {
  alarm_name          = "${var.name}-drift"
  alarm_description   = "The traffic no longer looks like the training data. The log line \"drift judged\" names the features."
  namespace           = local.namespace
  metric_name         = aws_cloudwatch_log_metric_filter.alert.metric_transformation[0].name
  statistic           = "Sum"
  period              = var.every_hours * 3600
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # the next alarm is the one that misses judgements
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# A heartbeat. A schedule that stops, a function that fails and a line that nobody writes any more all look alike: silent.
resource "aws_cloudwatch_metric_alarm" "missing" {
  alarm_name          = "${var.name}-drift-missing"
  alarm_description   = "Drift was not judged twice in a row: look at the schedule ${var.name}-drift and at the logs of the function."
  namespace           = local.namespace
  metric_name         = aws_cloudwatch_log_metric_filter.judged.metric_transformation[0].name
  statistic           = "Sum"
  period              = var.every_hours * 3600
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
