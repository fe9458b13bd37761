output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Its range."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "Subnets with a route to the internet, in at least two zones."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "private_subnet_ids" {
  description = "Subnets of the tasks."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "egress" {
  description = "Where tasks must be able to send HTTPS, as egress rules of a security group by name; one of the three attributes is set."
  value = { for name, rule in {
    storage   = { cidr_ipv4 = null, prefix_list_id = aws_vpc_endpoint.storage.prefix_list_id, security_group_id = null }
    endpoints = { cidr_ipv4 = null, prefix_list_id = null, security_group_id = one(aws_security_group.endpoints[*].id) }
    internet  = { cidr_ipv4 = "0.0.0.0/0", prefix_list_id = null, security_group_id = null }
    } : name => rule if contains(["storage", var.egress == "nat" ? "internet" : "endpoints"], name)
  }
}
