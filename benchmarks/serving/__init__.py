"""The generated service beside a bare ASGI app and the peers, all with the same model."""
