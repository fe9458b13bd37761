"""What moto lacks of the services around Lambda."""


def extend() -> None:
    """Nothing so far."""
