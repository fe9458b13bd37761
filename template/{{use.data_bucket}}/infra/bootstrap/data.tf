# Where versions of the data lie once they outgrow the repository: docs/data.md moves them. What keeps states safe keeps
# data safe: old versions of each object, encryption, no public access, and TLS only. One role of the workflows reads here, and
# does nothing else.

module "data_bucket" {
  source = "../modules/state_bucket"

  # Account and region make it unique: buckets of all accounts share their names.
  name      = "${var.name}-data-${local.account_id}-${var.region}"
  deletable = var.deletable
}

resource "aws_iam_role" "read_data" {
  name               = "${var.name}-read-data"
  description        = "GitHub Actions of ${var.github_owner}/${var.github_repo}: fetch the data"
  path               = "/ci/" # where the apply role changes nothing
  assume_role_policy = module.github_roles.plan_trust_policy
}

data "aws_iam_policy_document" "read_data" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["${module.data_bucket.arn}/*"]
  }

  # Without it, S3 says of a missing object that it is forbidden.
  statement {
    sid       = "Find"
    actions   = ["s3:ListBucket"]
    resources = [module.data_bucket.arn]
  }
}

resource "aws_iam_role_policy" "read_data" {
  name   = "read-data"
  role   = aws_iam_role.read_data.name
  policy = data.aws_iam_policy_document.read_data.json
}

output "data_role_arn" {
  description = "Role of jobs that fetch the data from that bucket: pull requests, and main."
  value       = aws_iam_role.read_data.arn
}

output "data_bucket" {
  description = "Name of the bucket for versions of the data."
  value       = module.data_bucket.name
}
