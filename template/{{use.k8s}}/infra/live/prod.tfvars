environment = "prod"

sizing = {
  # Not burstable: under steady load a t4g runs out of credits, and then at a fifth of its speed.
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
