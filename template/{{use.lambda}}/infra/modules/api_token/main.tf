# The secret only. Its value is put by a command of the runbook, so that it never stands in a plan or in the state.
resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57:callers have to learn a new token, so a person rotates it (docs/runbooks/deploy.md)
  name        = "${var.name}/api-token"
  description = "Bearer token that callers of ${var.name} present"
  kms_key_id  = var.kms_key_arn

  # Until these days are over the name stays taken: 0 where an environment is torn down and built again.
  recovery_window_in_days = var.recovery_window_days
}
