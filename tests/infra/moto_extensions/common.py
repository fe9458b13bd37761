"""What the extensions share: documents as answers, and a store of what moto does not know."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

ACCOUNT = "123456789012"  # moto's own

Answer = tuple[int, dict[str, str], str]
Handler = Callable[[Any, str, Any], Answer]


@dataclass(frozen=True)
class Call:
    """One request to an API that speaks JSON over REST."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, list[str]]
    body: Mapping[str, Any]
    region: str

    def first(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return self.query.get(name, [default])[0]


@dataclass
class Store:
    """Objects by scope (a cluster, a function) and key."""

    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def of(self, scope: str) -> list[dict[str, Any]]:
        """All objects of a scope, in the order in which they were made."""
        return [value for (owner, _), value in self.objects.items() if owner == scope]


def rest(handle: Callable[[Call], Answer]) -> Handler:
    """Make a function of a call what moto's routes expect."""

    def answer(request: Any, full_url: str, _headers: Any) -> Answer:
        url = urlparse(full_url)
        text = request.get_data(as_text=True)
        call = Call(
            method=request.method,
            path=tuple(unquote(part) for part in url.path.strip("/").split("/")),
            query=parse_qs(url.query),
            body=json.loads(text) if text else {},
            region=region_of(request.headers.get("Authorization", "")),
        )
        return handle(call)

    return answer


def region_of(authorization: str) -> str:
    """The region that a request is signed for: `Credential=KEY/DATE/REGION/SERVICE/...`."""
    _, _, scope = authorization.partition("Credential=")
    return scope.split("/")[2] if scope.count("/") >= 4 else "us-east-1"


def document(body: Mapping[str, Any], status: int = 200) -> Answer:
    """A JSON answer."""
    return status, {"Content-Type": "application/json"}, json.dumps(body)


def not_found(message: str) -> Answer:
    """The error that tells the provider that something is gone."""
    status, headers, body = document({"message": message}, 404)
    return status, headers | {"x-amzn-errortype": "ResourceNotFoundException"}, body
