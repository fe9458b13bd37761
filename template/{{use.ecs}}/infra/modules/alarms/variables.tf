variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "topic_arn" {
  description = "Topic that hears of each change of an alarm."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic."
  }
}

variable "load_balancer_arn_suffix" {
  description = "The load balancer in the dimensions of metrics."
  type        = string

  validation {
    condition     = can(regex("^app/", var.load_balancer_arn_suffix))
    error_message = "load_balancer_arn_suffix must have the form app/NAME/ID."
  }
}

variable "target_group_arn_suffix" {
  description = "The target group in the dimensions of metrics."
  type        = string

  validation {
    condition     = can(regex("^targetgroup/", var.target_group_arn_suffix))
    error_message = "target_group_arn_suffix must have the form targetgroup/NAME/ID."
  }
}

variable "error_percent" {
  description = "Share of 5xx answers above which the alarm sounds."
  type        = number

  validation {
    condition     = var.error_percent > 0 && var.error_percent < 100
    error_message = "error_percent must lie between 0 and 100."
  }
}

variable "p99_seconds" {
  description = "Response time that 99 of 100 requests have to keep."
  type        = number

  validation {
    condition     = var.p99_seconds > 0 && var.p99_seconds < 60
    error_message = "p99_seconds must lie between 0 and the 60 s after which the load balancer gives up."
  }
}
