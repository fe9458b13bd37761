output "deployment_alarm_names" {
  description = "Alarms that stop a deployment and undo it."
  value       = [aws_cloudwatch_metric_alarm.errors.alarm_name, aws_cloudwatch_metric_alarm.latency.alarm_name]
}
