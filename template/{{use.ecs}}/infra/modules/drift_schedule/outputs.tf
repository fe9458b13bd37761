output "schedule_name" {
  description = "The schedule, in a group of the same name."
  value       = aws_scheduler_schedule.this.name
}

output "security_group_id" {
  description = "Security group of the job, which the service admits."
  value       = aws_security_group.this.id
}
