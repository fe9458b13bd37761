mock_provider "aws" {
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/first-model-boundary" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name             = "first-model"
  region           = "us-east-1"
  account_id       = "123456789012"
  state_bucket_arn = "arn:aws:s3:::first-model-state"
}

run "keeps_services_from_granting_rights" {
  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.boundary.statement :
      statement.not_actions == null || contains(coalesce(statement.not_actions, []), "iam:*")
    ])
    error_message = "A role of the service could grant itself rights."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.boundary.statement :
      statement.effect == "Deny" && contains(coalesce(statement.resources, []), "arn:aws:s3:::first-model-state/*")
    ])
    error_message = "A role of the service could change a state."
  }

  assert {
    condition     = output.arn == "arn:aws:iam::123456789012:policy/first-model-boundary"
    error_message = "The boundary has another name than live computes."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_region_that_is_none" {
  command = plan

  variables {
    region = "Ireland"
  }

  expect_failures = [var.region]
}

run "refuses_an_account_that_is_none" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_bucket_by_name" {
  command = plan

  variables {
    state_bucket_arn = "first-model-state"
  }

  expect_failures = [var.state_bucket_arn]
}
