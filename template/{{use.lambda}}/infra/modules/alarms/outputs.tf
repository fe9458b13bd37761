output "names" {
  description = "The alarms, all of which end a canary."
  value = sort(concat(
    [for alarm in aws_cloudwatch_metric_alarm.rate : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.throttles.alarm_name, aws_cloudwatch_metric_alarm.duration.alarm_name],
  ))
}
