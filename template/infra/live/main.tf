# The service in one environment. Each environment has its own values (dev.tfvars) and its own state (dev.s3.tfbackend).

data "aws_caller_identity" "current" {}

locals {
  # Taken apart: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST
  image = regex("^(?P<account>[0-9]+)\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/(?P<name>[^@]+)@(?P<digest>.+)$", var.image)
}

# An image that is missing stops the plan, not the release half-way. Terraform shows this line with the error.
data "aws_ecr_image" "service" { # No such image in the registry? Build and push it first, or give a digest that `aws ecr list-images` knows.
  registry_id     = local.image.account
  repository_name = local.image.name
  image_digest    = local.image.digest
}

# Remembers whose state this is: the values of one environment on the state of another would turn it into that one.
resource "terraform_data" "environment" {
  input = var.environment

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.output == var.environment
      error_message = "This is the state of another environment: run `terraform init -reconfigure -backend-config=../state.s3.tfbackend -backend-config=${var.environment}.s3.tfbackend` first."
    }
  }
}

module "service" {
  source = "../service"

  name         = var.name
  environment  = var.environment
  package      = var.package
  image        = var.image
  architecture = var.architecture
  alarm_email  = var.alarm_email
  sizing       = var.sizing

  # Made by infra/bootstrap, under this name.
  permissions_boundary_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/${var.name}-boundary"
}
