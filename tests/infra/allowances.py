"""What a second plan may still show on moto, each with the reason why AWS would not.

An allowance that nothing needs any more fails, so that the list cannot outgrow its reasons.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """An attribute that moto takes and does not give back."""

    address: str  # a regular expression for the whole address
    attribute: str
    reason: str


# Root module, or `live` with its target -> allowances.
ALLOWANCES: Mapping[str, tuple[Allowance, ...]] = {
    "bootstrap": (),
    "lambda": (),
    "ecs": (
        Allowance(
            r"module\.service\.module\.\w+\.aws_vpc_security_group_(e|in)gress_rule\..+",
            "description",
            "moto keeps the text of a rule for addresses only, not for a group or a prefix list",
        ),
    ),
    "k8s": (),
}


def assert_settled(
    changes: Mapping[str, Iterable[str]], allowances: Iterable[Allowance] = ()
) -> None:
    """What has been applied is what is described, but for the allowances."""
    allowances = tuple(allowances)
    left = [(address, attribute) for address, names in changes.items() for attribute in names]
    explained = {
        allowance: {
            (address, attribute)
            for address, attribute in left
            if attribute == allowance.attribute and re.fullmatch(allowance.address, address)
        }
        for allowance in allowances
    }
    unexplained = sorted(set(left) - {change for found in explained.values() for change in found})
    assert not unexplained, f"a second plan would change {unexplained}"
    unused = [allowance for allowance, found in explained.items() if not found]
    assert not unused, f"allowances that nothing needs any more: {unused}"
