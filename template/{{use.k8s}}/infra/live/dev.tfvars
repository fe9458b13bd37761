environment = "dev"

sizing = {
  # Upgraded here first, one version at a time: docs/runbooks/deploy.md.
  kubernetes_version = "1.35"
  # Two nodes, since a disruption budget and the spread over zones mean nothing with one. Each has room for 17 pods.
  node_instance_types = { arm64 = ["t4g.medium"], x86_64 = ["t3.medium"] }
  node_max            = 3
  # Nobody investigates an incident of last month here.
  log_retention_days = 30
  network_cidr       = "10.40.0.0/16"
}
