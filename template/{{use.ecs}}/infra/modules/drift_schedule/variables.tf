variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "package" {
  description = "Python package in the image, whose command is run."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]*$", var.package))
    error_message = "package must be the name of a Python package."
  }
}

variable "schedule" {
  description = "When the job runs: rate(...) or cron(...), in UTC."
  type        = string

  validation {
    condition     = can(regex("^(rate|cron)\\([^()]+\\)$", var.schedule))
    error_message = "schedule must be an expression of EventBridge Scheduler, such as rate(6 hours) or cron(0 6 * * ? *)."
  }
}

variable "cluster_arn" {
  description = "Cluster of the service."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:ecs:[a-z0-9-]+:[0-9]{12}:cluster/", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of a cluster."
  }
}

variable "task_definition_arn" {
  description = "Task definition of the service."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/[^:]+:[0-9]+$", var.task_definition_arn))
    error_message = "task_definition_arn must be the ARN of a task definition, with its revision."
  }
}

variable "container_name" {
  description = "Container in it whose command is replaced."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.container_name))
    error_message = "container_name must be the name of a container."
  }
}

variable "role_arns" {
  description = "Execution role and task role of the task definition."
  type        = list(string)

  validation {
    condition     = length(var.role_arns) > 0 && alltrue([for arn in var.role_arns : can(regex("^arn:aws:iam::[0-9]{12}:role/", arn))])
    error_message = "role_arns must hold ARNs of roles."
  }
}

variable "vpc_id" {
  description = "VPC of the service."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "subnet_ids" {
  description = "Private subnets that the job may run in."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids must name at least one subnet."
  }
}

variable "egress_security_group_id" {
  description = "Security group with what every task needs to start."
  type        = string

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.egress_security_group_id))
    error_message = "egress_security_group_id must be the id of a security group."
  }
}

variable "service_security_group_id" {
  description = "Security group of the tasks that serve."
  type        = string

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.service_security_group_id))
    error_message = "service_security_group_id must be the id of a security group."
  }
}

variable "port" {
  description = "Port of the service."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "port must be 1024 to 65535: a user without privileges cannot listen below."
  }
}

variable "topic_arn" {
  description = "Topic that hears of drift, and of a job that could not look."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_group_name" {
  description = "Log of the tasks, named in the alert."
  type        = string

  validation {
    condition     = can(regex("^/", var.log_group_name))
    error_message = "log_group_name must be the name of a log group, beginning with /."
  }
}

variable "kms_key_arn" {
  description = "Key of the schedule."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the scheduler's role."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}
