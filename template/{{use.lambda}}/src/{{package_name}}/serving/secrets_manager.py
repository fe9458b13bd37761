"""One secret from AWS Secrets Manager, with the standard library alone.

The SDK would add more to the image and to each start than all that the function does with it. The
signature is version 4, as "Create a signed AWS API request" in the IAM user guide describes it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from ..errors import ProjectError

_SERVICE = "secretsmanager"
# A start may take ten seconds at most, and the answer usually comes within a tenth of one.
_SECONDS = 3.0
_ATTEMPTS = 2


def read_secret(arn: str, environment: Mapping[str, str]) -> str:
    """Read the current value of a secret.

    Args:
        arn: the full ARN of the secret; it names the region.
        environment: variables, with the credentials of the function, and with another endpoint if
            they name one as the SDKs expect it.

    Raises:
        ProjectError: there is no such secret, it has no value, it may not be read, or nobody
            answers; the message names the secret.
    """
    parts = arn.split(":")
    if parts[2:3] != [_SERVICE] or len(parts) != 7:
        raise ProjectError(f"'{arn}' is not the ARN of a secret")
    endpoint = (
        environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        or environment.get("AWS_ENDPOINT_URL")
        or f"https://{_SERVICE}.{parts[3]}.amazonaws.com"
    )
    body = json.dumps({"SecretId": arn}).encode()
    failure = ""
    for _ in range(_ATTEMPTS):
        now = datetime.now(UTC)
        headers = signed_headers(endpoint, parts[3], body, environment, now)
        try:
            status, answer = _post(endpoint, body, headers)
        except (OSError, HTTPException) as error:
            failure = f"{endpoint} does not answer: {error}"
            continue
        if status == 200:
            value: str = json.loads(answer).get("SecretString", "")
            return value
        failure = f"{endpoint} answers {status}: {answer[:300].decode(errors='replace')}"
        if status < 500:
            break
    raise ProjectError(
        f"the secret {arn} cannot be read. If it has no value yet, give it one: aws secretsmanager "
        f"put-secret-value --secret-id {arn} --secret-string <token>. {failure}"
    )


def signed_headers(
    endpoint: str, region: str, body: bytes, environment: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The headers of a request for a secret's value, signed.

    Args:
        endpoint: URL of the service.
        region: as in the ARN of the secret.
        body: what will be sent, to the byte.
        environment: variables with the credentials.
        now: the time in UTC; a request is good for some minutes.

    Raises:
        ProjectError: there are no credentials.
    """
    try:
        key, secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    except KeyError as error:
        raise ProjectError(f"no credentials to read a secret with: {error} is not set") from None
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": urlsplit(endpoint).netloc,
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
        "x-amz-target": f"{_SERVICE}.GetSecretValue",
    }
    if token := environment.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            *("POST", "/", ""),
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            *("", names, _sha256(body)),
        ]
    )
    scope = f"{now:%Y%m%d}/{region}/{_SERVICE}/aws4_request"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, _sha256(canonical.encode())]
    )
    signing_key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        signing_key = hmac.digest(signing_key, part.encode(), "sha256")
    signature = hmac.digest(signing_key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _post(endpoint: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    url = urlsplit(endpoint)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.netloc, timeout=_SECONDS)
    try:
        connection.request("POST", "/", body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
