output "name" {
  description = "Name of the cluster, known once it answers."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn
}

output "kubernetes_version" {
  description = "Version of the control plane, known once an upgrade is over: nodes follow it."
  value       = aws_eks_cluster.this.version
}
