# The same shape as prod with less of it: what is released here is what will be released there.
environment = "staging"

sizing = {
  # Without these two a plan is refused: a token that travels in clear text is everybody's.
  #   domain_name     = "staging-api.example.com"
  #   certificate_arn = "arn:aws:acm:REGION:ACCOUNT:certificate/ID"
  # With the name's zone in Route 53, the name is entered as well:
  #   hosted_zone_id  = "Z0123456789ABCDEFGHIJ"

  # As prod, or durations would say nothing about it.
  cpu       = 512
  memory_mb = 1024

  min_tasks           = 1
  max_tasks           = 2
  requests_per_target = 6000

  # Two zones as in prod, since a mistake in the second one is to be found here.
  network = { cidr = "10.20.16.0/20", zones = 2, egress = "endpoints" }

  p99_seconds   = 0.5
  error_percent = 5

  drift_schedule       = "rate(1 day)"
  log_retention_days   = 14
  deletion_window_days = 7
}
