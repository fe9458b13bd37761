data "aws_partition" "current" {}

# The tags that the provider puts on everything do not reach what an Auto Scaling group starts.
data "aws_default_tags" "current" {}

resource "aws_eks_node_group" "this" {
  cluster_name = var.cluster_name
  # A prefix: a change that needs a new group creates it first, and pods move before the old one goes.
  node_group_name_prefix = "workers-"
  node_role_arn          = aws_iam_role.node.arn
  subnet_ids             = var.subnet_ids
  # Nodes follow the control plane; an upgrade replaces them one by one.
  version = var.kubernetes_version

  ami_type       = { arm64 = "AL2023_ARM_64_STANDARD", x86_64 = "AL2023_x86_64_STANDARD" }[var.architecture]
  capacity_type  = var.capacity_type
  instance_types = var.instance_types

  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }

  scaling_config {
    min_size     = var.min_size
    max_size     = var.max_size
    desired_size = var.min_size
  }

  update_config {
    # One node at a time: disruption budgets hold, and an upgrade of a small group never halves it.
    max_unavailable = 1
  }

  lifecycle {
    create_before_destroy = true
    # An operator or an autoscaler sets it between two applies, and an apply must not take nodes away under load.
    ignore_changes = [scaling_config[0].desired_size]
  }

  # A node that cannot pull an image or register never becomes ready, and a group without permissions cannot be deleted.
  depends_on = [aws_iam_role_policy.session, aws_iam_role_policy_attachment.node]
}

resource "aws_launch_template" "node" {
  name_prefix = "${var.cluster_name}-"
  description = "Nodes of ${var.cluster_name}"

  metadata_options {
    http_endpoint = "enabled"
    # A token is needed, and it does not survive a hop: pods cannot fetch the node's credentials.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.disk_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  # Basic monitoring is one point in five minutes, too slow for the alarm on CPU.
  monitoring {
    enabled = true
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume", "network-interface"]

    content {
      resource_type = tag_specifications.value
      tags          = merge(data.aws_default_tags.current.tags, { Name = var.cluster_name })
    }
  }

  # The group uses the newest version, so a change of the template replaces nodes instead of waiting for the next start.
  update_default_version = true
}

resource "aws_iam_role" "node" {
  name                 = "${var.cluster_name}-node"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

# Not the network plugin's policy: the plugin has a role of its own, so a pod that reaches the node's role gains no network.
resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])

  role       = aws_iam_role.node.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.key}"
}

# The channels of Session Manager, for the tunnel to the private endpoint. AWS's policy for it would also read all parameters.
resource "aws_iam_role_policy" "session" {
  # checkov:skip=CKV_AWS_290:the channels of Session Manager know no resource
  # checkov:skip=CKV_AWS_355:the channels of Session Manager know no resource to name
  name = "session-channels"
  role = aws_iam_role.node.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      Resource = "*"
    }]
  })
}
