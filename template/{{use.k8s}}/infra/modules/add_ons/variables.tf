variable "cluster_name" {
  description = "Cluster that gets the add-ons."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.cluster_name))
    error_message = "cluster_name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "add_ons" {
  description = "Managed add-ons by name; version pins one, configuration is JSON, service_account in kube-system gets a role with AWS's policy of that name."
  type = map(object({
    version       = optional(string)
    configuration = optional(string)
    service_account = optional(object({
      name   = string
      policy = string
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for add_on in var.add_ons : add_on.configuration == null || can(keys(jsondecode(add_on.configuration)))])
    error_message = "configuration of each of the add_ons is a JSON object."
  }

  validation {
    condition = alltrue([
      for add_on in var.add_ons : add_on.version == null || can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", add_on.version))
    ])
    error_message = "version of each of the add_ons has the form v1.20.4-eksbuild.1; aws eks describe-addon-versions lists them."
  }

  validation {
    # Off by default: the cluster then accepts every NetworkPolicy and enforces none.
    condition = alltrue([
      for name, add_on in var.add_ons :
      name != "vpc-cni" || try(jsondecode(add_on.configuration).enableNetworkPolicy, "") == "true"
    ])
    error_message = "add_ons: the configuration of vpc-cni sets enableNetworkPolicy to the string \"true\"; otherwise NetworkPolicies are ignored in silence."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the add-ons' roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
