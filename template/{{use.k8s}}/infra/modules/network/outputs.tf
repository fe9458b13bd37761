output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "A subnet in each zone, without a way in from the internet."
  # Whoever runs nodes in them needs their way out first.
  value      = [for subnet in aws_subnet.private : subnet.id]
  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.s3]
}
