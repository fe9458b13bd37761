mock_provider "aws" {
}

variables {
  cluster_name             = "scores-dev"
  service_name             = "scores-dev"
  min_tasks                = 2
  max_tasks                = 6
  requests_per_target      = 6000
  cpu_percent              = 60
  load_balancer_arn_suffix = "app/scores-dev/0123456789abcdef"
  target_group_arn_suffix  = "targetgroup/scores-dev/0123456789abcdef"
}

run "follows_requests_and_processor" {
  assert {
    condition     = aws_appautoscaling_target.this.resource_id == "service/scores-dev/scores-dev"
    error_message = "another service is scaled"
  }

  assert {
    condition     = aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == "app/scores-dev/0123456789abcdef/targetgroup/scores-dev/0123456789abcdef"
    error_message = "requests of another target group are counted"
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu.target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "the processor is kept at another share"
  }

  assert {
    condition     = aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration[0].scale_in_cooldown > aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration[0].scale_out_cooldown
    error_message = "tasks go faster than they come"
  }
}

run "refuses_the_arn_of_a_cluster" {
  command = plan

  variables {
    cluster_name = "arn:aws:ecs:us-east-1:123456789012:cluster/x"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_the_arn_of_a_service" {
  command = plan

  variables {
    service_name = "service/x/y"
  }

  expect_failures = [var.service_name]
}

run "refuses_no_task_at_all" {
  command = plan

  variables {
    min_tasks = 0
  }

  expect_failures = [var.min_tasks]
}

run "refuses_a_maximum_below_the_minimum" {
  command = plan

  variables {
    max_tasks = 1
  }

  expect_failures = [var.max_tasks]
}

run "refuses_no_request_at_all" {
  command = plan

  variables {
    requests_per_target = 0
  }

  expect_failures = [var.requests_per_target]
}

run "refuses_a_processor_that_is_always_full" {
  command = plan

  variables {
    cpu_percent = 95
  }

  expect_failures = [var.cpu_percent]
}

run "refuses_the_name_of_a_load_balancer" {
  command = plan

  variables {
    load_balancer_arn_suffix = "scores-dev"
  }

  expect_failures = [var.load_balancer_arn_suffix]
}

run "refuses_the_name_of_a_target_group" {
  command = plan

  variables {
    target_group_arn_suffix = "scores-dev"
  }

  expect_failures = [var.target_group_arn_suffix]
}
