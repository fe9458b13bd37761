resource "aws_iam_role" "this" {
  name                 = "${var.name}-function"
  description          = "What the code of ${var.name} may do"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  # checkov:skip=CKV_AWS_290:X-Ray knows no resources to name
  # checkov:skip=CKV_AWS_355:X-Ray knows no resources to name
  name = "function"
  role = aws_iam_role.this.id

  # Not AWSLambdaBasicExecutionRole: that policy may write to, and create, every log group of the account.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OwnLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        Sid      = "Traces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = "*"
      },
      {
        Sid      = "ApiToken"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.secret_arn
      },
      {
        Sid      = "FailedCalls"
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = var.failure_topic_arn
      },
      {
        # Through these two services only: the code itself cannot decrypt anything with the key.
        Sid      = "KeyOfSecretAndTopic"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = {
          StringEquals = {
            "kms:ViaService" = [for service in ["secretsmanager", "sns"] : "${service}.${data.aws_region.current.name}.amazonaws.com"]
          }
        }
      },
    ]
  })
}
