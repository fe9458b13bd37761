mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:us-east-1:123456789012:key/1"
    }
  }

  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:us-east-1:123456789012:first-model-dev-alarms"
    }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:first-model-dev/api-token-AbCdEf"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn     = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev"
      version = "7"
    }
  }

  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live/invocations"
    }
  }

  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      id            = "abc123"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
      api_endpoint  = "https://abc123.execute-api.us-east-1.amazonaws.com"
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
  name                     = "first-model"
  environment              = "dev"
  package                  = "first_model"
  image                    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  alarm_email              = "team@example.com"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "tells_the_release_what_it_needs" {
  assert {
    condition     = output.url == "https://abc123.execute-api.us-east-1.amazonaws.com"
    error_message = "The smoke test asks elsewhere."
  }

  assert {
    condition = output.release == {
      function         = "first-model-dev"
      alias            = "live"
      version          = "7"
      application      = "first-model-dev"
      deployment_group = "live"
      canary           = "first-model-dev-10-percent-10-minutes"
      api_token_secret = "first-model-dev/api-token"
      url              = "https://abc123.execute-api.us-east-1.amazonaws.com"
    }
    error_message = "The release does not find what it needs."
  }
}

run "takes_what_a_file_of_an_environment_says" {
  variables {
    sizing = { memory_mb = 512, timeout_seconds = 15, canary = { percent = 50, minutes = 5 }, alarms = { p99_ms = 5000 } }
  }

  assert {
    condition     = output.release.canary == "first-model-dev-50-percent-5-minutes"
    error_message = "The file's canary is not used."
  }
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_an_environment_that_is_none" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_a_package_that_cannot_be_imported" {
  command = plan

  variables {
    package = "first-model"
  }

  expect_failures = [var.package]
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

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_an_address_that_is_none" {
  command = plan

  variables {
    alarm_email = "nobody"
  }

  expect_failures = [var.alarm_email]
}

run "refuses_an_alarm_that_cannot_fire" {
  command = plan

  variables {
    sizing = { timeout_seconds = 2 }
  }

  expect_failures = [var.sizing]
}
