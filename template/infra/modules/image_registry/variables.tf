variable "name" {
  description = "Name of the repository."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name))
    error_message = "A name begins with a lower-case letter and has lower-case letters, digits and single hyphens."
  }
}

variable "deletable" {
  description = "Whether the repository may be destroyed with every image in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "trial_days" {
  description = "Days after which an image whose tag begins with `trial-` is deleted."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.trial_days >= 1 && floor(var.trial_days) == var.trial_days
    error_message = "An image is kept for one whole day or more: trial_days is a whole number from 1."
  }
}
