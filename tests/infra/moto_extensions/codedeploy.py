"""What moto lacks of CodeDeploy: canary configurations, and deployments of functions that go on.

A deployment moves an alias as AWS does, in as many steps as it is looked at: the first look finds
the traffic divided, the second one finds it moved, or brought back because an alarm fires.
"""

import copy
import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.codedeploy.exceptions import CodeDeployException
from moto.codedeploy.models import CodeDeployBackend, DeploymentGroup, DeploymentInfo
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.responses import ActionResult, EmptyResult

RUNNING = {"Created", "Queued", "InProgress", "Ready"}
# Backends keep what they are given; these are what they have no place for.
CONFIGS: dict[str, dict[str, Any]] = {}
OUTCOMES: dict[str, dict[str, Any]] = {}


def extend() -> None:
    """Add the actions to those of moto."""
    for name, action in ACTIONS.items():
        setattr(CodeDeployResponse, name, action)


def create_deployment_config(self: CodeDeployResponse) -> ActionResult:
    name = self._get_param("deploymentConfigName")
    if name in CONFIGS:
        raise CodeDeployException("DeploymentConfigAlreadyExistsException", f"{name} exists")
    found = {"deploymentConfigId": str(uuid.uuid4()), "deploymentConfigName": name}
    for parameter in ("computePlatform", "trafficRoutingConfig"):
        found[parameter] = self._get_param(parameter)
    CONFIGS[name] = found
    return ActionResult({"deploymentConfigId": found["deploymentConfigId"]})


def get_deployment_config(self: CodeDeployResponse) -> ActionResult:
    name = self._get_param("deploymentConfigName")
    if name not in CONFIGS:
        raise CodeDeployException("DeploymentConfigDoesNotExistException", f"no {name}")
    return ActionResult({"deploymentConfigInfo": CONFIGS[name]})


def delete_deployment_config(self: CodeDeployResponse) -> EmptyResult:
    name = self._get_param("deploymentConfigName")
    groups = self.codedeploy_backend.deployment_groups.values()
    if any(group.deployment_config_name == name for found in groups for group in found.values()):
        raise CodeDeployException("DeploymentConfigInUseException", f"{name} is in use")
    CONFIGS.pop(name, None)
    return EmptyResult()


def delete_application(self: CodeDeployResponse) -> EmptyResult:
    name = self._get_param("applicationName")
    self.codedeploy_backend.applications.pop(name, None)
    self.codedeploy_backend.deployment_groups.pop(name, None)
    return EmptyResult()


def get_deployment_group(self: CodeDeployResponse) -> ActionResult:
    found: Any = _original_group(self).result
    info = found["deploymentGroupInfo"]
    group = _group(self)
    # moto keeps the alarms and answers with none; to the provider an empty load balancer is one.
    known = {"alarmConfiguration": group.alarm_configuration, "loadBalancerInfo": None}
    return ActionResult({"deploymentGroupInfo": info | known})


def update_deployment_group(self: CodeDeployResponse) -> ActionResult:
    group = _group(self)
    for parameter, attribute in {
        "deploymentConfigName": "deployment_config_name",
        "serviceRoleArn": "service_role_arn",
        "alarmConfiguration": "alarm_configuration",
        "autoRollbackConfiguration": "auto_rollback_configuration",
        "deploymentStyle": "deployment_style",
    }.items():
        if (value := self._get_param(parameter)) is not None:
            setattr(group, attribute, value)
    return ActionResult({})


def delete_deployment_group(self: CodeDeployResponse) -> ActionResult:
    groups = self.codedeploy_backend.deployment_groups[self._get_param("applicationName")]
    groups.pop(self._get_param("deploymentGroupName"), None)
    return ActionResult({})


def create_deployment(self: CodeDeployResponse) -> ActionResult:
    group = _group(self)
    for deployment in self.codedeploy_backend.deployments.values():
        if deployment.deployment_group is group and deployment.status in RUNNING:
            message = (
                f"The Deployment Group '{group.deployment_group_name}' already has an active "
                f"Deployment '{deployment.deployment_id}'"
            )
            raise CodeDeployException("DeploymentLimitExceededException", message)
    function = _function(self._get_param("revision"))
    alias = _lambda(self.codedeploy_backend).get_alias(function["Alias"], function["Name"])
    if alias.function_version != function["CurrentVersion"]:
        message = f"{function['Alias']} is at version {alias.function_version}"
        raise CodeDeployException("InvalidRevisionException", message)
    return _original_create(self)


