variable "cluster_name" {
  description = "Cluster of the service."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.cluster_name))
    error_message = "cluster_name must be a name, not an ARN."
  }
}

variable "service_name" {
  description = "Service whose tasks are counted."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.service_name))
    error_message = "service_name must be a name, not an ARN."
  }
}

variable "min_tasks" {
  description = "Tasks that always run."
  type        = number

  validation {
    condition     = var.min_tasks >= 1
    error_message = "min_tasks must be at least 1: with none running there is nobody to count requests."
  }
}

variable "max_tasks" {
  description = "Tasks that may run; also what bounds the bill."
  type        = number

  validation {
    condition     = var.max_tasks >= var.min_tasks
    error_message = "max_tasks must be at least min_tasks."
  }
}

variable "requests_per_target" {
  description = "Requests a minute that one task shall answer."
  type        = number

  validation {
    condition     = var.requests_per_target > 0
    error_message = "requests_per_target must be above 0 requests a minute."
  }
}

variable "cpu_percent" {
  description = "Mean processor use that the number of tasks is kept at."
  type        = number

  validation {
    condition     = var.cpu_percent >= 20 && var.cpu_percent <= 80
    error_message = "cpu_percent must be 20 to 80: below it tasks idle, above it nothing is left while new ones start."
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
