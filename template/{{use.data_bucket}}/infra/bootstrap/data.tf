# Where versions of the data lie once they outgrow the repository: docs/data.md moves them. What keeps states safe keeps
# data safe: old versions of each object, encryption, no public access, and TLS only. No role of a workflow may read here.

module "data_bucket" {
  source = "../modules/state_bucket"

  # Account and region make it unique: buckets of all accounts share their names.
  name      = "${var.name}-data-${local.account_id}-${var.region}"
  deletable = var.deletable
}

output "data_bucket" {
  description = "Name of the bucket for versions of the data."
  value       = module.data_bucket.name
}
