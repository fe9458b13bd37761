variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "kms_key_arn" {
  description = "Key of the topic; its policy must admit alarms and events."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "email" {
  description = "Address that is subscribed; \"\" subscribes nobody."
  type        = string

  validation {
    condition     = var.email == "" || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.email))
    error_message = "email must be an address such as team@example.com, or empty."
  }
}
