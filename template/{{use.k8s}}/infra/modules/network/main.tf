data "aws_region" "current" {}

locals {
  # Two zones are what the control plane asks for; a third adds a NAT gateway and no availability that one service needs.
  # Named by id, which means the same in every account and never moves; us-east-1 has one more that EKS does not know.
  zone_ids = lookup({
    eu-west-1 = ["euw1-az1", "euw1-az2"]
    sa-east-1 = ["sae1-az1", "sae1-az2"]
    us-east-1 = ["use1-az1", "use1-az2"]
  }, data.aws_region.current.name, [])
  # Each pod takes an address of its subnet, so private subnets get a quarter of the range each. Public ones hold NAT gateways only.
  # By letters of our own, so that a plan knows how many there are before it has asked for the region.
  zones = {
    for index, letter in ["a", "b"] : letter => {
      id           = try(local.zone_ids[index], null)
      private_cidr = cidrsubnet(var.cidr, 2, index)
      public_cidr  = cidrsubnet(var.cidr, 8, 128 + index)
    }
  }
  nat_zones = toset(var.nat_per_zone ? ["a", "b"] : ["a"])
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  # Nodes find the private endpoint of the control plane by its name.
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = length(local.zone_ids) == 2
      error_message = "No zones are known for ${data.aws_region.current.name}: add two ids from `aws ec2 describe-availability-zones` to infra/modules/network/main.tf."
    }
  }
}

# The default group would let everything in it talk to everything else; whoever forgets to name a group gets nothing.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.value.id
  cidr_block           = each.value.private_cidr

  tags = {
    Name = "${var.name}-private-${each.key}"
    # Where an internal load balancer of the cluster would go.
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone_id    = each.value.id
  cidr_block              = each.value.public_cidr
  map_public_ip_on_launch = false

  tags = {
    Name                     = "${var.name}-public-${each.key}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }

  # A gateway created before its way out exists starts as failed.
  depends_on = [aws_route.internet]
}

resource "aws_route_table" "private" {
  for_each = aws_subnet.private

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route" "nat" {
  for_each = aws_route_table.private

  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  # The zone's own gateway, or the only one: traffic between zones costs less than a second gateway.
  nat_gateway_id = aws_nat_gateway.this[var.nat_per_zone ? each.key : "a"].id
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}

# Costs nothing, and layers of images come from S3: they no longer pay for the NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.name}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  tags = { Name = "${var.name}-s3" }
}
