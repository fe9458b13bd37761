variable "name" {
  description = "Name of the service, with which the names of its roles and secrets begin."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "A name begins with a lower-case letter and has at most 20 lower-case letters, digits and single hyphens."
  }
}

variable "region" {
  description = "Where the service's secrets are."
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

variable "github_owner" {
  description = "Account on GitHub that owns the repository, in GitHub's own spelling."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", var.github_owner))
    error_message = "The owner is one GitHub account: letters, digits and single hyphens, without the repository."
  }
}

variable "github_owner_id" {
  description = "Number of that account on GitHub."
  type        = number

  validation {
    condition     = var.github_owner_id >= 1 && floor(var.github_owner_id) == var.github_owner_id
    error_message = "The owner's id is a whole number: gh api repos/OWNER/REPOSITORY --jq .owner.id"
  }
}

variable "github_repo" {
  description = "Name of the repository, in GitHub's own spelling."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.github_repo))
    error_message = "The repository's name has at most 100 letters, digits, '.', '_' and '-', and is given without its owner."
  }
}

variable "github_repository_id" {
  description = "Number of the repository on GitHub."
  type        = number

  validation {
    condition     = var.github_repository_id >= 1 && floor(var.github_repository_id) == var.github_repository_id
    error_message = "The repository's id is a whole number: gh api repos/OWNER/REPOSITORY --jq .id"
  }
}

variable "environments" {
  description = "Environments on GitHub whose jobs may apply."
  type        = list(string)
  default     = ["dev", "staging", "prod"]
  nullable    = false

  validation {
    condition     = length(var.environments) > 0 && alltrue([for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "Name at least one environment: lower-case letters, digits and hyphens, and no wildcard."
  }
}

variable "create_oidc_provider" {
  description = "Whether to make the account's provider for GitHub, of which there is one: false if another project has made it."
  type        = bool
  default     = true
  nullable    = false
}

variable "state_bucket_arn" {
  description = "The bucket with Terraform's states."
  type        = string

  validation {
    condition     = startswith(var.state_bucket_arn, "arn:aws:s3:::")
    error_message = "A bucket's ARN begins with arn:aws:s3:::"
  }
}

variable "image_repository_arn" {
  description = "The repository that images are pushed to."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:ecr:[a-z0-9-]+:[0-9]{12}:repository/", var.image_repository_arn))
    error_message = "The ARN of a repository for images is arn:aws:ecr:REGION:ACCOUNT:repository/NAME."
  }
}

variable "permissions_boundary_arn" {
  description = "The boundary under which roles may be made."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "The ARN of a boundary is arn:aws:iam::ACCOUNT:policy/NAME."
  }
}

variable "deployment_policy" {
  description = "A policy document (JSON): what the apply role may do beyond what every way of deploying needs."
  type        = string

  validation {
    condition     = can(jsondecode(var.deployment_policy))
    error_message = "The policy is no JSON: pass `data.aws_iam_policy_document.NAME.json`."
  }
}
