output "cluster_name" {
  description = "The cluster again, known once the add-ons are in it."
  value       = var.cluster_name
  depends_on  = [aws_eks_addon.this]
}

output "versions" {
  description = "Versions in service, by add-on."
  value       = { for name, add_on in aws_eks_addon.this : name => add_on.addon_version }
}
