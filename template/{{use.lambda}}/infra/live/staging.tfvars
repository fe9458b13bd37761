# The same shape as prod with less of it: what is released here is what will be released there.
environment = "staging"

sizing = {
  memory_mb       = 1024 # as prod, or durations would say nothing about it
  timeout_seconds = 10

  throttle = { rate = 20, burst = 40 }

  canary = { percent = 10, minutes = 5 }

  alarms = { p99_ms = 2000, error_percent = 5, server_error_percent = 5 }

  drift_every_hours    = 24
  log_retention_days   = 14
  deletion_window_days = 7
}
