variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "deletion_window_days" {
  description = "Days between the order to delete the key and its end, in which the order can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days must be between 7 and 30, the limits of KMS."
  }
}
