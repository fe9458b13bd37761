variable "name" {
  description = "Name of the service: everything in the account is named after it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 20
    error_message = "A name begins with a lower-case letter and has at most 20 lower-case letters, digits and single hyphens."
  }
}

variable "region" {
  description = "The AWS region of everything but the budget, which has none."
  type        = string

  validation {
    condition     = contains(["eu-west-1", "sa-east-1", "us-east-1"], var.region)
    error_message = "Services and prices are known in eu-west-1, sa-east-1 and us-east-1: set `region` in project.auto.tfvars to one of them."
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
  description = "Number of that account on GitHub: `gh api repos/OWNER/REPOSITORY --jq .owner.id`."
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
  description = "Number of the repository on GitHub: `gh api repos/OWNER/REPOSITORY --jq .id`."
  type        = number

  validation {
    condition     = var.github_repository_id >= 1 && floor(var.github_repository_id) == var.github_repository_id
    error_message = "The repository's id is a whole number: gh api repos/OWNER/REPOSITORY --jq .id"
  }
}

variable "create_oidc_provider" {
  description = "Whether to make the account's provider for GitHub, of which there is one: false if another project has made it."
  type        = bool
  default     = true
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "What the account may cost in a month, in US dollars, before someone is told."
  type        = number

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A budget is more than 0 USD: an alarm on nothing never ends."
  }
}

variable "alarm_email" {
  description = "Address that is told when the budget is nearly spent."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alarm_email))
    error_message = "An alarm that reaches nobody is none: give an e-mail address such as team@example.com."
  }
}

variable "deletable" {
  description = "Whether bucket and registry may be destroyed with all that is in them: true only to tear everything down."
  type        = bool
  default     = false
  nullable    = false
}
