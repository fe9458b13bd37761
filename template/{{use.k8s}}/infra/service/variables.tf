variable "name" {
  description = "Name of the service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,19}$", var.name)) && length(var.name) <= 20
    error_message = "name has 2 to 20 lower-case letters, digits and single hyphens, and begins with a letter."
  }
}

variable "environment" {
  description = "Environment, the second half of every name."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment is dev, staging or prod."
  }
}

# infra/live passes it to whatever stands here. On a cluster, the manifests in k8s/ name the package.
variable "package" {
  description = "Python package in the image."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]*$", var.package))
    error_message = "package is the name of a Python package: lower-case letters, digits and underscores."
  }
}

variable "image" {
  description = "Image in service, by digest. The release puts it into the cluster; here it is what a rollback reads."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image is ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST: a tag can be moved, a digest cannot."
  }
}

variable "architecture" {
  description = "Processor that the image was built for."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"arm64\" or \"x86_64\"."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of each role that is created here."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}

variable "alarm_email" {
  description = "Address that alarms are sent to; empty: nobody is subscribed."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.alarm_email == "" || can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alarm_email))
    error_message = "alarm_email is an e-mail address, or empty."
  }
}

# The modules check the values; what is refused names the module and the argument.
variable "sizing" {
  description = "What differs between environments."
  type = object({
    kubernetes_version  = optional(string, "1.35")
    add_on_versions     = optional(map(string), {})
    endpoint_cidrs      = optional(list(string), [])
    admin_role_arns     = optional(list(string), [])
    log_retention_days  = optional(number, 365)
    node_instance_types = map(list(string)) # architecture -> types
    node_capacity_type  = optional(string, "ON_DEMAND")
    node_min            = optional(number, 2)
    node_max            = number
    node_disk_gib       = optional(number, 30)
    network_cidr        = optional(string, "10.40.0.0/16")
    nat_per_zone        = optional(bool, false)
    existing_subnet_ids = optional(list(string))
  })
  nullable = false

  validation {
    condition     = contains(keys(var.sizing.node_instance_types), var.architecture)
    error_message = "sizing.node_instance_types has no types for the image's architecture: write { arm64 = [\"t4g.medium\"] } or { x86_64 = [\"t3.medium\"] }."
  }

  validation {
    condition = length(setsubtract(
      keys(var.sizing.add_on_versions),
      ["coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "vpc-cni"],
    )) == 0
    error_message = "sizing.add_on_versions pins coredns, eks-pod-identity-agent, kube-proxy, metrics-server and vpc-cni; no other add-on is installed."
  }
}
