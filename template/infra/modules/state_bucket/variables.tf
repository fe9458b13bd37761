variable "name" {
  description = "Name of the bucket: names are shared by all AWS accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens, and no hyphen at its ends."
  }
}

variable "deletable" {
  description = "Whether the bucket may be destroyed with every state in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_days" {
  description = "Days for which an older version of a state is kept at least."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.keep_days >= 7 && floor(var.keep_days) == var.keep_days
    error_message = "Keep older versions for 7 whole days or more: a mistake may show itself after a weekend."
  }
}

variable "keep_versions" {
  description = "Number of older versions of each object that are kept whatever their age."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.keep_versions >= 1 && var.keep_versions <= 100 && floor(var.keep_versions) == var.keep_versions
    error_message = "S3 keeps between 1 and 100 older versions, a whole number."
  }
}
