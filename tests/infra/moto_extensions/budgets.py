"""What moto lacks of Budgets: who is told, and tags."""

import json
from typing import Any

from moto.budgets.responses import BudgetsResponse

_original_create = BudgetsResponse.create_budget
# ARN -> tags.
TAGS: dict[str, list[dict[str, str]]] = {}
# How Budgets tells one notification from another.
IDENTITY = ("NotificationType", "ComparisonOperator", "Threshold")


def extend() -> None:
    """The subscribers of a notification and the tags of a budget can be read."""
    for name, method in METHODS.items():
        setattr(BudgetsResponse, name, method)


def create_budget(self: BudgetsResponse) -> str:
    account, budget = self._get_param("AccountId"), self._get_param("Budget")
    arn = f"arn:aws:budgets::{account}:budget/{budget['BudgetName']}"
    TAGS[arn] = self._get_param("ResourceTags") or []
    return _original_create(self)


def list_tags_for_resource(self: BudgetsResponse) -> str:
    return json.dumps({"ResourceTags": TAGS.get(self._get_param("ResourceARN"), [])})


def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    found: list[Any] = [
        subscriber
        for notification in budget.notifications
        if all(str(wanted[name]) == str(notification.details[name]) for name in IDENTITY)
        for subscriber in notification.subscribers
    ]
    return json.dumps({"Subscribers": found})


METHODS = {
    "create_budget": create_budget,
    "list_tags_for_resource": list_tags_for_resource,
    "describe_subscribers_for_notification": describe_subscribers_for_notification,
}
