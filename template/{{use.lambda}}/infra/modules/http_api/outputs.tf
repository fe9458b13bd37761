output "id" {
  description = "Id of the API, the dimension of its metrics."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "Base URL, without a slash at its end."
  value       = aws_apigatewayv2_api.this.api_endpoint
}
