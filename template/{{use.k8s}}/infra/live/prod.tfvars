environment = "prod"

sizing = {
  kubernetes_version = "1.35"
  # Not burstable: under steady load a t4g runs out of credits, and AWS bills each further minute of CPU on top.
  node_instance_types = ["m7g.large"]
  # A node for each zone, one to lose, and room for the autoscaler of pods to reach its maximum.
  node_min = 3
  node_max = 6
  # A year, as auditors ask for.
  log_retention_days = 365
  network_cidr       = "10.42.0.0/16"
  # A zone that fails takes its own gateway with it, and no other.
  nat_per_zone = true
}
