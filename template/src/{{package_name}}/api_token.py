"""The secret that a request must bear, where one is set."""

import hmac
import re

PROTECTED_PREFIX = "/v1/"
# The value of WWW-Authenticate in an answer of status 401.
CHALLENGE = "Bearer"
REFUSAL = "the header 'Authorization: Bearer <token>' is missing, or its token is not ours"

RULE = (
    "a token has at least 16 characters, only letters, digits and -._~+/=; "
    'python -c "import secrets; print(secrets.token_urlsafe(32))" makes one'
)
# What RFC 6750 lets a bearer token consist of. A line break at its end is a usual mistake.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")


def is_token(text: str) -> bool:
    """Whether a text can serve as token, see `RULE`."""
    return _TOKEN.fullmatch(text) is not None


class Guard:
    """Checks the `Authorization` header against the token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def admits(self, authorization: bytes) -> bool:
        """Whether a request with this header may pass; without the header it is empty."""
        scheme, _, found = authorization.partition(b" ")
        # Comparing stops nowhere early, so its time does not tell how much of a guess is right.
        return hmac.compare_digest(found, self._token) and scheme.lower() == b"bearer"
