mock_provider "aws" {
  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:us-east-1:123456789012:repository/first-model"
      repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model"
    }
  }
}

variables {
  name = "first-model"
}

run "keeps_images_as_they_were_pushed" {
  assert {
    condition     = aws_ecr_repository.images.image_tag_mutability == "IMMUTABLE"
    error_message = "A tag can be moved to another image."
  }

  assert {
    condition     = aws_ecr_repository.images.image_scanning_configuration[0].scan_on_push
    error_message = "Images are not scanned."
  }

  assert {
    condition     = !aws_ecr_repository.images.force_delete
    error_message = "A destroy would take every image with it."
  }

  assert {
    condition     = output.url == "123456789012.dkr.ecr.us-east-1.amazonaws.com/first-model"
    error_message = "The output does not say where to push to."
  }
}

run "deletes_nothing_that_was_deployed" {
  assert {
    condition = alltrue([
      for rule in jsondecode(aws_ecr_lifecycle_policy.images.policy).rules :
      rule.selection.tagStatus == "tagged" && rule.selection.tagPrefixList == ["trial-"]
    ])
    error_message = "An image that is no trial can expire, and it may be the one in service."
  }
}

run "can_be_torn_down" {
  variables {
    deletable = true
  }

  assert {
    condition     = aws_ecr_repository.images.force_delete
    error_message = "A repository that is said to be deletable cannot be deleted."
  }
}

run "refuses_a_name_that_is_none" {
  command = plan

  variables {
    name = "First_Model"
  }

  expect_failures = [var.name]
}

run "refuses_to_delete_at_once" {
  command = plan

  variables {
    trial_days = 0
  }

  expect_failures = [var.trial_days]
}
