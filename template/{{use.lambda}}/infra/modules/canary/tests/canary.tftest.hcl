mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/first-model-dev-canary"
    }
  }
}

variables {
  name                     = "first-model-dev"
  function_arn             = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev"
  alias_name               = "live"
  alarm_names              = ["first-model-dev-errors"]
  percent                  = 10
  minutes                  = 5
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "sends_a_share_first" {
  assert {
    condition     = one(aws_codedeploy_deployment_config.this.traffic_routing_config[0].time_based_canary) == { interval = 5, percentage = 10 }
    error_message = "Another share, or for another time."
  }

  assert {
    condition     = output.deployment_config == "first-model-dev-10-percent-5-minutes" && output.deployment_group == "live" && output.application == "first-model-dev"
    error_message = "The release does not find what it needs."
  }
}

run "goes_back_when_an_alarm_fires" {
  assert {
    condition     = aws_codedeploy_deployment_group.this.alarm_configuration[0].enabled && aws_codedeploy_deployment_group.this.alarm_configuration[0].alarms == toset(["first-model-dev-errors"])
    error_message = "Nobody watches the canary."
  }

  assert {
    condition     = !aws_codedeploy_deployment_group.this.alarm_configuration[0].ignore_poll_alarm_failure
    error_message = "A canary goes on unwatched."
  }

  assert {
    condition     = contains(aws_codedeploy_deployment_group.this.auto_rollback_configuration[0].events, "DEPLOYMENT_STOP_ON_ALARM")
    error_message = "An alarm stops the canary and leaves it half-way."
  }
}

run "moves_no_other_function" {
  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == ["arn:aws:lambda:us-east-1:123456789012:function:first-model-dev", "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:*"]
    error_message = "Other functions can be moved."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/first-model-boundary"
    error_message = "Nothing bounds the role."
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores-dev"
  }

  expect_failures = [var.name]
}

run "refuses_a_function_with_a_version" {
  command = plan

  variables {
    function_arn = "arn:aws:lambda:us-east-1:123456789012:function:first-model-dev:live"
  }

  expect_failures = [var.function_arn]
}

run "refuses_a_version_for_an_alias" {
  command = plan

  variables {
    alias_name = "7"
  }

  expect_failures = [var.alias_name]
}

run "refuses_a_canary_without_alarms" {
  command = plan

  variables {
    alarm_names = []
  }

  expect_failures = [var.alarm_names]
}

run "refuses_a_canary_of_everything" {
  command = plan

  variables {
    percent = 100
  }

  expect_failures = [var.percent]
}

run "refuses_a_canary_that_ends_before_an_alarm" {
  command = plan

  variables {
    minutes = 4
  }

  expect_failures = [var.minutes]
}

run "refuses_a_boundary_by_its_name" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
