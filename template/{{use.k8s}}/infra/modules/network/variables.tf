variable "name" {
  description = "Name of the network and prefix of all that is in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "cidr" {
  description = "Private IPv4 range of the network."
  type        = string
  nullable    = false

  validation {
    # Each pod takes an address: below /20 two subnets run out of them. AWS refuses what is wider than /16.
    condition = (
      can(cidrhost(var.cidr, 0))
      && can(regex("^(10|172\\.(1[6-9]|2[0-9]|3[01])|192\\.168)\\..*/(1[6-9]|20)$", var.cidr))
    )
    error_message = "cidr is a private IPv4 range between /16 and /20, such as 10.40.0.0/16."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway in each zone instead of one for both: a zone that fails then takes no other with it."
  type        = bool
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the log of refused connections is kept."
  type        = number
  nullable    = false

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400, 731, 1827], var.log_retention_days)
    error_message = "log_retention_days is one of 7, 14, 30, 60, 90, 180, 365, 400, 731, 1827."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the role that writes the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
