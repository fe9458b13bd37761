# What callers rely on.
environment = "prod"

sizing = {
  # CPU comes with memory: 1,024 MB is six tenths of a core. Loading the model is CPU work, so less makes cold starts
  # slower and hardly cheaper.
  memory_mb       = 1024
  timeout_seconds = 10 # a thousand rows take well under one second; what takes ten is stuck

  # Requests a second times seconds a request is the number of environments: 20 serve about 100 requests a second of
  # 200 ms. Set apart so that no other function of the account can take them, and a limit to what a flood can cost.
  # The account must keep 100 unreserved: `aws lambda get-account-settings` shows its limit, "Scale" in
  # docs/runbooks/deploy.md how to raise it.
  reserved_concurrency = 20

  # To answer the first request after a pause without a start, at a price for each hour:
  #   provisioned_concurrency = { min = 1, max = 5 }

  throttle = { rate = 100, burst = 200 }

  # A tenth of the callers for ten minutes: three looks of the alarms, and as much again for what starts slowly.
  canary = { percent = 10, minutes = 10 }

  # 5 % of 5xx is where the service's objective of 99.5 % a month would be used up within three days.
  alarms = { p99_ms = 2000, error_percent = 5, server_error_percent = 5 }

  drift_every_hours    = 24
  log_retention_days   = 30
  deletion_window_days = 30 # the longest: a key or a token deleted by mistake can be brought back
}
