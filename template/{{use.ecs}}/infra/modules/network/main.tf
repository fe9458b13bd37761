data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:the first ones are taken in the order of their letters, and a new zone gets a new letter
  state = "available"

  # Local and wavelength zones have to be opted into, and have neither the load balancer nor the endpoints.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # By number: the names of the zones may not be known before an apply, but how many subnets there are must be.
  # Sixteenths of the range: the first eight for public subnets, the rest for private ones, so that a zone can be added
  # without moving another.
  public = {
    # A load balancer demands subnets in two zones, wherever the tasks run.
    for i in range(max(2, var.zones)) : "zone-${i + 1}" => {
      zone = data.aws_availability_zones.available.names[i], cidr = cidrsubnet(var.cidr, 4, i)
    }
  }
  private = {
    for i in range(var.zones) : "zone-${i + 1}" => {
      zone = data.aws_availability_zones.available.names[i], cidr = cidrsubnet(var.cidr, 4, 8 + i)
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  # Both are needed for the private names of the endpoints and of the service.
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# Every VPC has this group, and it admits its own members; without rules nothing can be put into it by mistake.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.zone
  cidr_block        = each.value.cidr
  # The load balancer brings its own addresses; nothing else here shall have one.
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.name}-public-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-public" }
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

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.zone
  cidr_block        = each.value.cidr
  tags              = { Name = "${var.name}-private-${each.key}" }
}

# One table a zone, so that each zone leaves through its own gateway and none depends on another.
resource "aws_route_table" "private" {
  for_each = aws_subnet.private

  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
