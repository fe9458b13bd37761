variable "name" {
  description = "Name of the service: everything in the account is named after it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "A name begins with a lower-case letter and has at most 20 lower-case letters, digits and single hyphens."
  }
}

variable "package" {
  description = "The Python package, which the service's scheduled job starts."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.package))
    error_message = "A package is named as it is imported: lower-case letters, digits and underscores."
  }
}

variable "region" {
  description = "The AWS region."
  type        = string

  validation {
    condition     = contains(["eu-west-1", "sa-east-1", "us-east-1"], var.region)
    error_message = "Services and prices are known in eu-west-1, sa-east-1 and us-east-1: set `region` in project.auto.tfvars to one of them."
  }
}

variable "environment" {
  description = "Which environment this is."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environments are dev, staging and prod: pass one of their files, such as -var-file=dev.tfvars."
  }
}

variable "image" {
  description = "The image to run, by digest: a tag may name another image tomorrow."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by digest: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:<64 hexadecimal digits>."
  }
}

variable "architecture" {
  description = "Processor that the image was built for."
  type        = string
  default     = "arm64" # costs less for the same work
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "alarm_email" {
  description = "Address that alarms are sent to; empty in an environment whose alarms nobody reads."
  type        = string

  validation {
    condition     = var.alarm_email == "" || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alarm_email))
    error_message = "Give an e-mail address such as team@example.com, or an empty text."
  }
}

variable "sizing" {
  description = "How large the service is. The type stands in infra/service/variables.tf, the values in ENVIRONMENT.tfvars."
  type        = any # so that one file says what there is to size
}
