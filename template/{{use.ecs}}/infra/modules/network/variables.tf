variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "cidr" {
  description = "Private IPv4 range of the VPC; a sixteenth of it goes to each subnet."
  type        = string

  validation {
    condition     = can(regex("^(10|172\\.(1[6-9]|2[0-9]|3[01])|192\\.168)\\.", var.cidr)) && can(cidrhost(var.cidr, 0))
    error_message = "cidr must be a private IPv4 range such as 10.20.0.0/16 (RFC 1918)."
  }

  validation {
    # A load balancer needs subnets of /27 or more; AWS ends at /16.
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 23, false)
    error_message = "cidr must be between /16 and /23, so that a sixteenth of it holds a load balancer."
  }
}

variable "zones" {
  description = "Number of zones that tasks run in. Endpoints or NAT gateways are paid in each."
  type        = number

  validation {
    condition     = contains([1, 2, 3], var.zones)
    error_message = "zones must be 1, 2 or 3."
  }
}

variable "egress" {
  description = "How tasks reach AWS: \"endpoints\" (AWS services only) or \"nat\" (the internet as well)."
  type        = string

  validation {
    condition     = contains(["endpoints", "nat"], var.egress)
    error_message = "egress must be \"endpoints\" or \"nat\"."
  }
}

variable "log_retention_days" {
  description = "Days that the log of refused connections is kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400 or more."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the log."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the role that writes the log."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}
