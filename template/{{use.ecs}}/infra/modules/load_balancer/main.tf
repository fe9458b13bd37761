# trivy:ignore:AVD-AWS-0053 A public API is reached from the internet; `internal` keeps it inside.
resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_28:a firewall costs a fixed sum a month; callers need a token, and bodies are limited in the service
  name               = var.name
  load_balancer_type = "application"
  internal           = var.certificate_arn == null
  subnets            = var.subnet_ids
  security_groups    = [aws_security_group.this.id]
  # A header with an invalid name may be read in two ways by two parsers: that is how requests are smuggled.
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  # Shorter than the 75 s after which the service closes an idle connection: whoever sends requests must be the one who
  # closes, or one of them meets a closed connection and becomes a 502.
  idle_timeout = 60

  # The service logs each request itself; this one adds what never reached it.
  dynamic "access_logs" {
    for_each = var.access_log_bucket[*]
    content {
      enabled = true
      bucket  = access_logs.value
      prefix  = var.name
    }
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Load balancer of ${var.name}"
  vpc_id      = var.vpc_id
}

# Whom a public API serves is known by their token, not by their address.
resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = merge([
    for port in var.certificate_arn == null ? [80] : [80, 443] : {
      # By number: the range of a network that is looked up may not be known before an apply.
      for i, cidr in var.client_cidrs : "${port}-${i}" => { port = port, cidr = cidr }
    }
  ]...)

  security_group_id = aws_security_group.this.id
  description       = each.value.port == 80 ? "HTTP" : "HTTPS"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378:TLS ends at the load balancer; only its security group reaches the tasks
  name     = var.name
  vpc_id   = var.vpc_id
  port     = var.port
  protocol = "HTTP"
  # Tasks have network interfaces of their own; there is no instance to name.
  target_type = "ip"
  # A batch takes many times as long as a row: the next request goes where the fewest are waiting.
  load_balancing_algorithm_type = "least_outstanding_requests"
  # As long as the service itself drains. The 300 s of the default would make each deployment wait for nothing.
  deregistration_delay = var.deregistration_delay

  health_check {
    # Ready, not alive: a task without a model gets no traffic.
    path                = "/health/ready"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

# trivy:ignore:AVD-AWS-0054 Plain HTTP either redirects, or is refused outside of the VPC by the absence of a certificate.
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = var.certificate_arn == null ? "fixed-response" : "redirect"

    dynamic "redirect" {
      for_each = var.certificate_arn[*]
      content {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }

    dynamic "fixed_response" {
      for_each = var.certificate_arn == null ? ["404"] : []
      content {
        content_type = "text/plain"
        message_body = "not found"
        status_code  = fixed_response.value
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count = var.certificate_arn == null ? 0 : 1

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn
  # TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only.
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

# The API and its health, by name: metrics, drift and documentation of the API stay inside, and so does what is added next.
resource "aws_lb_listener_rule" "api" {
  listener_arn = one(concat(aws_lb_listener.https[*].arn, var.certificate_arn == null ? [aws_lb_listener.http.arn] : []))
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  condition {
    path_pattern {
      values = ["/v1/*", "/health/*"]
    }
  }
}

# An alias follows the load balancer's addresses and costs nothing to ask.
resource "aws_route53_record" "this" {
  count = var.hosted_zone_id == null ? 0 : 1

  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = false
  }
}
