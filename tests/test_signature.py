"""The generated function signs its request for a secret as the SDK would."""

import json
import subprocess
import sys

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import Project
from matrix import Combination, covering

BODY = b'{"SecretId": "arn:aws:secretsmanager:sa-east-1:123456789012:secret:a/b-AbCdEf"}'
CODE = """
import importlib, json, sys
from datetime import datetime
package, endpoint, body, environment, now = sys.argv[1:]
signed_headers = importlib.import_module(f"{package}.serving.secrets_manager").signed_headers
now = datetime.strptime(now, "%Y%m%dT%H%M%SZ")
headers = signed_headers(endpoint, "sa-east-1", body.encode(), json.loads(environment), now)
print(json.dumps(headers))
"""


@pytest.mark.parametrize("token", [None, "FwoGZXIvYXdzE+/=="])
@pytest.mark.parametrize(
    "endpoint", ["https://secretsmanager.sa-east-1.amazonaws.com", "http://127.0.0.1:4566"]
)
def test_the_signature_is_the_one_of_the_sdk(
    project: Project, endpoint: str, token: str | None
) -> None:
    key, secret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    request = AWSRequest("POST", endpoint, data=BODY)
    request.headers["content-type"] = "application/x-amz-json-1.1"
    request.headers["x-amz-target"] = "secretsmanager.GetSecretValue"
    SigV4Auth(Credentials(key, secret, token), "secretsmanager", "sa-east-1").add_auth(request)
    environment = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    if token:
        environment["AWS_SESSION_TOKEN"] = token
    now = request.context["timestamp"]
    [source] = (project(_combination().data()) / "src").glob("*/")
    arguments = [source.name, endpoint, BODY.decode(), json.dumps(environment), now]
    output = subprocess.run(
        [sys.executable, "-B", "-c", CODE, *arguments],
        cwd=source.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = json.loads(output)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    assert ours.pop("host") == endpoint.partition("://")[2]
    assert ours == theirs


def _combination() -> Combination:
    [found] = (one for one in covering("deploy_target") if one.data()["deploy_target"] == "lambda")
    return found
