variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "function_name" {
  description = "Function that is watched."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "function_name must be the plain name of a function, without account and version."
  }
}

variable "alias_name" {
  description = "Alias in service."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*$", var.alias_name))
    error_message = "alias_name must be an alias, not the number of a version."
  }
}

variable "function_version" {
  description = "The newest version, which the next release brings into service."
  type        = string

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.function_version))
    error_message = "function_version must be the number of a published version; $LATEST is never released."
  }
}

variable "api_id" {
  description = "Id of the HTTP API."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.api_id))
    error_message = "api_id must be the id of an API, lower-case letters and digits."
  }
}

variable "thresholds" {
  description = "What is too much: percent of failed calls and of 5xx, throttled calls a minute, p99 in milliseconds."
  type = object({
    error_percent        = number
    server_error_percent = number
    throttles            = number
    p99_ms               = number
  })

  validation {
    condition     = alltrue([for percent in [var.thresholds.error_percent, var.thresholds.server_error_percent] : percent > 0 && percent < 100])
    error_message = "thresholds.error_percent and thresholds.server_error_percent must be above 0 and below 100, or the alarm always or never fires."
  }

  validation {
    condition     = var.thresholds.throttles >= 0
    error_message = "thresholds.throttles must not be negative."
  }

  validation {
    condition     = var.thresholds.p99_ms > 0 && var.thresholds.p99_ms < 29000
    error_message = "thresholds.p99_ms must be above 0 and below 29000, where calls are cut off."
  }
}

variable "topic_arn" {
  description = "SNS topic that is told."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME."
  }
}
