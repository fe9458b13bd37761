variable "cluster_name" {
  description = "Cluster that access is given to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.cluster_name))
    error_message = "cluster_name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "cluster_arn" {
  description = "The same cluster, for the operator's policy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:cluster/", var.cluster_arn))
    error_message = "cluster_arn is the ARN of an EKS cluster."
  }
}

variable "namespace" {
  description = "Namespace that the pipeline deploys to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.namespace)) && !can(regex("^(default$|kube-)", var.namespace))
    error_message = "namespace is a DNS label, neither default nor one of Kubernetes' own (kube-...)."
  }
}

variable "release_role_arn" {
  description = "IAM role of the pipeline."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.release_role_arn))
    error_message = "release_role_arn is the ARN of an IAM role."
  }
}

variable "admin_role_arns" {
  description = "Further IAM roles that administer the cluster, beside the operator's role that this module creates."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.admin_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "admin_role_arns lists ARNs of IAM roles: users with keys of their own get no access."
  }

  validation {
    condition     = !contains(var.admin_role_arns, var.release_role_arn)
    error_message = "admin_role_arns must not hold the pipeline's role: it would administer the cluster that it deploys to."
  }
}

variable "token_secret_arn" {
  description = "Secret that holds the API token; the operator rotates it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:", var.token_secret_arn))
    error_message = "token_secret_arn is the ARN of a secret in Secrets Manager."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the operator's role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
