"""The image of a generated project, built and run as on a hardened platform."""

import json
import socket
import threading
import time
import tomllib
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import managers
from conftest import Prove
from containers.podman import (
    HARDENED,
    TOOLS,
    Container,
    container,
    image,
    podman,
    provide_bases,
    refusal,
    wait_until,
)
from matrix import Combination, each_option
from proof import Check, Tool, exclusive
from proofs.users import ENVIRONMENT, User, user_tools

SIZE_MB = 300
# 96 when written: half of it is the code of ONNX Runtime, NumPy and Pydantic.
MEMORY_MIB = 105
USER = "65532:65532"
TOKEN = "token-of-this-proof"
KEY = "key-of-somebody"

# Run in the image; prints what is in it as JSON.
CONTENTS = """
import json, pathlib, shutil, sys
from importlib.metadata import distribution, distributions
from importlib.util import cache_from_source, find_spec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

def required(name, extras=()):
    name = canonicalize_name(name)
    if (name, extras) in seen:
        return
    seen.add((name, extras))
    for requirement in map(Requirement, distribution(name).requires or ()):
        marker = requirement.marker
        if not marker or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            required(requirement.name, tuple(sorted(requirement.extras)))

seen = set()
required(sys.argv[1])
installed = {canonicalize_name(found.metadata["Name"]) for found in distributions()}
packages = pathlib.Path(find_spec("fastapi").origin).parents[1]
installers = pathlib.Path(sys.base_prefix).glob("lib/python3*/site-packages/*")
print(json.dumps({
    "extra": sorted(installed - {name for name, _ in seen}),
    "tools": [name for name in ("uv", "gcc", "git", "curl") if shutil.which(name)]
        + [path.name for path in installers if path.name in ("pip", "setuptools", "wheel")],
    "not compiled": [str(path) for path in packages.rglob("*.py")
        if not pathlib.Path(cache_from_source(path)).exists()],
    "prefix": sys.base_prefix,
    "files": sorted(path.name for path in pathlib.Path("/app").iterdir()),
}))
"""

# What an image holds follows from these; its manager builds it the same way for each of the others.
IMAGES = each_option("env_manager", "deploy_target", "problem")
SOURCES = ("Dockerfile", ".dockerignore", "src/**", "config/**", "models/.*", *ENVIRONMENT)


@pytest.mark.slow
@pytest.mark.parametrize("combination", IMAGES, ids=str)
def test_the_image_is_small_and_serves_without_privileges(
    prove: Prove, combination: Combination
) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> Mapping[str, float | str]:
        user = User(folder, combination, version)
        user.lock()
        user.clone_champion()
        return prove_image(folder)

    prove(
        Check(
            name="image",
            inputs=(*SOURCES, "compose*.yaml", "params.yaml", "data/**", ".dvc/**", ".dvcignore"),
            tools=(*TOOLS, *user_tools(combination), Tool("podman-compose")),
            run=run,
        ),
        combination,
    )


def prove_image(folder: Path) -> Mapping[str, float | str]:
    provide_bases(folder / "Dockerfile")
    start = time.perf_counter()
    (folder / ".env").write_text(f"APP_TRACKING__API_KEY={KEY}\n")
    with image(folder, "--label=org.opencontainers.image.revision=0123abc") as tag:
        build_seconds = time.perf_counter() - start
        [inspected] = json.loads(podman("podman", "image", "inspect", tag))
        size = inspected["Size"] / 1e6
        assert size <= SIZE_MB, f"the image has {size:.0f} MB"
        assert_is_configured(inspected)
        assert_holds_what_serving_needs(tag, folder)
        assert_holds_no_credentials(tag)
        figures = run_hardened(tag)
    serve_with_compose(folder)
    return {"MB": round(size), "build s": round(build_seconds, 1), **figures}


def assert_is_configured(inspected: Mapping[str, Any]) -> None:
    config = inspected["Config"]
    assert config.get("User") == USER, "the image does not say which user it runs as"
    assert config["Cmd"][0] == "python", "the service is not the first process, and gets no signal"
    # CMD-SHELL would need the shell that a smaller base does not have.
    assert inspected["Healthcheck"]["Test"][:3] == ["CMD", "python", "-m"], "it needs a shell"
    labels = config["Labels"]
    assert labels["org.opencontainers.image.revision"] == "0123abc"
    assert labels["org.opencontainers.image.source"].startswith("https://github.com/")
    assert labels["org.opencontainers.image.title"]


def assert_holds_what_serving_needs(tag: str, folder: Path) -> None:
    """Serving's packages as bytecode, and neither those of other groups nor any tool to build."""
    options = ("--rm", "--entrypoint=python", *HARDENED)
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]
    output = podman("podman", "run", *options, tag, "-c", CONTENTS, project)
    found = json.loads(output.splitlines()[-1])
    assert not found["extra"], f"the image holds more than serving requires: {found['extra']}"
    assert not found["tools"], f"the image holds tools: {found['tools']}"
    assert not found["not compiled"], f"not compiled: {found['not compiled'][:5]}"
    assert found["prefix"] == "/usr/local"
    assert found["files"] == [".venv", "config", "models"]


