# Environments that wait with the model loaded, for services whose callers may not wait for a start. They cost around
# the clock; without the setting there are none.
locals {
  provisioned = var.provisioned_concurrency == null ? {} : { live = var.provisioned_concurrency }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.provisioned

  service_namespace  = "lambda"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  # The alias, not a version: what is provisioned follows a release. While a release shifts traffic, Lambda divides it
  # over both versions by their share.
  resource_id  = "function:${aws_lambda_function.this.function_name}:${aws_lambda_alias.live.name}"
  min_capacity = each.value.min
  max_capacity = each.value.max
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.provisioned

  name               = "${var.name}-utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value = each.value.target_utilization

    predefined_metric_specification {
      predefined_metric_type = "LambdaProvisionedConcurrencyUtilization"
    }
  }
}
