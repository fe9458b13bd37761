terraform {
  required_version = ">= 1.11" # locks a state in S3 without a table

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }

  # Bucket, region and the environment's key come from `-backend-config`: README.md.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
    kms_key_id   = "alias/aws/s3" # as the bucket does by itself; without it, Terraform asks for another method
  }
}
