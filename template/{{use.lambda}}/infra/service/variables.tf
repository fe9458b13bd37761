variable "name" {
  description = "Name of the service, common to all environments."
  type        = string

  validation {
    # With the environment and the longest suffix it has to fit into the 64 characters of a role's name.
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "name must be at most 20 lower-case letters, digits and single hyphens, and begin with a letter."
  }
}

variable "environment" {
  description = "Which of the three environments this is."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "package" {
  description = "Python package in the image."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]*$", var.package))
    error_message = "package must be the name of a Python package: lower-case letters, digits and underscores."
  }
}

variable "image" {
  description = "Image by digest."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST, as the build prints it."
  }
}

variable "architecture" {
  description = "Of the image."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64, the one that the image was built for."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that limits what each role of the service may ever do."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME."
  }
}

variable "alarm_email" {
  description = "Who is told of an alarm; empty: nobody is subscribed."
  type        = string
  default     = ""

  validation {
    condition     = var.alarm_email == "" || can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alarm_email))
    error_message = "alarm_email must be an address like name@example.com, or empty."
  }
}

# What one setting accepts is checked by the module that uses it; here is what concerns two of them.
variable "sizing" {
  description = "How large the service is in this environment, and how it is watched; the files in infra/live say why."
  type = object({
    memory_mb            = optional(number, 1024)
    timeout_seconds      = optional(number, 10)
    reserved_concurrency = optional(number) # none: the account's pool
    provisioned_concurrency = optional(object({
      min                = number
      max                = number
      target_utilization = optional(number, 0.7)
    })) # none: environments start when they are needed
    throttle = optional(object({
      rate  = number # requests a second
      burst = number # at once
    }), { rate = 50, burst = 100 })
    canary = optional(object({
      percent = number
      minutes = number
    }), { percent = 10, minutes = 10 })
    alarms = optional(object({
      error_percent        = optional(number, 5)
      server_error_percent = optional(number, 5)
      throttles            = optional(number, 0)
      p99_ms               = optional(number, 2000)
    }), {})
    drift_every_hours    = optional(number, 24)
    log_retention_days   = optional(number, 30)
    deletion_window_days = optional(number, 30)
    api_token_generation = optional(number, 1)
  })
  default = {}

  validation {
    condition     = var.sizing.alarms.p99_ms < var.sizing.timeout_seconds * 1000
    error_message = "sizing.alarms.p99_ms must be below sizing.timeout_seconds: no call lasts longer, so the alarm could not fire."
  }
}
