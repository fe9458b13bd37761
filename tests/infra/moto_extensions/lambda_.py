"""What moto lacks of Lambda and of the services around it."""

from typing import Any

from moto.awslambda.models import LambdaFunction

from infra.moto_extensions import codedeploy

_original_configuration = LambdaFunction.get_configuration
_original_update = LambdaFunction.update_configuration
_original_code = LambdaFunction.update_function_code
_original_init = LambdaFunction.__init__


def extend() -> None:
    """Functions remember where they log, versions their image; CodeDeploy moves aliases."""
    for name, method in METHODS.items():
        setattr(LambdaFunction, name, method)
    codedeploy.extend()


def _init(
    self: LambdaFunction, account_id: str, spec: dict[str, Any], *rest: Any, **named: Any
) -> None:
    _original_init(self, account_id, spec, *rest, **named)
    vars(self)["logging_config"] = spec.get("LoggingConfig")


def get_configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    logging_config = vars(self).get("logging_config")
    found = _original_configuration(self, on_create)
    return found | ({"LoggingConfig": logging_config} if logging_config else {})


def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
    if "LoggingConfig" in config_updates:
        vars(self)["logging_config"] = config_updates["LoggingConfig"]
    return _original_update(self, config_updates)


def update_function_code(self: LambdaFunction, updated_spec: dict[str, Any]) -> dict[str, Any]:
    # A version is a shallow copy: changed in place, all versions would have the newest code.
    self.code = dict(self.code)
    return _original_code(self, updated_spec)


METHODS = {
    "__init__": _init,
    "get_configuration": get_configuration,
    "update_configuration": update_configuration,
    "update_function_code": update_function_code,
}
