# For trying out: small, and forgotten quickly.
environment = "dev"

sizing = {
  # Half of what prod has, so that a cold start takes longer here than there and never the other way round.
  memory_mb       = 512
  timeout_seconds = 15

  # No reservation: new accounts have 10 environments in all, and AWS refuses to set any of them apart.
  throttle = { rate = 5, burst = 10 }

  # The shortest canary in which an alarm can fire, half the traffic: hardly anybody calls, and a developer waits.
  canary = { percent = 50, minutes = 5 }

  # Slower than prod because of less CPU; the alarm only has to show that something is badly wrong.
  alarms = { p99_ms = 5000, error_percent = 20, server_error_percent = 20 }

  drift_every_hours    = 24
  log_retention_days   = 7
  deletion_window_days = 7 # an environment that is torn down often should not leave keys behind for a month
}
