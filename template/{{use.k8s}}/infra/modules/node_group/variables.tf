variable "cluster_name" {
  description = "Cluster that the nodes join."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.cluster_name))
    error_message = "cluster_name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "kubernetes_version" {
  description = "Version of the control plane, which the nodes follow."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version is a quoted minor version, such as \"1.35\"."
  }
}

variable "subnet_ids" {
  description = "Private subnets that nodes start in, one or more in each zone."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "subnet_ids lists at least two subnets, in two zones."
  }
}

variable "architecture" {
  description = "Processor that the image was built for."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"arm64\" or \"x86_64\"."
  }
}

variable "instance_types" {
  description = "Instance types, the preferred one first; several of a size make a spot group last longer."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.instance_types) > 0
    error_message = "instance_types names at least one type."
  }

  validation {
    # The letter g after the generation is Graviton: m7g, t4g, c8gd. On the wrong processor no container starts.
    condition = alltrue([
      for type in var.instance_types : can(regex("^[a-z]+[0-9]+g", type)) == (var.architecture == "arm64")
    ])
    error_message = "instance_types must fit architecture: Graviton types such as m7g.large for \"arm64\", others such as m7i.large for \"x86_64\"."
  }

  validation {
    # System pods alone fill what is smaller: a t4g.small has room for 11 pods.
    condition = alltrue([
      for type in var.instance_types : can(regex("^[a-z0-9-]+\\.(medium|large|[0-9]*xlarge)$", type))
    ])
    error_message = "instance_types are of size medium or larger, such as t4g.medium."
  }
}

variable "capacity_type" {
  description = "ON_DEMAND, or SPOT for less than half the price and two minutes' notice."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ON_DEMAND", "SPOT"], var.capacity_type)
    error_message = "capacity_type is ON_DEMAND or SPOT."
  }
}

variable "min_size" {
  description = "Nodes that are always there; the group starts with them."
  type        = number
  nullable    = false

  validation {
    # Below two, the replacement of a node is an outage.
    condition     = var.min_size >= 2 && floor(var.min_size) == var.min_size
    error_message = "min_size is a whole number of at least 2: with one node, its replacement is an outage."
  }
}

variable "max_size" {
  description = "Nodes at most: a bound for the bill."
  type        = number
  nullable    = false

  validation {
    # During an update EKS starts new nodes before it drains old ones.
    condition     = var.max_size > var.min_size && floor(var.max_size) == var.max_size
    error_message = "max_size is a whole number above min_size: an update starts new nodes before it drains old ones."
  }
}

variable "disk_gib" {
  description = "Size of a node's disk in GiB: images, logs and what pods write to their own file systems."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_gib >= 20 && var.disk_gib <= 1000 && floor(var.disk_gib) == var.disk_gib
    error_message = "disk_gib is a whole number between 20, the size of the system's image, and 1000."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of the nodes' role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
