"""Every target's image gives the same answers, and the function runs as on its platform.

An image that holds the function is asked twice: as the HTTP service that it is by default, and
in AWS's Runtime Interface Emulator with the function's command.
"""

import base64
import http.client
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import Prove
from containers.emulator import RIE, Function, function
from containers.podman import HARDENED, TOOLS, Container, container, image, provide_bases
from infra.terraform import moto
from matrix import Combination, covering
from proof import Check, Tool, command
from proofs.test_image import SOURCES, TOKEN
from proofs.users import User, user_tools

BEARER = f"Bearer {TOKEN}"
JSON = "application/json"
LIMIT = 1_048_576


class Request(NamedTuple):
    """A request, and the status of its answer."""

    status: int
    method: str
    path: str
    body: bytes = b""
    content_type: str = JSON
    authorization: str = BEARER

    def headers(self) -> dict[str, str]:
        return {
            "content-type": self.content_type,
            "authorization": self.authorization,
            "x-request-id": "proof",
        }


class Answer(NamedTuple):
    """What of an answer has to be the same everywhere."""

    status: int
    media_type: str
    body: bytes


def requests(row: Mapping[str, Any]) -> Iterator[Request]:
    """Each kind of answer that there is, but those of a service without a model."""
    good = json.dumps(row).encode()
    yield Request(200, "POST", "/v1/predict", good)
    yield Request(200, "POST", "/v1/predict", b" " * 20_000 + good)
    yield Request(200, "POST", "/v1/predict/batch", json.dumps({"rows": [row] * 3}).encode())
    yield Request(200, "GET", "/v1/model")
    for state in ("live", "startup", "ready"):
        yield Request(200, "GET", f"/health/{state}", authorization="")
    yield Request(401, "POST", "/v1/predict", good, authorization="Bearer guess")
    yield Request(404, "GET", "/v1/predictions")
    yield Request(405, "GET", "/v1/predict")
    yield Request(413, "POST", "/v1/predict", b" " * (LIMIT + 1))
    yield Request(415, "POST", "/v1/predict", good, "text/csv")
    for bad in (b"", b"{", b'{"a": "\xff"}', b"[]", json.dumps({**row, "more": 1}).encode()):
        yield Request(422, "POST", "/v1/predict", bad)
    yield Request(422, "POST", "/v1/predict/batch", b'{"rows": []}')
    yield Request(422, "POST", "/v1/predict/batch", json.dumps({"rows": [row, {}]}).encode())


def ask_service(service: Container, request: Request) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)) as connection:
        connection.request(request.method, request.path, request.body, request.headers())
        response = connection.getresponse()
        return Answer(response.status, response.headers["content-type"], response.read())


def ask_function(running: Function, request: Request) -> Answer:
    """By the event that an HTTP API makes of the request (payload format 2.0)."""
    event = {
        "version": "2.0",
        "rawPath": request.path,
        "headers": request.headers(),
        "requestContext": {
            "http": {"method": request.method, "path": request.path},
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
        },
        "body": base64.b64encode(request.body).decode(),
        "isBase64Encoded": True,
    }
    found = running.invoke(event)
    assert "statusCode" in found, f"no answer but {found}"
    return Answer(found["statusCode"], found["headers"]["content-type"], found["body"].encode())


def prove_answers(folder: Path) -> Mapping[str, float | str]:
    row = json.loads((folder / "examples" / "row.json").read_text())
    asked = list(requests(row))
    provide_bases(folder / "Dockerfile")
    with image(folder) as tag:
        token = f"--env=APP_SERVING__API_TOKEN={TOKEN}"
        with container(tag, *HARDENED, token) as service:
            service.wait_until_ready("/health/ready")
            answers = [ask_service(service, request) for request in asked]
        for request, answer in zip(asked, answers, strict=True):
            assert answer.status == request.status, f"{request} got {answer}"
        for source in folder.glob("src/*/serving/function.py"):
            prove_function(tag, source.parents[1].name, asked, answers)
    # The model's own page names the run, which is another one in each project.
    said = [a for r, a in zip(asked, answers, strict=True) if r.path != "/v1/model"]
    return {"answers": sha256(repr(said).encode()).hexdigest()[:12]}


def prove_function(tag: str, package: str, asked: list[Request], answers: list[Answer]) -> None:
    """It starts with the token from a secret, and answers as the service has done."""
    handler = f"{package}.serving.function.handle"
    with moto() as aws:
        arn = command(
            [
                *("aws", "secretsmanager", "create-secret", "--name=dev/api-token"),
                *(f"--secret-string={TOKEN}", "--query=ARN", "--output=text"),
            ],
            Path.cwd(),
            environment=aws,
        ).strip()
        settings = {**aws, "APP_SERVING__API_TOKEN_SECRET": arn}
        with function(tag, handler, settings) as running:
            found = [ask_function(running, request) for request in asked]
            report = running.invoke({"task": "drift"})
            mistaken = running.invoke({"task": "dance"})
            log = running.log()
        with function(
            tag, handler, {**settings, "APP_SERVING__API_TOKEN_SECRET": f"{arn}x"}
        ) as none:
            refused = none.invoke({"task": "drift"})
    assert found == answers
    # 1, 1 and 3 rows were good.
    assert (report["rows"], report["alert"]) == (5, False), report
    assert [line["rows"] for line in log if line["message"] == "drift judged"] == [5]
    assert sum(line["message"] == "request" for line in log) == len(asked)
    assert mistaken["errorType"] == "ProjectError"
    assert re.search(r"put-secret-value --secret-id \S+x ", refused["errorMessage"]), refused


@pytest.mark.slow
def test_each_target_answers_alike(prove: Prove) -> None:
    said = {}
    for combination in covering("deploy_target"):
        verdict = prove(answers_check(combination), combination)
        said[str(combination)] = verdict.figures["answers"]
    assert len(set(said.values())) == 1, said


def answers_check(combination: Combination) -> Check:
    version = combination.data()["python_version"]

    def run(folder: Path) -> Mapping[str, float | str]:
        user = User(folder, combination, version)
        user.set_up()
        for task in ("train", "promote"):
            user.poe(task)
        return prove_answers(folder)

    return Check(
        name="answers",
        # What the image is made of and nothing else, so that targets share the verdict.
        inputs=(*SOURCES, "examples/**", "params.yaml", "data/**", ".dvc/**", ".dvcignore"),
        tools=(*TOOLS, RIE, *user_tools(combination), Tool("aws")),
        run=run,
    )
