variable "name" {
  description = "Service and environment, the prefix of all names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "alarm_email" {
  description = "Address that is told; empty: nobody, and the alarms are seen in the console only."
  type        = string
  nullable    = false

  validation {
    condition     = var.alarm_email == "" || can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alarm_email))
    error_message = "alarm_email is an e-mail address, or empty."
  }
}

variable "cluster_name" {
  description = "Cluster that is watched."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.cluster_name) > 0
    error_message = "cluster_name is not empty."
  }
}

variable "autoscaling_group_name" {
  description = "Auto Scaling group of the nodes."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.autoscaling_group_name) > 0
    error_message = "autoscaling_group_name is not empty."
  }
}

variable "kms_key_arn" {
  description = "Key of the topic. Its policy admits CloudWatch, which AWS's own key does not."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a KMS key."
  }
}
