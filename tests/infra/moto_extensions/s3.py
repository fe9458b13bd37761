"""What moto lacks of S3: all that a lifecycle rule says, and conditions of bucket policies."""

import json
import re
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.s3.responses import S3Response

_original_set = FakeBucket.set_lifecycle
_original_get = S3Response.get_bucket_lifecycle


def extend() -> None:
    """A rule comes back with the number of versions it keeps; who calls here calls by TLS."""
    for owner, name, method in (
        (FakeBucket, "get_permission", get_permission),
        # The last version of an object may be such a marker, and goes like any other.
        (FakeDeleteMarker, "dispose", lambda _: None),
        (FakeBucket, "set_lifecycle", set_lifecycle),
        (S3Response, "get_bucket_lifecycle", get_bucket_lifecycle),
    ):
        setattr(owner, name, method)


def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """What the policy says of a call by TLS; moto would leave out the conditions."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [
        one for one in policy["Statement"] if one.get("Condition") != WITHOUT_TLS
    ]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def set_lifecycle(self: FakeBucket, rules: list[dict[str, Any]]) -> None:
    _original_set(self, rules)
    vars(self)["kept_versions"] = {
        rule["ID"]: (rule.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")
        for rule in rules
    }


def get_bucket_lifecycle(self: S3Response) -> Any:
    status, headers, body = _original_get(self)
    bucket = self.backend.head_bucket(self.bucket_name)
    text = body.decode() if isinstance(body, bytes) else body
    for rule, kept in vars(bucket).get("kept_versions", {}).items():
        if kept:
            text = re.sub(
                rf"(<Rule>(?:(?!</Rule>).)*<ID>{re.escape(rule)}</ID>(?:(?!</Rule>).)*"
                r"<NoncurrentVersionExpiration>)",
                rf"\1<NewerNoncurrentVersions>{kept}</NewerNoncurrentVersions>",
                text,
                flags=re.DOTALL,
            )
    return status, headers, text


WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
