data "aws_caller_identity" "current" {}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Resource  = aws_sns_topic.this.arn
      # Alarms of this account only.
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  # What AWS sees from outside. Latency, errors and drift of the service itself are alerts of Prometheus.
  alarms = {
    pods-without-room = {
      description = "A pod has found no node for ten minutes. Raise the number of nodes, or lower what the pod requests."
      namespace   = "AWS/EKS"
      metric      = "scheduler_pending_pods_UNSCHEDULABLE"
      dimensions  = { ClusterName = var.cluster_name }
      statistic   = "Sum"
      threshold   = 0
      period      = 60
      periods     = 10
      missing     = "notBreaching"
    }
    control-plane-errors = {
      # A handful is normal while AWS replaces a part of the control plane.
      description = "The Kubernetes API answers with 5xx. Running pods go on; releases and autoscaling do not."
      namespace   = "AWS/EKS"
      metric      = "apiserver_request_total_5XX"
      dimensions  = { ClusterName = var.cluster_name }
      statistic   = "Sum"
      threshold   = 50
      period      = 300
      periods     = 2
      missing     = "notBreaching"
    }
    nodes-busy = {
      description = "Nodes are above 85 % CPU for a quarter of an hour. New pods will find no room."
      namespace   = "AWS/EC2"
      metric      = "CPUUtilization"
      dimensions  = { AutoScalingGroupName = var.autoscaling_group_name }
      statistic   = "Average"
      threshold   = 85
      period      = 300
      periods     = 3
      missing     = "notBreaching"
    }
    nodes-failing = {
      description = "A node fails its status check, or no node reports at all."
      namespace   = "AWS/EC2"
      metric      = "StatusCheckFailed"
      dimensions  = { AutoScalingGroupName = var.autoscaling_group_name }
      statistic   = "Maximum"
      threshold   = 0
      period      = 300
      periods     = 2
      # No data is what a group without a running node looks like.
      missing = "breaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}
