output "url" {
  description = "Empty: the service has an address inside the cluster only, and the release forwards a port to it."
  value       = ""
}

output "release" {
  description = "What the release needs to reach the cluster and to deploy to it."
  value = {
    # The cluster with nodes and all add-ons in it: before that there is nothing to deploy to.
    cluster      = module.cluster_add_ons.cluster_name
    namespace    = local.namespace
    region       = data.aws_region.current.name
    token_secret = aws_secretsmanager_secret.api_token.name
    # "private": over a tunnel, unless the runner is inside the network.
    endpoint      = length(var.sizing.endpoint_cidrs) == 0 ? "private" : "public"
    operator_role = module.access.operator_role_arn
  }
}
