mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

# The service has tests of its own.
override_module {
  target = module.service

  outputs = {
    url     = "https://service.example.com"
    release = { name = "first-model-dev" }
  }
}

variables {
  name        = "first-model"
  package     = "first_model"
  region      = "us-east-1"
  environment = "dev"
  alarm_email = "team@example.com"
  sizing      = {}
  image       = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
}

run "passes_on_what_the_release_needs" {
  assert {
    condition     = output.image == var.image
    error_message = "A rollback does not learn what is in service."
  }

  assert {
    condition     = output.url == "https://service.example.com" && output.release.name == "first-model-dev"
    error_message = "The outputs are not those of the service."
  }
}

run "looks_for_the_image_by_its_digest" {
  assert {
    condition     = data.aws_ecr_image.service.image_digest == "sha256:${join("", [for _ in range(64) : "a"])}"
    error_message = "Another image is looked for."
  }

  assert {
    condition     = data.aws_ecr_image.service.registry_id == "123456789012" && data.aws_ecr_image.service.repository_name == "first-model"
    error_message = "The image is looked for elsewhere."
  }
}

# Follows an apply for dev, whose state it finds.
run "refuses_the_state_of_another_environment" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [terraform_data.environment]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    name = "first-model-of-the-firm"
  }

  expect_failures = [var.name]
}

run "refuses_a_package_that_cannot_be_imported" {
  command = plan

  variables {
    package = "first-model"
  }

  expect_failures = [var.package]
}

run "refuses_a_region_without_known_prices" {
  command = plan

  variables {
    region = "ap-south-1"
  }

  expect_failures = [var.region]
}

run "refuses_an_environment_that_is_none" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
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

run "refuses_an_address_that_is_none" {
  command = plan

  variables {
    alarm_email = "nobody"
  }

  expect_failures = [var.alarm_email]
}
