"""What moto lacks of S3: all that a lifecycle rule says."""

import re
from typing import Any

from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

_original_set = FakeBucket.set_lifecycle
_original_get = S3Response.get_bucket_lifecycle


def extend() -> None:
    """A rule comes back with the number of versions that it keeps, and a filter without prefix."""
    for owner, name, method in (
        (FakeBucket, "set_lifecycle", set_lifecycle),
        (S3Response, "get_bucket_lifecycle", get_bucket_lifecycle),
    ):
        setattr(owner, name, method)


def set_lifecycle(self: FakeBucket, rules: list[dict[str, Any]]) -> None:
    _original_set(self, rules)
    listed = rules if isinstance(rules, list) else [rules]
    vars(self)["kept_versions"] = {
        rule["ID"]: (rule.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")
        for rule in listed
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
