variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "function_name" {
  description = "Function that answers."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "function_name must be the plain name of a function, without account and version."
  }
}

variable "alias_name" {
  description = "Alias of the function that is in service."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*$", var.alias_name))
    error_message = "alias_name must be an alias, not the number of a version: callers would stay with it for ever."
  }
}

variable "alias_invoke_arn" {
  description = "The alias as API Gateway names it."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path/.+/invocations$", var.alias_invoke_arn))
    error_message = "alias_invoke_arn must be the invoke_arn of an alias, not its arn."
  }
}

variable "throttle" {
  description = "Requests a second in the long run, and how many at once."
  type = object({
    rate  = number
    burst = number
  })

  validation {
    condition     = var.throttle.rate >= 1 && var.throttle.rate <= 10000
    error_message = "throttle.rate must be between 1 and 10000 requests a second, the account's own limit."
  }

  validation {
    condition     = var.throttle.burst >= 1 && var.throttle.burst <= 5000 && floor(var.throttle.burst) == var.throttle.burst
    error_message = "throttle.burst must be a whole number between 1 and 5000, the account's own limit."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts logs at rest; its policy admits CloudWatch Logs."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "log_retention_days" {
  description = "Days until log events are deleted. Requests may be personal data: no longer than needed."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}