def assert_holds_no_credentials(tag: str) -> None:
    """Neither in its files nor in its settings and history, whatever lies beside the code."""
    assert KEY not in podman("podman", "image", "inspect", tag)
    root = Path(podman("podman", "image", "mount", tag).strip())
    try:
        assert (root / "app").is_dir()
        stored = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        assert not [path for path in stored if KEY.encode() in path.read_bytes()]
    finally:
        podman("podman", "image", "unmount", tag)


def run_hardened(tag: str) -> Mapping[str, float | str]:
    assert_wants_a_token(tag)
    with container(tag, *HARDENED, f"--env=APP_SERVING__API_TOKEN={TOKEN}") as service:
        ready = service.wait_until_ready("/health/ready")
        assert_is_confined(service)
        podman("podman", "healthcheck", "run", service.name)
        row, answered = example(service), fields_of_an_answer(service)
        for _ in range(200):
            assert predict(service, row).keys() == answered
        memory = int(service.process_status()["VmRSS"].split()[0]) / 1024
        assert memory < MEMORY_MIB, f"{memory:.0f} MiB of memory after 200 requests"
        drain = assert_drains(service, row)
    assert_health_check_can_fail(tag)
    return {"ready s": round(ready, 2), "RSS MiB": round(memory), "drain s": round(drain, 2)}


def serve_with_compose(folder: Path) -> None:
    """The service of compose.yaml answers, and takes up a champion promoted beside it."""
    arguments = " ".join(["--format=docker", "--network=host", *managers.mounts(folder)])
    compose = ("podman-compose", f"--podman-build-args={arguments}")
    service = Container(f"{folder.name}_service_1", 8000)
    with exclusive("port-8000"):
        with socket.socket() as port:
            taken = port.connect_ex(("127.0.0.1", 8000)) == 0
        assert not taken, "port 8000 is in use: compose.yaml needs it"
        try:
            podman(*compose, "up", "--detach", "--build", folder=folder)
            service.wait_until_ready("/health/ready")
            pointer = folder / "models" / "champion.json"
            champion = json.loads(pointer.read_text()) | {"version": "promoted"}
            (folder / "promoted.json").write_text(json.dumps(champion))
            (folder / "promoted.json").replace(pointer)
            wait_until(lambda: service.get("/v1/model")["version"] == "promoted")
        finally:
            podman(*compose, "down", "--timeout=5", folder=folder)
            podman("podman", "rmi", "--force", f"localhost/{folder.name}_service")


def assert_is_confined(service: Container) -> None:
    status = service.process_status()
    assert set(status["Uid"].split()) == {USER.split(":", maxsplit=1)[0]}
    assert int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    for path, writable in (("/app/models/x", False), ("/app/.venv/x", False), ("/tmp/x", True)):
        try:
            podman("podman", "exec", service.name, "python", "-c", f"open({path!r}, 'w')")
        except AssertionError:
            assert not writable, f"{path} cannot be written"
        else:
            assert writable, f"{path} can be written"


def assert_drains(service: Container, row: bytes) -> float:
    """Seconds from SIGTERM to the end, with a request under way whose body comes late."""
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\n"
        f"Content-Length: {len(row)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as client:
        client.sendall(head.encode() + row[:10])
        time.sleep(0.3)
        start = time.perf_counter()
        stop = threading.Thread(target=podman, args=("podman", "stop", "--time=25", service.name))
        stop.start()
        time.sleep(0.7)
        client.sendall(row[10:])
        answer = client.recv(65536)
        stop.join()
    seconds = time.perf_counter() - start
    assert answer.startswith(b"HTTP/1.1 200"), f"the request under way got {answer[:200]!r}"
    assert service.inspect()["State"]["ExitCode"] == 0
    assert seconds < 8, f"the service took {seconds:.1f} s to stop"
    return seconds


def assert_wants_a_token(tag: str) -> None:
    """Nobody serves the world by forgetting a setting."""
    output = refusal(lambda: podman("podman", "run", "--rm", *HARDENED, tag))
    assert "set APP_SERVING__API_TOKEN" in output, f"no remedy is named: {output}"


def assert_health_check_can_fail(tag: str) -> None:
    """Alone in a container there is no service to be healthy."""
    [inspected] = json.loads(podman("podman", "image", "inspect", tag))
    check = inspected["Healthcheck"]["Test"][1:]
    output = refusal(lambda: podman("podman", "run", "--rm", *HARDENED, tag, *check))
    assert "no answer" in output, f"the health check fails without saying why: {output}"


def example(service: Container) -> bytes:
    """The row that the API's own description gives as an example."""
    document = service.get("/openapi.json")
    body = document["paths"]["/v1/predict"]["post"]["requestBody"]["content"]["application/json"]
    schema = document["components"]["schemas"][body["schema"]["$ref"].split("/")[-1]]
    return json.dumps(schema["example"]).encode()


def fields_of_an_answer(service: Container) -> set[str]:
    """What the API's own description says of a prediction."""
    document = service.get("/openapi.json")
    answer = document["paths"]["/v1/predict"]["post"]["responses"]["200"]["content"]
    reference = answer["application/json"]["schema"]["$ref"]
    return set(document["components"]["schemas"][reference.split("/")[-1]]["properties"])


def predict(service: Container, row: bytes) -> dict[str, object]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(service.url("/v1/predict"), row, headers)
    with urllib.request.urlopen(request, timeout=5) as response:
        answer: dict[str, object] = json.load(response)
    return answer
