mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_default_tags" {
    defaults = { tags = { Project = "first-model" } }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/first-model-dev-node" }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 1 }
  }

  mock_resource "aws_eks_node_group" {
    defaults = {
      resources = [{ autoscaling_groups = [{ name = "eks-workers" }], remote_access_security_group_id = "" }]
    }
  }
}

variables {
  cluster_name             = "first-model-dev"
  kubernetes_version       = "1.35"
  subnet_ids               = ["subnet-0a", "subnet-0b"]
  architecture             = "arm64"
  instance_types           = ["m7g.large"]
  capacity_type            = "ON_DEMAND"
  min_size                 = 2
  max_size                 = 4
  disk_gib                 = 30
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/first-model-boundary"
}

run "starts_hardened_nodes" {
  assert {
    condition = (
      aws_launch_template.node.metadata_options[0].http_tokens == "required"
      && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    )
    error_message = "A pod could fetch the node's credentials."
  }

  assert {
    condition = (
      aws_launch_template.node.block_device_mappings[0].ebs[0].encrypted == "true"
      && aws_launch_template.node.block_device_mappings[0].ebs[0].volume_type == "gp3"
    )
    error_message = "The disk is not encrypted, or of an older kind."
  }

  assert {
    condition     = alltrue([for item in aws_launch_template.node.tag_specifications : item.tags["Project"] == "first-model"]) && length(aws_launch_template.node.tag_specifications) == 3
    error_message = "What the group starts carries no tags, so nobody may open a tunnel over it."
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_ARM_64_STANDARD" && aws_eks_node_group.this.version == "1.35"
    error_message = "The nodes have another system."
  }

  assert {
    condition = (
      aws_eks_node_group.this.scaling_config[0].min_size == 2
      && aws_eks_node_group.this.scaling_config[0].desired_size == 2
      && aws_eks_node_group.this.scaling_config[0].max_size == 4
      && aws_eks_node_group.this.update_config[0].max_unavailable == 1
    )
    error_message = "The group has another size, or loses more than one node to an update."
  }

  assert {
    condition     = keys(aws_iam_role_policy_attachment.node) == ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"]
    error_message = "The nodes' role has other policies of AWS."
  }

  assert {
    condition     = aws_iam_role.node.permissions_boundary == var.permissions_boundary_arn
    error_message = "The nodes' role has no boundary."
  }

  assert {
    condition     = output.autoscaling_group_name == "eks-workers" && output.cluster_name == "first-model-dev"
    error_message = "Alarms would watch another group."
  }
}

run "takes_the_system_for_the_architecture" {
  variables {
    architecture   = "x86_64"
    instance_types = ["m7i.large", "m6i.large"]
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_x86_64_STANDARD"
    error_message = "The system is for another processor."
  }
}

run "leaves_the_number_of_nodes_to_operators" {
  variables {
    min_size = 3
  }

  assert {
    condition     = aws_eks_node_group.this.scaling_config[0].desired_size == 2
    error_message = "An apply would take away nodes that an operator added."
  }
}

run "refuses_a_cluster_without_a_name" {
  command = plan

  variables {
    cluster_name = ""
  }

  expect_failures = [var.cluster_name]
}

run "refuses_a_version_that_is_none" {
  command = plan

  variables {
    kubernetes_version = "newest"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_an_unknown_processor" {
  command = plan

  variables {
    architecture = "riscv64"
  }

  expect_failures = [var.architecture]
}

run "refuses_no_type_at_all" {
  command = plan

  variables {
    instance_types = []
  }

  expect_failures = [var.instance_types]
}

run "refuses_a_type_of_the_wrong_processor" {
  command = plan

  variables {
    instance_types = ["m7i.large"]
  }

  expect_failures = [var.instance_types]
}

run "refuses_a_type_without_room" {
  command = plan

  variables {
    instance_types = ["t4g.small"]
  }

  expect_failures = [var.instance_types]
}

run "refuses_another_way_to_pay" {
  command = plan

  variables {
    capacity_type = "RESERVED"
  }

  expect_failures = [var.capacity_type]
}

run "refuses_a_single_node" {
  command = plan

  variables {
    min_size = 1
  }

  expect_failures = [var.min_size]
}

run "refuses_half_a_node" {
  command = plan

  variables {
    min_size = 2.5
  }

  expect_failures = [var.min_size]
}

run "refuses_no_room_for_an_update" {
  command = plan

  variables {
    max_size = 2
  }

  expect_failures = [var.max_size]
}

run "refuses_a_disk_smaller_than_the_system" {
  command = plan

  variables {
    disk_gib = 8
  }

  expect_failures = [var.disk_gib]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  variables {
    permissions_boundary_arn = "first-model-boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}
