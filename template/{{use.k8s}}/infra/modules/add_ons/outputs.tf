output "versions" {
  description = "Versions in service, by add-on."
  value       = { for name, add_on in aws_eks_addon.this : name => add_on.addon_version }
}
