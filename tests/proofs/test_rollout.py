"""A new version takes the place of the old one under load, and no request is lost."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from conftest import Project, Prove
from containers.balancer import Balancer, Target, balancing
from containers.podman import (
    HARDENED,
    TOOLS,
    Container,
    container,
    image,
    podman,
    provide_bases,
    wait_until,
)
from containers.traffic import Clients, sending
from matrix import Combination, covering
from proof import Check
from proofs.test_image import SOURCES, TOKEN, assert_is_confined, example
from proofs.users import User, user_tools

REQUESTS = 10_000
# HARDENED grants it, and no deployment target grants less.
MEMORY_MIB = 256
# How long a leaving instance keeps running before its SIGTERM: ten times shorter than in a cluster.
PAUSE_SECONDS = 1.0
# How long a busy machine may take to send the requests of one part.
PATIENCE_SECONDS = 300
# Where instances are replaced, and where each of those targets says what an instance may use.
MEMORY = {
    "ecs": ("infra/live/*.tfvars", r"memory_mb\s+= (\d+)$"),
    "k8s": ("k8s/base/api/deployment.yaml", r"limits:[^\n]*\n\s+memory: (\d+)Mi "),
}

Leaving = Callable[[Balancer, Target, Container], None]


@pytest.mark.slow
@pytest.mark.parametrize(
    "combination",
    [one for one in covering("deploy_target") if one.data()["deploy_target"] in MEMORY],
    ids=str,
)
def test_a_release_under_load_loses_no_request(prove: Prove, combination: Combination) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> Mapping[str, float | str]:
        user = User(folder, combination, version)
        user.set_up()
        for task in ("train", "promote"):
            user.poe(task)
        provide_bases(folder / "Dockerfile")
        with image(folder) as tag:
            return {**stop_under_load(tag), **replace_under_load(tag)}

    prove(
        Check(
            # What the image is made of and nothing else, so that targets share the verdict.
            name="rollout",
            inputs=(*SOURCES, "params.yaml", "data/**", ".dvc/**", ".dvcignore"),
            tools=(*TOOLS, *user_tools(combination)),
            run=run,
        ),
        combination,
    )


@pytest.mark.parametrize(
    "combination",
    [one for one in covering("deploy_target") if one.data()["deploy_target"] in MEMORY],
    ids=str,
)
def test_each_target_grants_the_memory_that_the_image_is_proven_with(
    project: Project, combination: Combination
) -> None:
    pattern, granted = MEMORY[combination.data()["deploy_target"]]
    texts = [path.read_text() for path in project(combination.data()).glob(pattern)]
    found = re.findall(granted, "\n".join(texts), re.MULTILINE)
    assert found, f"{pattern} says nothing of memory"
    assert min(map(int, found)) >= MEMORY_MIB


def stop_under_load(tag: str) -> Mapping[str, float | str]:
    """SIGTERM while clients send as fast as they can, each on a connection that it keeps."""
    with instance(tag) as service:
        service.wait_until_ready("/health/ready")
        assert_is_confined(service)
        clients = Clients(service.port, request_of(service), number=16, come_back=False)
        with sending(clients) as traffic:
            wait_until(lambda: traffic.answered > REQUESTS / 2, PATIENCE_SECONDS)
            peak = int(service.process_status()["VmHWM"].split()[0]) / 1024
            stop(service)
        state = service.inspect()["State"]
    assert not traffic.lost, f"SIGTERM under load: {traffic.lost} of {traffic.answered}"
    assert state["ExitCode"] == 0, f"the service ended with {state['ExitCode']}"
    assert not state["OOMKilled"]
    assert peak < MEMORY_MIB, f"{peak:.0f} MiB of {MEMORY_MIB} under load"
    return {"answers at SIGTERM": traffic.answered, "peak MiB": round(peak)}


def replace_under_load(tag: str) -> Mapping[str, float | str]:
    figures: dict[str, float | str] = {}
    for name, leave in LEAVING.items():
        with ExitStack() as running, balancing() as balancer:
            old = [start(tag, balancer, running) for _ in range(2)]
            clients = Clients(balancer.port, request_of(old[0][1]), number=8, pause_seconds=0.005)
            begun = time.perf_counter()
            with sending(clients) as traffic:
                wait_until(lambda: traffic.answered > REQUESTS / 10, PATIENCE_SECONDS)
                for target, service in old:
                    start(tag, balancer, running)
                    leave(balancer, target, service)
                    assert target.in_flight == 0
                wait_until(lambda: traffic.tried >= REQUESTS, PATIENCE_SECONDS)
            seconds = time.perf_counter() - begun
            for _, service in old:
                assert service.inspect()["State"]["ExitCode"] == 0
        lost = f"{traffic.lost} of {traffic.answered}, for {balancer.lost[:5]}"
        assert not traffic.lost, f"replaced {name}: {lost}"
        assert not balancer.lost, f"replaced {name}: {lost}"
        figures[name] = f"{traffic.answered} in {seconds:.0f} s"
    return figures


def start(tag: str, balancer: Balancer, running: ExitStack) -> tuple[Target, Container]:
    """A new instance that gets its share of the requests."""
    service = running.enter_context(instance(tag))
    target = balancer.add(service.port)
    wait_until(lambda: target.healthy, PATIENCE_SECONDS)
    return target, service


def instance(tag: str) -> AbstractContextManager[Container]:
    return container(tag, *HARDENED, f"--env=APP_SERVING__API_TOKEN={TOKEN}")


def stop(service: Container) -> None:
    """SIGTERM, and SIGKILL after the 30 s that the strictest platform grants."""
    podman("podman", "stop", "--time=30", service.name)


def deregistered_first(balancer: Balancer, target: Target, service: Container) -> None:
    """As behind a managed load balancer: out of the rotation, and SIGTERM once that is known."""
    balancer.deregister(target)
    time.sleep(PAUSE_SECONDS)
    stop(service)


def on_connections_that_stay(balancer: Balancer, target: Target, service: Container) -> None:
    """As in a cluster: new connections lead elsewhere after a while, kept ones go on to the end.

    Both sides hear of it at the same time; the instance gets its SIGTERM after a pause.
    """
    news = threading.Timer(PAUSE_SECONDS / 2, balancer.connect_no_more, [target])
    news.start()
    time.sleep(PAUSE_SECONDS)
    stop(service)
    news.join()


def unannounced(_: Balancer, __: Target, service: Container) -> None:
    """Nobody tells the balancer: it has to see that the instance is not ready any more."""
    stop(service)


LEAVING: Mapping[str, Leaving] = {
    "deregistered first": deregistered_first,
    "on connections that stay": on_connections_that_stay,
    "unannounced": unannounced,
}


def request_of(service: Container) -> bytes:
    """A prediction as bytes, to be sent again and again."""
    row = example(service)
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(row)}\r\n\r\n"
    )
    return head.encode() + row
