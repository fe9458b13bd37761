output "url" {
  description = "Base address of the service. Without a certificate it answers inside the VPC only."
  value       = var.domain_name == null ? "http://${aws_lb.this.dns_name}" : "https://${var.domain_name}"
}

output "dns_name" {
  description = "The load balancer's own name, for a CNAME."
  value       = aws_lb.this.dns_name
}

output "arn_suffix" {
  description = "The load balancer in the dimensions of metrics."
  value       = aws_lb.this.arn_suffix
}

output "target_group_arn" {
  description = "Where tasks register. Known once a listener leads there, since a service is refused before."
  value       = aws_lb_target_group.this.arn

  depends_on = [aws_lb_listener_rule.api]
}

output "target_group_arn_suffix" {
  description = "The target group in the dimensions of metrics."
  value       = aws_lb_target_group.this.arn_suffix
}

output "security_group_id" {
  description = "Security group of the load balancer."
  value       = aws_security_group.this.id
}
