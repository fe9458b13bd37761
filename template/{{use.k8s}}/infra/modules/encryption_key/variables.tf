variable "name" {
  description = "Service and environment that the key belongs to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "deletion_window_days" {
  description = "Days in which a deletion can be taken back. What the key encrypted is lost after them."
  type        = number
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days is between 7 and 30, the limits of KMS."
  }
}
