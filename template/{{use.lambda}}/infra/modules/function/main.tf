data "aws_region" "current" {}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_117:it reaches nothing private; a VPC would add the price of endpoints and slower starts
  # checkov:skip=CKV_AWS_116:failed asynchronous calls go to a destination, which also says why they failed
  # checkov:skip=CKV_AWS_173:the variables hold the ARN of a secret and no secret; a key would add a call to each start
  # checkov:skip=CKV_AWS_272:signing is for zip archives; the image is signed in the registry and named by its digest
  function_name = var.name
  description   = "API token no. ${var.api_token_generation}" # a new number is a change, and thus a new version
  role          = aws_iam_role.this.arn

  package_type  = "Image"
  image_uri     = var.image
  architectures = [var.architecture]

  # The image itself starts a web server; here the runtime interface client fetches events instead.
  image_config {
    command = var.command
  }

  memory_size = var.memory_mb # CPU comes with it: one core at 1,769 MB
  timeout     = var.timeout_seconds

  # Taken from the account's pool, and at the same time the limit of this function. -1 is "no reservation".
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  # Each change becomes a numbered version that never changes again; the alias says which one is in service.
  publish = true

  environment {
    variables = var.environment
  }

  tracing_config {
    mode = "Active" # samples on its own; PassThrough would only follow callers that trace
  }

  logging_config {
    log_format = "JSON" # the platform's own lines too, so that one query reads them all
    log_group  = aws_cloudwatch_log_group.this.name
  }

  # A first call must find a role that may log.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version in service"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    # Only the first version is put into service here. Later ones come in by the release, step by step under alarms;
    # Terraform would move all traffic at once, and undo what a rollback has done.
    ignore_changes = [function_version, routing_config]
  }
}

# Made here and not by Lambda on the first call: such a group would keep logs for ever, with no key of ours.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:how long is a decision of each environment; a year of requests is more than privacy allows
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# Calls that nobody waits for, such as the scheduled ones.
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name

  # What judged wrongly once does so again, and each failure counts as an error of the service.
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = var.failure_topic_arn
    }
  }
}
