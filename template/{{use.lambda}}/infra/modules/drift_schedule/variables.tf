variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "alias_arn" {
  description = "Alias that is called."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$", var.alias_arn))
    error_message = "alias_arn must be the ARN of an alias: without one the call would go to code that is not released."
  }
}

variable "log_group_name" {
  description = "Where the function writes."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_/.#-]{1,512}$", var.log_group_name))
    error_message = "log_group_name must be the name of a log group, for example /aws/lambda/scores-prod."
  }
}

variable "every_hours" {
  description = "How often drift is judged."
  type        = number

  validation {
    condition     = var.every_hours >= 1 && var.every_hours <= 24 && floor(var.every_hours) == var.every_hours
    error_message = "every_hours must be a whole number between 1 and 24: beyond a day no alarm could miss a judgement."
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

variable "permissions_boundary_arn" {
  description = "Policy that limits what the role may ever do, whatever is attached to it."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME."
  }
}
