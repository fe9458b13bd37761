variable "name" {
  description = "Name of the service in its environment, for example scores-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "image" {
  description = "Image by digest: a tag could mean something else tomorrow, and a rollback needs to know what it gets."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST: Lambda pulls from ECR only."
  }
}

variable "architecture" {
  description = "Of the image. arm64 costs a fifth less per second."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64, the one that the image was built for."
  }
}

variable "command" {
  description = "What the image runs in place of its own command."
  type        = list(string)

  validation {
    condition     = length(var.command) > 0
    error_message = "command must name a program: the image's own command is a web server, which Lambda cannot call."
  }
}

variable "environment" {
  description = "Environment variables. No secrets: whoever may read the function may read them."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "environment must have names of capital letters, digits and underscores."
  }
}

variable "secret_arn" {
  description = "The one secret that the function may read."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.secret_arn))
    error_message = "secret_arn must be the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME."
  }
}

variable "api_token_generation" {
  description = "Raised by one when the secret has a new value, so that a release starts environments that read it."
  type        = number
  default     = 1

  validation {
    condition     = var.api_token_generation >= 1 && floor(var.api_token_generation) == var.api_token_generation
    error_message = "api_token_generation must be a whole number from 1 on."
  }
}

variable "failure_topic_arn" {
  description = "SNS topic that is told when an asynchronous call has failed."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", var.failure_topic_arn))
    error_message = "failure_topic_arn must be the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key of logs, secret and topic; its policy admits CloudWatch Logs."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID."
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

variable "memory_mb" {
  description = "Memory, and with it CPU."
  type        = number

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number between 128 and 10240, the limits of Lambda."
  }
}

variable "timeout_seconds" {
  description = "When a call is cut off."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 29 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number between 1 and 29: the HTTP API gives up after 30."
  }
}

variable "reserved_concurrency" {
  description = "Environments kept for this function, and its limit; null: none kept, the account's pool is the limit."
  type        = number
  default     = null

  validation {
    # 0 switches a function off; whoever wants that should not do it by a typing error.
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 1
    error_message = "reserved_concurrency must be 1 or more, or null."
  }
}

variable "provisioned_concurrency" {
  description = "Environments started in advance, between min and max; null: none."
  type = object({
    min                = number
    max                = number
    target_utilization = optional(number, 0.7) # share in use from which more are started; what is above starts cold
  })
  default = null

  validation {
    condition     = var.provisioned_concurrency == null ? true : var.provisioned_concurrency.min >= 1 && var.provisioned_concurrency.max >= var.provisioned_concurrency.min
    error_message = "provisioned_concurrency needs 1 <= min <= max."
  }

  validation {
    condition     = var.provisioned_concurrency == null ? true : var.provisioned_concurrency.target_utilization >= 0.1 && var.provisioned_concurrency.target_utilization <= 0.9
    error_message = "provisioned_concurrency.target_utilization must be between 0.1 and 0.9, the limits of autoscaling."
  }

  validation {
    condition     = var.provisioned_concurrency == null || var.reserved_concurrency == null ? true : var.provisioned_concurrency.max <= var.reserved_concurrency
    error_message = "provisioned_concurrency.max must not be above reserved_concurrency: Lambda cannot start more than it may run."
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
