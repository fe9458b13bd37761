variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"; log groups under /<name>/ may use the key."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "deletion_window_days" {
  description = "Days in which a deleted key can be brought back."
  type        = number

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days must be 7 to 30, the limits of AWS."
  }
}
