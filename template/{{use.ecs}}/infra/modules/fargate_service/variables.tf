variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "package" {
  description = "Python package in the image, whose commands are run."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]*$", var.package))
    error_message = "package must be the name of a Python package."
  }
}

variable "image" {
  description = "Image to run, by digest: a tag could mean another one when the next task starts."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[^@:]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST; a tag is not accepted."
  }
}

variable "architecture" {
  description = "Processor that the image is built for."
  type        = string

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be \"arm64\" or \"x86_64\"."
  }
}

variable "cpu" {
  description = "Processor of a task, 1024 to a vCPU."
  type        = number

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "cpu must be 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "memory_mb" {
  description = "Memory of a task."
  type        = number

  validation {
    # An unknown cpu is refused by its own rule.
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4097, 1024)
      1024  = range(2048, 8193, 1024)
      2048  = range(4096, 16385, 1024)
      4096  = range(8192, 30721, 1024)
      8192  = range(16384, 61441, 4096)
      16384 = range(32768, 122881, 8192)
    }, var.cpu, [var.memory_mb]), var.memory_mb)
    error_message = "memory_mb must be a size that Fargate offers for this cpu: 256 has 512, 1024 and 2048; 512 has 1024 to 4096; 1024 has 2048 to 8192; 2048 has 4096 to 16384; 4096 has 8192 to 30720, by 1024; 8192 has 16384 to 61440 by 4096; 16384 has 32768 to 122880 by 8192."
  }
}

variable "min_tasks" {
  description = "Tasks at the start; autoscaling decides from then on."
  type        = number

  validation {
    condition     = var.min_tasks >= 1
    error_message = "min_tasks must be at least 1."
  }
}

variable "port" {
  description = "Port that the service listens on."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "port must be 1024 to 65535: a user without privileges cannot listen below."
  }
}

variable "drain_seconds" {
  description = "How long the service answers what it has accepted after SIGTERM (serving.drain_seconds in config/base.toml)."
  type        = number

  validation {
    condition     = var.drain_seconds >= 0 && var.drain_seconds <= 110
    error_message = "drain_seconds must be 0 to 110: Fargate kills a task 120 s after SIGTERM at the latest."
  }
}

variable "vpc_id" {
  description = "VPC of the tasks."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the tasks."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids must name at least one subnet."
  }
}

variable "egress" {
  description = "Where tasks may send HTTPS, by name; one of the three attributes is set."
  type = map(object({
    cidr_ipv4         = string
    prefix_list_id    = string
    security_group_id = string
  }))

  validation {
    condition     = length(var.egress) > 0
    error_message = "egress must hold a rule: without one, a task cannot fetch its image."
  }
}

variable "load_balancer_security_group_id" {
  description = "Security group of the load balancer."
  type        = string

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.load_balancer_security_group_id))
    error_message = "load_balancer_security_group_id must be the id of a security group."
  }
}

variable "target_group_arn" {
  description = "Where tasks register."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/", var.target_group_arn))
    error_message = "target_group_arn must be the ARN of a target group."
  }
}

variable "alarm_names" {
  description = "Alarms that stop a deployment and undo it."
  type        = list(string)

  validation {
    condition     = length(var.alarm_names) > 0
    error_message = "alarm_names must name an alarm: the circuit breaker alone sees no errors in answers."
  }
}

variable "topic_arn" {
  description = "Topic that hears of failed deployments."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that the log is kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400 or more."
  }
}

variable "kms_key_arn" {
  description = "Key of log and secret."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of both roles."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}
