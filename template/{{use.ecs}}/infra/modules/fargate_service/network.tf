resource "aws_security_group" "service" {
  name        = "${var.name}-service"
  description = "Tasks that serve ${var.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  security_group_id            = aws_security_group.service.id
  description                  = "Requests and health checks"
  referenced_security_group_id = var.load_balancer_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

# The other half of the same connection: the load balancer reaches these tasks and nothing else.
resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  security_group_id            = var.load_balancer_security_group_id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.service.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

# On its own, for tasks that serve and for those that only look: what every task needs to start. Names are resolved by
# the VPC's own resolver, which security groups do not filter.
resource "aws_security_group" "egress" {
  name        = "${var.name}-egress"
  description = "Way out of every task of ${var.name}"
  vpc_id      = var.vpc_id
}

# The whole internet only with a NAT gateway, whose addresses on the other side are not known beforehand.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = var.egress

  security_group_id            = aws_security_group.egress.id
  description                  = "HTTPS to ${each.key}"
  cidr_ipv4                    = each.value.cidr_ipv4
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# Tasks under a name, for callers inside the VPC: the load balancer hands out only part of the routes.
resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = "${var.name}.internal"
  description = "Tasks of ${var.name}"
  vpc         = var.vpc_id
}

resource "aws_service_discovery_service" "this" {
  name = "service"

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.this.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      # Tasks change at each deployment; nobody may remember an old one for longer.
      ttl = 10
    }
  }

  # The platform reports the health of its tasks; nothing in the internet could check a private address.
  health_check_custom_config {
    failure_threshold = 1
  }

  # A task that was killed stays registered for some seconds, and would keep the teardown from ending.
  force_destroy = true
}
