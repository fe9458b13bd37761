terraform {
  required_version = ">= 1.11" # locks a state in S3 without a table

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }

  # Bucket and region come from `-backend-config`. The first apply, which makes the bucket, has its state on disk: README.md.
  backend "s3" {
    key          = "bootstrap.tfstate"
    use_lockfile = true
    encrypt      = true
    kms_key_id   = "alias/aws/s3" # as the bucket does by itself; without it, Terraform asks for another method
  }
}
