variable "name" {
  description = "Prefix of every name, \"<service>-<environment>\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "name must be 2 to 28 characters of a-z, 0-9 and -, starting with a letter."
  }
}

variable "vpc_id" {
  description = "VPC of the load balancer and its targets."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "subnet_ids" {
  description = "Subnets of the load balancer."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must name subnets in at least two zones; AWS creates no load balancer in one."
  }
}

variable "certificate_arn" {
  description = "Certificate of the public address. Without one the load balancer is internal and speaks plain HTTP."
  type        = string

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate in ACM, in the region of the load balancer."
  }

  validation {
    condition     = (var.certificate_arn == null) == (var.domain_name == null)
    error_message = "certificate_arn and domain_name go together: the certificate is for that name."
  }
}

variable "domain_name" {
  description = "Name that clients use, and that the certificate is for."
  type        = string

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name must be a host name such as scores.example.com, without scheme or path."
  }
}

variable "hosted_zone_id" {
  description = "Zone in Route 53 where the name is entered. Without one, enter a CNAME to the load balancer yourself."
  type        = string

  validation {
    condition     = var.hosted_zone_id == null || var.domain_name != null
    error_message = "hosted_zone_id needs domain_name, the name to enter in the zone."
  }
}

variable "client_cidrs" {
  description = "Addresses that may connect."
  type        = list(string)

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrhost(cidr, 0))])
    error_message = "client_cidrs must hold at least one range such as 203.0.113.0/24."
  }
}

variable "port" {
  description = "Port of the service in the tasks."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "port must be 1024 to 65535: a user without privileges cannot listen below."
  }
}

variable "deregistration_delay" {
  description = "Seconds that a task leaving the target group may still answer what it has received."
  type        = number

  validation {
    condition     = var.deregistration_delay >= 5 && var.deregistration_delay <= 300
    error_message = "deregistration_delay must be 5 to 300 seconds."
  }
}

variable "access_log_bucket" {
  description = "Bucket in the same region that admits the logs of load balancers; null keeps none."
  type        = string

  validation {
    condition     = var.access_log_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "access_log_bucket must be the name of an S3 bucket."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
}
