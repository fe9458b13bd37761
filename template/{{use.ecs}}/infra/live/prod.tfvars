# What callers rely on.
environment = "prod"

sizing = {
  # Without these two a plan is refused: a token that travels in clear text is everybody's.
  #   domain_name     = "api.example.com"
  #   certificate_arn = "arn:aws:acm:REGION:ACCOUNT:certificate/ID"
  # With the name's zone in Route 53, the name is entered as well:
  #   hosted_zone_id  = "Z0123456789ABCDEFGHIJ"

  # Half a processor: a row takes microseconds, a batch of a thousand milliseconds. The model takes 90 MB of the memory;
  # the rest is for what is in flight.
  cpu       = 512
  memory_mb = 1024

  # Two, one in each zone, so that losing a zone costs half of the room and not the service. At most six: also what
  # bounds the bill.
  min_tasks = 2
  max_tasks = 6
  # 100 requests a second and task: a careful start, since a new task takes over a minute to come. Raise it after a load
  # test; what it is too low is paid in tasks.
  requests_per_target = 6000
  cpu_percent         = 60

  # Ranges of the three environments do not overlap, should they ever be connected.
  network = { cidr = "10.20.32.0/20", zones = 2, egress = "endpoints" }

  # The load balancer's log adds what never reached the service. An organisation usually keeps such logs in one bucket:
  #   access_log_bucket = "logs-of-the-organisation"

  # `terraform destroy` is refused until this is false and applied.
  deletion_protection = true

  # 5 % of 5xx is where the service's objective of 99.5 % a month would be used up within three days.
  p99_seconds   = 0.5
  error_percent = 5

  drift_schedule       = "rate(6 hours)"
  log_retention_days   = 90
  deletion_window_days = 30 # the longest: a key deleted by mistake can be brought back
}
