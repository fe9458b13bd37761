"""The commands of kubectl that a release uses, on the cluster of stand_in.py; see bin/kubectl."""

# ruff: noqa: T201  # its output is what it is for

import json
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "extensions")]

from cluster.manifests import Manifest, parse  # noqa: E402  # after the path to it
from cluster.stand_in import Cluster, key  # noqa: E402
from containers.podman import podman  # noqa: E402

PATIENCE = 30


def main(arguments: Sequence[str]) -> int:
    words = [word for word in arguments if not word.startswith("-")]
    options = dict(word.partition("=")[::2] for word in arguments if word.startswith("--"))
    try:
        return command(words, options, Cluster.load(Path(os.environ["CLUSTER_FOLDER"])))
    except AssertionError as error:
        return complain(f"error: {error}".replace("\n", " "))


def command(words: list[str], options: dict[str, str], cluster: Cluster) -> int:
    match words:
        case ["apply"]:
            print("\n".join(cluster.apply(selected(options))))
        case ["diff"]:
            return differ(cluster, selected(options))
        case ["rollout", what, "deployment/api"]:
            return roll_out(cluster, what)
        case ["get" | "logs" as verb, *what]:
            show(cluster, [verb, *what], options)
        case ["port-forward", pod, ":8000"]:
            forward(cluster, pod.removeprefix("pod/"))
        case _:
            return complain(f"error: the stand-in knows no {' '.join(words)}")
    return 0


def roll_out(cluster: Cluster, what: str) -> int:
    if what == "undo":
        cluster.undo()
        print("deployment.apps/api rolled back")
        return 0
    assert what == "status", what
    try:
        cluster.roll_out(PATIENCE)
    except AssertionError as error:
        print(error)
        return complain('error: deployment "api" exceeded its progress deadline')
    print('deployment "api" successfully rolled out')
    return 0


def show(cluster: Cluster, words: list[str], options: dict[str, str]) -> None:
    found = cluster.pods()
    names = [pod["metadata"]["name"] for pod in found]
    match words:
        case ["get", "pods"] if options["--output"] == "json":
            print(json.dumps({"items": found}))
        case ["get", "pods"]:
            print("\n".join(names))
        case ["get", "namespace", name]:
            assert f"Namespace/{name}" in cluster.objects, f'namespaces "{name}" not found'
            print(name)
        case ["get", "events"]:
            print("no events are kept")
        case ["logs"]:
            print("\n".join(podman("podman", "logs", "--tail=50", f"{name}-api") for name in names))
        case _:
            raise AssertionError(f"the stand-in shows no {' '.join(words)}")


def selected(options: dict[str, str]) -> list[Manifest]:
    """The objects on standard input that the selector names."""
    assert options["--filename"] == "-"
    manifests = parse(sys.stdin.read())
    label, _, value = options.get("--selector", "").partition("=")
    return [
        m for m in manifests if not label or m["metadata"].get("labels", {}).get(label) == value
    ]


def differ(cluster: Cluster, manifests: list[Manifest]) -> int:
    try:
        cluster.check(manifests)
    except AssertionError as error:
        return complain(f"error: {error}".replace("\n", " "), status=2)
    changed = [key(one) for one in manifests if cluster.objects.get(key(one)) != one]
    print("\n".join(f"+ {name}" for name in changed))
    return 1 if changed else 0


def forward(cluster: Cluster, pod: str) -> None:
    """Pass connections on to a pod until somebody ends this process."""
    (port,) = [one["port"] for one in cluster.revisions if one["pod"] == pod]
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(f"Forwarding from 127.0.0.1:{server.getsockname()[1]} -> 8000", flush=True)
        while True:
            client, _ = server.accept()
            upstream = socket.create_connection(("127.0.0.1", port))
            for source, target in ((client, upstream), (upstream, client)):
                threading.Thread(target=pump, args=(source, target), daemon=True).start()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy one direction of a connection, and its end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            end.close()


def complain(message: str, status: int = 1) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
