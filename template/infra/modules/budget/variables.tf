variable "name" {
  description = "What the budget's name begins with."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name))
    error_message = "A name begins with a lower-case letter and has lower-case letters, digits and single hyphens."
  }
}

variable "limit_usd" {
  description = "What a month may cost, in US dollars."
  type        = number

  validation {
    condition     = var.limit_usd > 0
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
