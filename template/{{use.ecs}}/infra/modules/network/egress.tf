# How tasks reach the registry, their log group and their secret. The README has the arithmetic.

locals {
  # What the platform calls for a task: the registry twice (API, and images), its log, its secret.
  endpoints = var.egress == "endpoints" ? toset(["ecr.api", "ecr.dkr", "logs", "secretsmanager"]) : toset([])
  nat_zones = var.egress == "nat" ? toset(keys(local.private)) : toset([])
}

# Without charge, and with either way out: image layers come from S3, and would pay NAT's price per gigabyte.
resource "aws_vpc_endpoint" "storage" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${data.aws_region.current.name}.s3"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  # Image layers and nothing else: no way to carry data off into a foreign bucket.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ImageLayers"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::prod-${data.aws_region.current.name}-starport-layer-bucket/*"
    }]
  })
  tags = { Name = "${var.name}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.endpoints

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  # The services' usual names lead here, so that no client has to know.
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = aws_security_group.endpoints[*].id

  # Only identities of this account: credentials smuggled in from another one could send data out.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnAccount"
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = var.egress == "endpoints" ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "AWS services for tasks in the private subnets"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = var.egress == "endpoints" ? local.private : {}

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from tasks in ${each.key}"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain = "vpc"
  tags   = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_zones

  subnet_id     = aws_subnet.public[each.key].id
  allocation_id = aws_eip.nat[each.key].id
  tags          = { Name = "${var.name}-${each.key}" }

  # A gateway that comes up before the internet does stays without it.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  for_each = local.nat_zones

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.key].id
}
