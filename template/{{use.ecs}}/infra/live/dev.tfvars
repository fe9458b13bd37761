# For trying out: one small task that only the network of the environment reaches.
environment = "dev"

sizing = {
  # The smallest task there is. The model takes 90 MB, so half a gigabyte is plenty.
  cpu       = 256
  memory_mb = 512

  # One task, and a second one while it is replaced or under load.
  min_tasks           = 1
  max_tasks           = 2
  requests_per_target = 3000

  # No certificate yet: plain HTTP, answered inside the VPC only. For an address that others reach, replace this line by
  # domain_name and certificate_arn, as in staging.
  internal_http = true

  # One zone for tasks, so that the endpoints are paid once. The load balancer has its two all the same.
  network = { cidr = "10.20.0.0/20", zones = 1, egress = "endpoints" }

  # A quarter of a processor warms up slowly; the alarm only has to show that something is badly wrong.
  p99_seconds   = 2
  error_percent = 20

  drift_schedule       = "rate(1 day)"
  log_retention_days   = 7
  deletion_window_days = 7 # an environment that is torn down often should not leave keys behind for a month
}
