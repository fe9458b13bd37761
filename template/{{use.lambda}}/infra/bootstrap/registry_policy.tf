# Lambda fetches images itself, not with a role of ours. Without this it would add such a policy in the name of whoever
# makes the function, who would then need the right to let anybody in.
resource "aws_ecr_repository_policy" "function" {
  repository = module.image_registry.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FunctionsOfTheService"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Condition = {
        StringLike = { "aws:sourceArn" = "arn:aws:lambda:${local.here}:function:${local.named}" }
      }
    }]
  })
}
