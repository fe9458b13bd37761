output "arn" {
  description = "ARN of the topic, the action of every alarm."
  value       = aws_sns_topic.this.arn

  # An alarm that fires before the policy stands would reach nobody.
  depends_on = [aws_sns_topic_policy.this]
}
