output "topic_arn" {
  description = "Topic that alarms are sent to."
  value       = aws_sns_topic.this.arn
}
