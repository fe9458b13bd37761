# An HTTP API: a third of the price of a REST API, and faster; what it lacks (caching, plans, a firewall) is not used.
resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  description   = "The routes of ${var.name} that the world may call"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "this" {
  api_id           = aws_apigatewayv2_api.this.id
  integration_type = "AWS_PROXY"
  integration_uri  = var.alias_invoke_arn

  integration_method     = "POST" # how Lambda is called, whatever the caller's method
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000 # the most there is: the function's own timeout is shorter, and says what happened
}

# What is not listed does not exist: /metrics and /monitoring are not for the world.
resource "aws_apigatewayv2_route" "this" {
  # checkov:skip=CKV_AWS_309:the service checks the bearer token itself, alike wherever it runs; health needs none
  for_each = toset([
    "ANY /v1/{proxy+}", # any method, so that a wrong one gets the service's own answer
    "GET /health/{proxy+}",
  ])

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.this.id}"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default" # served at the root, so paths are the same as everywhere else
  auto_deploy = true

  default_route_settings {
    # Beyond these callers get 429. The account's own limit of 10,000 a second would be paid before it is reached.
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst

    detailed_metrics_enabled = true # per route
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this.arn
    # No query strings and no bodies: they may be personal data. The address of the caller is, and is needed to find abuse.
    format = jsonencode({
      request_id        = "$context.requestId"
      time              = "$context.requestTime"
      source_ip         = "$context.identity.sourceIp"
      route             = "$context.routeKey"
      status            = "$context.status"
      response_bytes    = "$context.responseLength"
      response_ms       = "$context.responseLatency"
      integration_ms    = "$context.integrationLatency"
      integration_error = "$context.integrationErrorMessage"
    })
  }
}

# This prefix is covered by one resource policy of the account; others are added to it one by one until it is full.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:how long is a decision of each environment; callers' addresses are personal data
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_permission" "this" {
  statement_id  = "http-api"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  function_name = var.function_name
  qualifier     = var.alias_name # only what is in service
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}
