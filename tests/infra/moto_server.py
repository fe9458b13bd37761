"""A moto server with the extensions beside it; prints its port, and serves until it is ended."""

import sys
from pathlib import Path

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

# A program's path begins with its own folder, not with that of the package it belongs to.
sys.path.insert(0, str(Path(__file__).parents[1]))

from infra.moto_extensions import budgets, ecs, eks, lambda_, s3


def main() -> None:
    for extension in (budgets, ecs, eks, lambda_, s3):
        extension.extend()
    server = make_server(
        "127.0.0.1",
        0,  # one that is free
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
