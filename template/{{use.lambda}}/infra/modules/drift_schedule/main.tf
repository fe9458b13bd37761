# EventBridge Scheduler and not a rule of EventBridge: it retries for as long as told, and needs no permission on the function.
resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:the payload is a constant that stands below; nothing in it needs a key
  name                = "${var.name}-drift"
  description         = "Asks ${var.name} whether its traffic still looks like the training data"
  schedule_expression = "rate(${var.every_hours * 60} minutes)" # minutes: "rate(1 hours)" is refused

  flexible_time_window {
    mode                      = "FLEXIBLE" # nobody waits for it, so it may stay out of the way of the full hour
    maximum_window_in_minutes = 15
  }

  target {
    arn      = var.alias_arn
    role_arn = aws_iam_role.this.arn
    input    = jsonencode({ task = "drift" })

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 3600
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-drift"
  description          = "How the schedule calls ${var.name}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # Otherwise a schedule of another account could make the service use this role (confused deputy).
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "drift"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "CallTheAlias"
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = var.alias_arn
    }]
  })
}

data "aws_caller_identity" "current" {}
