mock_provider "aws" {
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/scores-prod/0123456789abcdef" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/scores-prod/0123456789abcdef" }
  }

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/scores-prod/0123456789abcdef/0123456789abcdef" }
  }
}

variables {
  name                 = "scores-prod"
  vpc_id               = "vpc-0123456789abcdef0"
  subnet_ids           = ["subnet-1", "subnet-2"]
  certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  domain_name          = "scores.example.com"
  hosted_zone_id       = "Z0123456789ABCDEFGHIJ"
  client_cidrs         = ["0.0.0.0/0"]
  port                 = 8000
  deregistration_delay = 20
  access_log_bucket    = "logs-of-the-organisation"
  deletion_protection  = true
}

run "answers_by_tls_only_and_forwards_the_api_only" {
  assert {
    condition     = output.url == "https://scores.example.com"
    error_message = "clients are sent elsewhere"
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "plain HTTP is answered"
  }

  assert {
    condition     = aws_lb_listener.https[0].ssl_policy == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    error_message = "old ciphers are accepted"
  }

  assert {
    condition     = aws_lb_listener.https[0].default_action[0].fixed_response[0].status_code == "404"
    error_message = "what is no part of the API is forwarded"
  }

  assert {
    condition     = toset(one(one(aws_lb_listener_rule.api.condition).path_pattern).values) == toset(["/v1/*", "/health/*"])
    error_message = "other routes are forwarded"
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection && !aws_lb.this.internal
    error_message = "the load balancer is less careful than it has to be"
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/health/ready"
    error_message = "a task without a model gets traffic"
  }

  assert {
    condition     = aws_lb.this.access_logs[0].bucket == "logs-of-the-organisation"
    error_message = "no log of what never reached the service"
  }

  assert {
    condition     = length(aws_route53_record.this) == 1
    error_message = "the name leads nowhere"
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : "${rule.from_port} from ${rule.cidr_ipv4}"]) == toset(["80 from 0.0.0.0/0", "443 from 0.0.0.0/0"])
    error_message = "other ports are open"
  }
}

run "is_internal_without_a_certificate" {
  variables {
    certificate_arn     = null
    domain_name         = null
    hosted_zone_id      = null
    client_cidrs        = ["10.20.0.0/20"]
    access_log_bucket   = null
    deletion_protection = false
  }

  assert {
    condition     = aws_lb.this.internal
    error_message = "tokens would cross the internet in clear text"
  }

  assert {
    condition     = length(aws_lb_listener.https) == 0 && aws_lb_listener.http.default_action[0].fixed_response[0].status_code == "404"
    error_message = "the API is not all that is forwarded"
  }

  assert {
    condition     = aws_lb_listener_rule.api.listener_arn == aws_lb_listener.http.arn
    error_message = "the rule stands at another listener"
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.clients : "${rule.from_port} from ${rule.cidr_ipv4}"] == ["80 from 10.20.0.0/20"]
    error_message = "others than the VPC are let in"
  }

  assert {
    condition     = length(aws_lb.this.access_logs) == 0 && length(aws_route53_record.this) == 0
    error_message = "a bucket or a zone is needed"
  }
}

run "refuses_a_name_with_capitals" {
  command = plan

  variables {
    name = "Scores"
  }

  expect_failures = [var.name]
}

run "refuses_a_vpc_by_its_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_certificate_outside_of_acm" {
  command = plan

  variables {
    certificate_arn = "arn:aws:iam::123456789012:server-certificate/x"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_certificate_without_its_name" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    domain_name     = null
    hosted_zone_id  = null
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_name_with_a_scheme" {
  command = plan

  variables {
    domain_name = "https://scores.example.com"
  }

  expect_failures = [var.domain_name]
}

run "refuses_a_zone_without_a_name" {
  command = plan

  variables {
    hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
    domain_name     = null
    certificate_arn = null
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_no_clients" {
  command = plan

  variables {
    client_cidrs = []
  }

  expect_failures = [var.client_cidrs]
}

run "refuses_a_privileged_port" {
  command = plan

  variables {
    port = 80
  }

  expect_failures = [var.port]
}

run "refuses_a_delay_without_end" {
  command = plan

  variables {
    deregistration_delay = 3600
  }

  expect_failures = [var.deregistration_delay]
}

run "refuses_what_is_no_bucket" {
  command = plan

  variables {
    access_log_bucket = "s3://logs"
  }

  expect_failures = [var.access_log_bucket]
}
