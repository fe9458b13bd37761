"""What moto lacks of ECS: settings of a service, and rolling updates that take time and may fail.

An update is under way when it is first looked at, and over at the second look. It fails as on AWS
when an alarm of the service fires, or when a secret of its tasks has no value; the service then
goes back to the last deployment that was completed, if there is one.
"""

# ruff: noqa: SLF001  # moto has no door for extensions

import json
import uuid
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse as Api
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import secretsmanager_backends

# Parameter of the API -> attribute that an answer is made from.
SETTINGS = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}

_original_register = ApplicationAutoScalingResponse.register_scalable_target
_original_create = Api.create_service
_original_update = Api.update_service
_original_describe = Api.describe_services


def extend() -> None:
    """Put the missing parts around those of moto."""
    for scaling in (register_scalable_target, list_tags_for_resource):
        setattr(ApplicationAutoScalingResponse, scaling.__name__, scaling)
    for method in (create_service, update_service, describe_services):
        setattr(Api, method.__name__, method)


def create_service(self: Api) -> Any:
    answer = _original_create(self)
    service = _services(self, [self._get_param("serviceName")])[0]
    _keep_settings(self, service)
    service.deployments = []
    _deploy(service)
    return answer


def update_service(self: Api) -> Any:
    service = _services(self, [self._get_param("service")])[0]
    before = service.task_definition
    answer = _original_update(self)
    _keep_settings(self, service)
    if service.task_definition != before or self._get_param("forceNewDeployment"):
        _deploy(service)
    return answer


def describe_services(self: Api) -> Any:
    for service in _services(self, self._get_param("services", [])):
        _advance(service)
    return _original_describe(self)


def _services(api: Api, names: list[str]) -> list[Service]:
    found, _ = api.ecs_backend.describe_services(api._get_param("cluster", "default"), names)
    return found


def _keep_settings(api: Api, service: Service) -> None:
    for parameter, attribute in SETTINGS.items():
        if (value := api._get_param(parameter)) is not None:
            vars(service)[attribute] = value


def _deploy(service: Service, **changes: Any) -> None:
    """Begin a deployment of the service's task definition; the older ones are not primary now."""
    for older in service.deployments:
        older["status"] = "ACTIVE"
    name = f"ecs-svc/{uuid.uuid4().int % 10**19}"
    primary = {
        "id": name,
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "runningCount": 0,
        "pendingCount": service.desired_count,
        "failedTasks": 0,
        "createdAt": utcnow(),
        "updatedAt": utcnow(),
        "launchType": service.launch_type,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {name} in progress.",
    }
    service.deployments = [primary | changes, *service.deployments]
    vars(service)["looks"] = 0


def _advance(service: Service) -> None:
    """A second look finds the deployment completed, or failed."""
    primary = service.deployments[0]
    vars(service)["looks"] += 1
    if primary["rolloutState"] != "IN_PROGRESS" or vars(service)["looks"] < 2:
        return
    if reason := _failure(service):
        _fail(service, primary, reason)
        return
    _complete(primary)
    service.running_count, service.pending_count = service.desired_count, 0
    service.deployments = [primary]
    vars(service)["completed"] = primary["taskDefinition"]


def _complete(deployment: dict[str, Any]) -> None:
    deployment["runningCount"], deployment["pendingCount"] = deployment["desiredCount"], 0
    deployment["rolloutState"] = "COMPLETED"
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."


def _fail(service: Service, failed: dict[str, Any], reason: str) -> None:
    failed |= {"pendingCount": 0, "rolloutState": "FAILED", "rolloutStateReason": reason}
    told = f"(service {service.name}) (deployment {failed['id']}) deployment failed: {reason}"
    event = {"id": str(uuid.uuid4()), "createdAt": utcnow(), "message": told}
    service.events = [event, *service.events]
    if completed := vars(service).get("completed"):
        service.task_definition = completed
        _deploy(service)
        _complete(service.deployments[0])


def _failure(service: Service) -> str:
    """Why the tasks do not come into service, if they do not."""
    account, region = service._account_id, service.region_name
    definition = service._backend.describe_task_definition(str(service.task_definition))
    container: dict[str, Any] = definition.container_definitions[0]
    secrets = secretsmanager_backends[account][region]
    for secret in container.get("secrets", []):
        try:
            secrets.get_secret_value(secret["valueFrom"], "", "AWSCURRENT")
        except SecretsManagerClientError:
            return "ECS deployment circuit breaker: tasks failed to start."
    alarms = cloudwatch_backends[account][region].alarms
    names = vars(service).get("deployment_configuration", {}).get("alarms", {}).get("alarmNames")
    if any(alarms[name].state_value == "ALARM" for name in names or ()):
        return "ECS deployment alarms: an alarm was detected."
    return ""


def register_scalable_target(self: ApplicationAutoScalingResponse) -> str:
    answer = _original_register(self)
    arn = json.loads(answer)["ScalableTargetARN"]
    TAGS[arn] = {**TAGS.get(arn, {}), **(self._get_param("Tags") or {})}
    return answer


def list_tags_for_resource(self: ApplicationAutoScalingResponse) -> str:
    return json.dumps({"Tags": TAGS.get(self._get_param("ResourceARN"), {})})


# ARN of a scaling target -> its tags, of which moto keeps none.
TAGS: dict[str, dict[str, str]] = {}
