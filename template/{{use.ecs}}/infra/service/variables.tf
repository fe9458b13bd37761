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

# What one setting accepts is checked by the module that uses it; here is what concerns several, or an environment.
variable "sizing" {
  description = "How large the service is in this environment, and how it is reached; the files in infra/live say why."
  type = object({
    # Task
    cpu       = optional(number, 256)
    memory_mb = optional(number, 512)

    # Number of tasks
    min_tasks           = number
    max_tasks           = number
    requests_per_target = number # a minute
    cpu_percent         = optional(number, 60)

    # Address
    domain_name         = optional(string)
    certificate_arn     = optional(string)
    hosted_zone_id      = optional(string)       # none: enter a CNAME yourself
    internal_http       = optional(bool, false)  # in dev, instead of a certificate
    client_cidrs        = optional(list(string)) # none: everybody, or with internal_http the VPC
    access_log_bucket   = optional(string)
    deletion_protection = optional(bool, false)

    # Network: a range for one of its own, or the ids of one that exists
    network = object({
      cidr               = optional(string)
      zones              = optional(number, 2)
      egress             = optional(string, "endpoints")
      vpc_id             = optional(string)
      public_subnet_ids  = optional(list(string), [])
      private_subnet_ids = optional(list(string), [])
    })

    # Watching
    error_percent        = optional(number, 5)
    p99_seconds          = optional(number, 0.5)
    drift_schedule       = optional(string, "rate(6 hours)")
    log_retention_days   = optional(number, 30)
    deletion_window_days = optional(number, 30)
  })

  validation {
    condition     = var.sizing.certificate_arn != null || var.sizing.internal_http
    error_message = "The environment ${var.environment} has no certificate. Request one (aws acm request-certificate --domain-name NAME --validation-method DNS) and set domain_name and certificate_arn in infra/live/${var.environment}.tfvars; docs/runbooks/deploy.md has the steps."
  }

  validation {
    condition     = !var.sizing.internal_http || (var.environment == "dev" && var.sizing.certificate_arn == null)
    error_message = "sizing.internal_http sends tokens in clear text inside the VPC: it is for dev, and instead of a certificate."
  }

  validation {
    condition     = var.environment != "prod" || var.sizing.min_tasks >= 2
    error_message = "sizing.min_tasks must be at least 2 in prod: a single task is down while it is replaced, and with its zone."
  }

  validation {
    condition     = (var.sizing.network.cidr == null) != (var.sizing.network.vpc_id == null)
    error_message = "sizing.network needs either cidr, for a network of its own, or vpc_id with public_subnet_ids and private_subnet_ids of one that exists."
  }

  validation {
    condition     = var.sizing.network.vpc_id == null || (length(var.sizing.network.public_subnet_ids) >= 2 && length(var.sizing.network.private_subnet_ids) >= 1)
    error_message = "sizing.network.vpc_id needs public_subnet_ids in two zones, for the load balancer, and private_subnet_ids, for the tasks."
  }
}