def get_deployment(self: CodeDeployResponse) -> ActionResult:
    deployment = self.codedeploy_backend.get_deployment(self._get_param("deploymentId"))
    _advance(self.codedeploy_backend, deployment)
    found: Any = _original_get(self).result
    outcome = OUTCOMES.get(deployment.deployment_id, {})
    return ActionResult({"deploymentInfo": found["deploymentInfo"] | outcome})


def stop_deployment(self: CodeDeployResponse) -> ActionResult:
    deployment = self.codedeploy_backend.get_deployment(self._get_param("deploymentId"))
    if deployment.status not in RUNNING:
        raise CodeDeployException("DeploymentAlreadyCompletedException", "it has ended")
    _roll_back(self.codedeploy_backend, deployment, "MANUAL_STOP", "somebody stopped it")
    return ActionResult({"status": "Succeeded", "statusMessage": "stopped"})


def _advance(backend: CodeDeployBackend, deployment: DeploymentInfo) -> None:
    function = _function(deployment.revision)
    if deployment.status == "Created":
        deployment.status = "InProgress"
        share = _share(str(deployment.deployment_config_name))
        if share < 1:
            weights = {"AdditionalVersionWeights": {function["TargetVersion"]: share}}
            _move(backend, function, function["CurrentVersion"], weights)
    elif deployment.status == "InProgress":
        if firing := _firing(backend, deployment):
            reason = f"Alarms have been activated: {', '.join(firing)}"
            _roll_back(backend, deployment, "ALARM_ACTIVE", reason)
        else:
            deployment.status = "Succeeded"
            _move(backend, function, function["TargetVersion"], {})


def _roll_back(
    backend: CodeDeployBackend, deployment: DeploymentInfo, code: str, message: str
) -> None:
    deployment.status = "Stopped"
    function = _function(deployment.revision)
    _move(backend, function, function["CurrentVersion"], {})
    back = copy.copy(deployment)
    back.deployment_id = str(uuid.uuid4())
    back.creator = "codeDeployRollback"
    back.status = "Succeeded"
    backend.deployments[back.deployment_id] = back
    OUTCOMES[deployment.deployment_id] = {
        "errorInformation": {"code": code, "message": message},
        "rollbackInfo": {"rollbackDeploymentId": back.deployment_id},
    }


def _firing(backend: CodeDeployBackend, deployment: DeploymentInfo) -> list[str]:
    """Alarms of the group that are in alarm, unless this deployment does without them."""
    watched: Any = deployment.override_alarm_configuration
    watched = watched or deployment.deployment_group.alarm_configuration or {}
    if not watched.get("enabled"):
        return []
    alarms = cloudwatch_backends[backend.account_id][backend.region_name].alarms
    names = [alarm["name"] for alarm in watched["alarms"]]
    return [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]


def _share(config: str) -> float:
    """Of the traffic, which meets the new version first."""
    if config == "CodeDeployDefault.LambdaAllAtOnce":
        return 1.0
    routing = CONFIGS[config]["trafficRoutingConfig"]
    return float(routing["timeBasedCanary"]["canaryPercentage"]) / 100


def _move(
    backend: CodeDeployBackend, function: dict[str, str], version: str, routing: dict[str, Any]
) -> None:
    alias = _lambda(backend).get_alias(function["Alias"], function["Name"])
    alias.function_version = version
    alias.routing_config = routing


def _lambda(backend: CodeDeployBackend) -> Any:
    return lambda_backends[backend.account_id][backend.region_name]


def _function(revision: dict[str, Any]) -> dict[str, str]:
    """The only function that an AppSpec names, with its alias and both versions."""
    specification = json.loads(revision["appSpecContent"]["content"])
    (resource,) = specification["Resources"]
    (function,) = resource.values()
    assert function["Type"] == "AWS::Lambda::Function"
    properties: dict[str, str] = function["Properties"]
    return properties


def _group(self: CodeDeployResponse) -> DeploymentGroup:
    name = self._get_param("deploymentGroupName") or self._get_param("currentDeploymentGroupName")
    return self.codedeploy_backend.get_deployment_group(self._get_param("applicationName"), name)


_original_create = CodeDeployResponse.create_deployment
_original_get = CodeDeployResponse.get_deployment
_original_group = CodeDeployResponse.get_deployment_group

ACTIONS: dict[str, Callable[[CodeDeployResponse], ActionResult]] = {
    action.__name__: action
    for action in (
        create_deployment,
        create_deployment_config,
        delete_application,
        delete_deployment_config,
        delete_deployment_group,
        get_deployment,
        get_deployment_config,
        get_deployment_group,
        stop_deployment,
        update_deployment_group,
    )
}
