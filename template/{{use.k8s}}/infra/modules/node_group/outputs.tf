output "cluster_name" {
  description = "The cluster again, known once its nodes are ready."
  value       = var.cluster_name
  depends_on  = [aws_eks_node_group.this]
}

output "name" {
  description = "Name of the group, known once its nodes are ready."
  value       = aws_eks_node_group.this.node_group_name
}

output "autoscaling_group_name" {
  description = "Auto Scaling group behind it: the dimension of the nodes' metrics."
  value       = aws_eks_node_group.this.resources[0].autoscaling_groups[0].name
}
