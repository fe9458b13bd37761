"""What moto lacks of the services around ECS."""

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse


def extend() -> None:
    """Let the provider read the tags of a scaling target, of which moto keeps none."""
    if not hasattr(ApplicationAutoScalingResponse, "list_tags_for_resource"):
        setattr(  # noqa: B010 - a type checker knows that it is not there
            ApplicationAutoScalingResponse, "list_tags_for_resource", lambda _: '{"Tags": {}}'
        )
