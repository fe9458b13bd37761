# What the runbook's commands need, and no more.
resource "aws_iam_role" "operator" {
  name                 = "${var.cluster_name}-operator"
  description          = "Taken by people for the runbook of ${var.cluster_name}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      # The account decides by IAM who may take it: nobody can until a policy of theirs names this role.
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
    }]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "runbook"
  role = aws_iam_role.operator.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Cluster"
        Effect = "Allow"
        Action = [
          "eks:DescribeCluster",
          "eks:DescribeNodegroup",
          "eks:ListInsights",
          "eks:ListNodegroups",
          "eks:UpdateNodegroupConfig",
        ]
        Resource = [
          var.cluster_arn,
          "arn:${local.partition}:eks:${local.region}:${local.account}:nodegroup/${var.cluster_name}/*",
        ]
      },
      {
        # Only reads, and none of them knows a resource.
        Sid    = "LookAround"
        Effect = "Allow"
        Action = [
          "ec2:DescribeInstances",
          "eks:DescribeAddonVersions",
          "eks:DescribeClusterVersions",
          "sns:ListSubscriptions",
        ]
        Resource = "*"
      },
      {
        # AWS asks for all alarms, whatever prefix the call names.
        Sid      = "Alarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:*"
      },
      {
        Sid      = "Images"
        Effect   = "Allow"
        Action   = "ecr:DescribeImages"
        Resource = "arn:${local.partition}:ecr:${local.region}:${local.account}:repository/${var.namespace}"
      },
      {
        # A tunnel to the private endpoint leads over a node of this cluster.
        Sid      = "TunnelOverNodes"
        Effect   = "Allow"
        Action   = "ssm:StartSession"
        Resource = "arn:${local.partition}:ec2:${local.region}:${local.account}:instance/*"
        Condition = {
          StringEquals = { "ssm:resourceTag/eks:cluster-name" = var.cluster_name }
          # Otherwise a session that names no document is a shell on the node.
          BoolIfExists = { "ssm:SessionDocumentAccessCheck" = "true" }
        }
      },
      {
        Sid      = "TunnelOnly"
        Effect   = "Allow"
        Action   = "ssm:StartSession"
        Resource = "arn:${local.partition}:ssm:${local.region}::document/AWS-StartPortForwardingSessionToRemoteHost"
      },
      {
        Sid      = "OwnSessions"
        Effect   = "Allow"
        Action   = ["ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"]
        Resource = "arn:${local.partition}:ssm:${local.region}:${local.account}:session/$${aws:userid}-*"
      },
      {
        Sid      = "Token"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
        Resource = var.token_secret_arn
      },
      {
        Sid       = "TokenKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = var.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.amazonaws.com" } }
      },
    ]
  })
}
