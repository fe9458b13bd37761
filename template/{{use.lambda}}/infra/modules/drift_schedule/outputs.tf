output "schedule_name" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.this.name
}

output "alarm_names" {
  description = "Alarms on drift and on its absence. Neither ends a canary: what callers send is not the new version's fault."
  value       = [aws_cloudwatch_metric_alarm.alert.alarm_name, aws_cloudwatch_metric_alarm.missing.alarm_name]
}
