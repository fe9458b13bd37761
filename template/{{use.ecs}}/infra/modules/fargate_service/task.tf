locals {
  container = "service"
  # Address of the service inside the VPC.
  internal_url = "http://${aws_service_discovery_service.this.name}.${aws_service_discovery_private_dns_namespace.this.name}:${var.port}"

  definition = {
    name      = local.container
    image     = var.image
    essential = true

    # What the image says itself, repeated where the platform enforces it.
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { add = [], drop = ["ALL"] } }
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    volumesFrom            = []
    systemControls         = []

    portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
    environment  = [{ name = "APP_MONITORING__SERVICE_URL", value = local.internal_url }]
    # Read when the task starts; a secret without a value keeps it from starting, which is the intention.
    secrets = [{ name = "APP_SERVING__API_TOKEN", valueFrom = aws_secretsmanager_secret.api_token.arn }]

    # ECS does not read the image's own check. Only tasks that pass are found under the internal name.
    healthCheck = {
      command     = ["CMD", "python", "-m", var.package, "healthcheck"]
      interval    = 15
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
    # SIGKILL comes this long after SIGTERM: the service drains first, then has time to end.
    stopTimeout = var.drain_seconds + 10

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "task"
        # A slow log must not hold up answers. What does not fit into the buffer meanwhile is lost.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory_mb
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  # A revision that a rollback may need stays registered when the next one is made; revisions cost nothing.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture == "arm64" ? "ARM64" : "X86_64"
  }

  # On the task's own disk, and gone with it. Fargate knows no tmpfs.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([local.definition])
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/service"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# Without a value, so that none stands in the state: docs/runbooks/deploy.md has the command that puts one.
resource "aws_secretsmanager_secret" "api_token" {
  # checkov:skip=CKV2_AWS_57:callers have to learn a new token, so a person rotates it with the runbook's command
  name        = "${var.name}/api-token"
  description = "What callers of ${var.name} send as Authorization: Bearer"
  kms_key_id  = var.kms_key_arn
  # A token is made anew, never recovered; and its name is free again at once after a teardown.
  recovery_window_in_days = 0
}
