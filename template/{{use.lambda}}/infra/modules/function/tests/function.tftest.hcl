mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn     = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev"
      version = "7"
    }
  }

  mock_resource "aws_lambda_alias" {
    defaults = {
      arn = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/first-model-dev"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/first-model-dev-function"
    }
  }
}

variables {
  name                     = "first-model-dev"
  image                    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  command                  = ["python", "-m", "awslambdaric", "first_model.serving.function.handle"]
  environment              = { APP_ENVIRONMENT = "production" }
  secret_arn               = "arn:aws:secretsmanager:us-east-1:123456789012:secret:first-model-dev/api-token-AbCdEf"
  failure_topic_arn        = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
  kms_key_arn              = "arn:aws:kms:us-east-1:123456789012:key/1"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
  memory_mb                = 1024
  timeout_seconds          = 10
  log_retention_days       = 30
}

run "runs_the_image_with_another_command" {
  assert {
    condition     = aws_lambda_function.this.image_uri == var.image && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "Another image runs, or on another processor."
  }

  assert {
    condition     = aws_lambda_function.this.image_config[0].command[3] == "first_model.serving.function.handle"
    error_message = "The image's own web server starts, which Lambda cannot call."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ APP_ENVIRONMENT = "production" })
    error_message = "The settings do not arrive."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "A new account cannot reserve anything."
  }
}

run "publishes_versions_and_leaves_the_alias_to_the_release" {
  assert {
    condition     = aws_lambda_function.this.publish && output.version == "7" && output.alias_name == "live"
    error_message = "There is no version to release."
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "7"
    error_message = "The first version is not in service."
  }
}

run "may_do_what_it_needs_and_no_more" {
  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/first-model-boundary"
    error_message = "Nothing bounds the role."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid if statement.Resource == "*"
    ]) == toset(["Traces"])
    error_message = "Another statement than that on traces, which know no resources, holds for everything."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource if statement.Sid == "ApiToken"
    ]) == "arn:aws:secretsmanager:us-east-1:123456789012:secret:first-model-dev/api-token-AbCdEf"
    error_message = "Another secret can be read."
  }
}

run "tells_of_calls_that_failed_unseen" {
  assert {
    condition     = aws_lambda_function_event_invoke_config.live.destination_config[0].on_failure[0].destination == "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
    error_message = "Nobody learns of a failed scheduled call."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.live.maximum_retry_attempts == 0
    error_message = "A failed call counts more than once."
  }
}

run "keeps_logs_as_long_as_told" {
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:us-east-1:123456789012:key/1"
    error_message = "Logs are kept for ever, or without the key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/first-model-dev"
    error_message = "Lambda makes a group of its own beside this one."
  }
}

run "starts_nothing_in_advance_unless_told" {
  assert {
    condition     = length(aws_appautoscaling_target.this) == 0
    error_message = "Environments wait, and cost, although none were asked for."
  }
}

run "starts_environments_in_advance_where_told" {
  variables {
    reserved_concurrency    = 5
    provisioned_concurrency = { min = 1, max = 5 }
  }

  assert {
    condition     = aws_appautoscaling_target.this["live"].resource_id == "function:first-model-dev:live" && aws_appautoscaling_target.this["live"].min_capacity == 1
    error_message = "What waits is not what is in service."
  }

  assert {
    condition     = aws_appautoscaling_policy.this["live"].target_tracking_scaling_policy_configuration[0].target_value == 0.7
    error_message = "The default of seven tenths is lost."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_an_image_by_tag" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model:latest"
  }

  expect_failures = [var.image]
}

run "refuses_a_processor_that_is_none" {
  command = plan

  variables {
    architecture = "amd64"
  }

  expect_failures = [var.architecture]
}

run "refuses_no_command" {
  command = plan

  variables {
    command = []
  }

  expect_failures = [var.command]
}

run "refuses_a_variable_in_small_letters" {
  command = plan

  variables {
    environment = { app_environment = "production" }
  }

  expect_failures = [var.environment]
}

run "refuses_a_secret_by_its_name" {
  command = plan

  variables {
    secret_arn = "first-model-dev/api-token"
  }

  expect_failures = [var.secret_arn]
}

run "refuses_half_a_generation" {
  command = plan

  variables {
    api_token_generation = 1.5
  }

  expect_failures = [var.api_token_generation]
}

run "refuses_a_topic_by_its_name" {
  command = plan

  variables {
    failure_topic_arn = "first-model-dev-alarms"
  }

  expect_failures = [var.failure_topic_arn]
}

run "refuses_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/first-model-dev"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_more_memory_than_there_is" {
  command = plan

  variables {
    memory_mb = 10241
  }

  expect_failures = [var.memory_mb]
}

run "refuses_a_timeout_longer_than_the_api_waits" {
  command = plan

  variables {
    timeout_seconds = 30
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_to_reserve_nothing" {
  command = plan

  variables {
    reserved_concurrency = 0
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_a_minimum_above_the_maximum" {
  command = plan

  variables {
    provisioned_concurrency = { min = 2, max = 1 }
  }

  expect_failures = [var.provisioned_concurrency]
}

run "refuses_a_utilization_that_scales_too_late" {
  command = plan

  variables {
    provisioned_concurrency = { min = 1, max = 2, target_utilization = 0.95 }
  }

  expect_failures = [var.provisioned_concurrency]
}

run "refuses_to_provision_more_than_is_reserved" {
  command = plan

  variables {
    reserved_concurrency    = 2
    provisioned_concurrency = { min = 1, max = 3 }
  }

  expect_failures = [var.provisioned_concurrency]
}

run "refuses_a_retention_that_logs_do_not_know" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}
