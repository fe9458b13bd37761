mock_provider "aws" {
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      id            = "abc123"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
      api_endpoint  = "https://abc123.execute-api.us-east-1.amazonaws.com"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/apigateway/first-model-dev"
    }
  }
}

variables {
  name               = "first-model-dev"
  function_name      = "first-model-dev"
  alias_name         = "live"
  alias_invoke_arn   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live/invocations"
  throttle           = { rate = 5, burst = 10 }
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/1"
  log_retention_days = 30
}

run "lets_the_world_call_two_prefixes" {
  assert {
    condition     = toset(keys(aws_apigatewayv2_route.this)) == toset(["ANY /v1/{proxy+}", "GET /health/{proxy+}"])
    error_message = "Another route is open, or one of these is not."
  }

  assert {
    condition     = aws_lambda_permission.this.qualifier == "live" && aws_lambda_permission.this.source_arn == "arn:aws:execute-api:us-east-1:123456789012:abc123/*/*"
    error_message = "The API may call what is not in service, or other APIs may call."
  }

  assert {
    condition     = output.url == "https://abc123.execute-api.us-east-1.amazonaws.com"
    error_message = "The URL is another one."
  }
}

run "throttles_and_keeps_an_access_log" {
  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 5 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 10
    error_message = "A flood is let through, and paid."
  }

  assert {
    condition     = jsondecode(aws_apigatewayv2_stage.this.access_log_settings[0].format).status == "$context.status"
    error_message = "The access log does not say how requests ended."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:us-east-1:123456789012:key/1"
    error_message = "The log is kept for ever, or without the key."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_a_function_by_its_arn" {
  command = plan

  variables {
    function_name = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
  }

  expect_failures = [var.function_name]
}

run "refuses_a_version_for_an_alias" {
  command = plan

  variables {
    alias_name = "7"
  }

  expect_failures = [var.alias_name]
}

run "refuses_an_alias_by_its_plain_arn" {
  command = plan

  variables {
    alias_invoke_arn = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
  }

  expect_failures = [var.alias_invoke_arn]
}

run "refuses_a_rate_above_the_accounts" {
  command = plan

  variables {
    throttle = { rate = 10001, burst = 10 }
  }

  expect_failures = [var.throttle]
}

run "refuses_half_a_request_at_once" {
  command = plan

  variables {
    throttle = { rate = 5, burst = 0.5 }
  }

  expect_failures = [var.throttle]
}

run "refuses_a_key_by_its_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/first-model-dev"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_retention_that_logs_do_not_know" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}
