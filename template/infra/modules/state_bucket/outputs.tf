output "name" {
  description = "Name of the bucket, for `terraform init -backend-config`."
  value       = aws_s3_bucket.state.id
}

output "arn" {
  description = "ARN of the bucket, for policies."
  value       = aws_s3_bucket.state.arn
}
