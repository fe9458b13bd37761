mock_provider "aws" {}

variables {
  name        = "first-model"
  limit_usd   = 100
  alarm_email = "team@example.com"
}

run "warns_before_and_at_the_limit" {
  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "100"
    error_message = "The budget has another limit."
  }

  assert {
    condition = toset([
      for notification in aws_budgets_budget.monthly.notification :
      "${notification.notification_type} ${notification.threshold}"
    ]) == toset(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
    error_message = "It does not warn at 80 %, at the limit and by forecast."
  }

  assert {
    condition = alltrue([
      for notification in aws_budgets_budget.monthly.notification :
      notification.subscriber_email_addresses == toset(["team@example.com"])
    ])
    error_message = "The alarm reaches nobody."
  }

  assert {
    condition     = output.name == "first-model-monthly"
    error_message = "The budget has another name."
  }
}

run "refuses_a_name_that_is_none" {
  command = plan

  variables {
    name = "First_Model"
  }

  expect_failures = [var.name]
}

run "refuses_a_limit_of_nothing" {
  command = plan

  variables {
    limit_usd = 0
  }

  expect_failures = [var.limit_usd]
}

run "refuses_an_alarm_that_reaches_nobody" {
  command = plan

  variables {
    alarm_email = ""
  }

  expect_failures = [var.alarm_email]
}
