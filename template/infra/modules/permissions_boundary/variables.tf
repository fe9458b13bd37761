variable "name" {
  description = "Name of the service, with which the names of its roles and secrets begin."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "A name begins with a lower-case letter and has at most 20 lower-case letters, digits and single hyphens."
  }
}

variable "region" {
  description = "The region outside of which the service does nothing."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region is written like us-east-1."
  }
}

variable "account_id" {
  description = "The AWS account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account has 12 digits."
  }
}

variable "state_bucket_arn" {
  description = "The bucket with Terraform's states, which no service touches."
  type        = string

  validation {
    condition     = startswith(var.state_bucket_arn, "arn:aws:s3:::")
    error_message = "A bucket's ARN begins with arn:aws:s3:::"
  }
}
