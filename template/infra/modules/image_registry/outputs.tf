output "name" {
  description = "Name of the repository."
  value       = aws_ecr_repository.images.name
}

output "arn" {
  description = "ARN of the repository, for policies."
  value       = aws_ecr_repository.images.arn
}

output "url" {
  description = "What an image's name begins with, registry included."
  value       = aws_ecr_repository.images.repository_url
}
