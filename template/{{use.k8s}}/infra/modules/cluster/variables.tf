variable "name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes. It moves up by one at a time, and never down."
  type        = string
  nullable    = false

  validation {
    # 1.34 leaves standard support in December 2026; a cluster on it would be upgraded unasked.
    condition     = can(regex("^1\\.(3[5-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version is a quoted minor version in standard support, \"1.35\" or later."
  }
}

variable "subnet_ids" {
  description = "Private subnets in two zones or more."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "subnet_ids lists at least two subnets, in two zones."
  }
}

variable "endpoint_cidrs" {
  description = "IPv4 ranges that reach the Kubernetes API from outside the network. None: the API has a private address only."
  type        = list(string)
  nullable    = false

  validation {
    # A minimum length also refuses 0.0.0.0/1 with 128.0.0.0/1, which together are everyone.
    condition = alltrue([
      for cidr in var.endpoint_cidrs :
      can(cidrhost(cidr, 0)) && can(regex("^[0-9.]+/(1[6-9]|2[0-9]|3[0-2])$", cidr))
    ])
    error_message = "endpoint_cidrs lists IPv4 ranges of /16 or smaller. 0.0.0.0/0 would offer the Kubernetes API to everyone: name the ranges of your office or runners, or leave the list empty."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the data keys of secrets, and the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a KMS key."
  }
}

variable "log_retention_days" {
  description = "Days that the logs of the control plane are kept."
  type        = number
  nullable    = false

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400, 731, 1827], var.log_retention_days)
    error_message = "log_retention_days is one of 7, 14, 30, 60, 90, 180, 365, 400, 731, 1827."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the cluster's role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
