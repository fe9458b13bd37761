# The whole account: a filter by tag counts nothing until someone activates the tag for billing, in the console.
resource "aws_budgets_budget" "monthly" {
  name         = "${var.name}-monthly"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_unit   = "USD"
  limit_amount = tostring(var.limit_usd)

  # Early enough to act, and again when the limit is passed or will be at this pace.
  dynamic "notification" {
    for_each = {
      "80 % spent"      = { type = "ACTUAL", percent = 80 }
      "all of it spent" = { type = "ACTUAL", percent = 100 }
      "all by forecast" = { type = "FORECASTED", percent = 100 }
    }

    content {
      notification_type          = notification.value.type
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = [var.alarm_email]
    }
  }
}
