mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "first-model-state"
      arn = "arn:aws:s3:::first-model-state"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name = "first-model-state"
}

run "keeps_states_safe" {
  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "An older state cannot be had again."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "The bucket can be opened to the public."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.state.rule :
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"
    ])
    error_message = "States are not encrypted by KMS."
  }

  assert {
    condition     = !aws_s3_bucket.state.force_destroy
    error_message = "A destroy would take every state with it."
  }

  assert {
    condition     = output.name == "first-model-state" && output.arn == "arn:aws:s3:::first-model-state"
    error_message = "The outputs do not name the bucket."
  }
}

run "refuses_plain_http" {
  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.state.statement :
      statement.effect == "Deny" && one(statement.condition).variable == "aws:SecureTransport"
    ])
    error_message = "Requests without TLS are let through."
  }
}

run "can_be_torn_down" {
  variables {
    deletable = true
  }

  assert {
    condition     = aws_s3_bucket.state.force_destroy
    error_message = "A bucket that is said to be deletable cannot be deleted."
  }
}

run "refuses_a_name_that_is_none" {
  command = plan

  variables {
    name = "First_Model"
  }

  expect_failures = [var.name]
}

run "refuses_to_forget_at_once" {
  command = plan

  variables {
    keep_days = 1
  }

  expect_failures = [var.keep_days]
}

run "refuses_to_keep_no_version" {
  command = plan

  variables {
    keep_versions = 0
  }

  expect_failures = [var.keep_versions]
}
