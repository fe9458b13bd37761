variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "function_arn" {
  description = "The function whose alias is moved, without a version."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$", var.function_arn))
    error_message = "function_arn must be the ARN of a function, without a version."
  }
}

variable "alias_name" {
  description = "The alias that is moved, and the name of the deployment group."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*$", var.alias_name))
    error_message = "alias_name must be an alias, not the number of a version: versions cannot be moved."
  }
}

variable "alarm_names" {
  description = "Alarms that end a canary and bring the old version back."
  type        = list(string)

  validation {
    condition     = length(var.alarm_names) >= 1 && length(var.alarm_names) <= 10
    error_message = "alarm_names must hold 1 to 10 alarms, the limit of CodeDeploy: without one nothing would roll back."
  }
}

variable "percent" {
  description = "Share of the traffic that meets the new version first."
  type        = number

  validation {
    condition     = var.percent >= 1 && var.percent <= 99 && floor(var.percent) == var.percent
    error_message = "percent must be a whole number between 1 and 99."
  }
}

variable "minutes" {
  description = "How long the canary is watched."
  type        = number

  validation {
    # Metrics arrive a minute late, and the alarms look at three of them.
    condition     = var.minutes >= 5 && var.minutes <= 2880 && floor(var.minutes) == var.minutes
    error_message = "minutes must be a whole number between 5, below which no alarm could fire in time, and 2880."
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
