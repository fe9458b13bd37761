environment = "staging"

sizing = {
  kubernetes_version = "1.35"
  # Production's shape at half its price: what breaks there breaks here first.
  node_instance_types = { arm64 = ["t4g.medium"], x86_64 = ["t3.medium"] }
  node_max            = 4
  log_retention_days  = 90
  # Ranges differ, so that the networks can be connected later.
  network_cidr = "10.41.0.0/16"
}
