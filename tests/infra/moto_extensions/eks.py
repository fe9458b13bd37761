"""What moto lacks of EKS: add-ons, Pod Identity associations and access entries."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

import moto.ec2.models.launch_templates
import moto.eks.responses
import moto.eks.urls

from infra.moto_extensions.common import (
    ACCOUNT,
    Answer,
    Call,
    Store,
    document,
    not_found,
    rest,
)

# The name of one object of a kind in an answer.
SINGULAR = {
    "addons": "addon",
    "pod-identity-associations": "association",
    "access-entries": "accessEntry",
}
PLURAL = {
    "addons": "addons",
    "pod-identity-associations": "associations",
    "access-entries": "accessEntries",
}
KINDS = "|".join(SINGULAR)
STORES = {kind: Store() for kind in SINGULAR}
# (cluster, principal) -> the policies of an access entry.
POLICIES: dict[tuple[str, str], list[dict[str, Any]]] = {}


def extend() -> None:
    """Add the routes to those of moto, and let it keep what clusters are created with."""
    _remember_dropped()
    _separate_tags()
    collection = rf"{{0}}/clusters/(?P<name>[^/]+)/(?P<kind>{KINDS})"
    moto.eks.urls.url_paths.update(
        {
            "{0}/addons/supported-versions$": rest(versions),
            rf"{collection}$": rest(collect),
            rf"{collection}/(?P<key>.+)$": rest(one),
        }
    )


def versions(call: Call) -> Answer:
    """Each add-on has one version, which is the default of every cluster."""
    version = {
        "addonVersion": "v1.0.0-eksbuild.1",
        "architecture": ["amd64", "arm64"],
        "compatibilities": [
            {
                "clusterVersion": call.first("kubernetesVersion", "1.33"),
                "platformVersions": ["*"],
                "defaultVersion": True,
            }
        ],
    }
    name = call.first("addonName", "vpc-cni")
    return document({"addons": [{"addonName": name, "addonVersions": [version]}]})


def collect(call: Call) -> Answer:
    """List the objects of a kind, or make one."""
    _, cluster, kind = call.path
    if call.method == "GET":
        return document({PLURAL[kind]: STORES[kind].of(cluster)})
    key, found = CREATE[kind](call, cluster)
    now = int(time.time())
    found |= {"tags": call.body.get("tags") or {}, "createdAt": now, "modifiedAt": now}
    STORES[kind].objects[cluster, key] = found
    return document({SINGULAR[kind]: found})


def one(call: Call) -> Answer:
    """Read, change or delete an object."""
    _, cluster, kind, *rest_of_path = call.path
    # A principal's ARN has slashes of its own, so no pattern tells a route below it from the rest.
    if "access-policies" in rest_of_path:
        return policies(call)
    key = "/".join(rest_of_path).removesuffix("/update")
    objects = STORES[kind].objects
    if (cluster, key) not in objects:
        return not_found(f"No {kind} found for: {key}.")
    if call.method == "DELETE":
        found = objects.pop((cluster, key))
        for arn in found.get("podIdentityAssociations", []):
            STORES["pod-identity-associations"].objects.pop((cluster, arn.rpartition("/")[2]))
        return document({SINGULAR[kind]: found})
    if call.method == "POST":
        objects[cluster, key] |= {k: v for k, v in call.body.items() if k in objects[cluster, key]}
    return document({SINGULAR[kind]: objects[cluster, key]})


def policies(call: Call) -> Answer:
    """The policies of an access entry."""
    _, cluster, _, *rest_of_path = call.path
    principal, _, policy = "/".join(rest_of_path).partition("/access-policies")
    associated = POLICIES.setdefault((cluster, principal), [])
    if call.method == "POST":
        now = int(time.time())
        entry = {
            "policyArn": call.body["policyArn"],
            "accessScope": call.body["accessScope"],
            "associatedAt": now,
            "modifiedAt": now,
        }
        associated.append(entry)
        return document(
            {"clusterName": cluster, "principalArn": principal, "associatedAccessPolicy": entry}
        )
    if call.method == "DELETE":
        associated[:] = [kept for kept in associated if kept["policyArn"] != policy[1:]]
        return document({})
    return document(
        {"clusterName": cluster, "principalArn": principal, "associatedAccessPolicies": associated}
    )


def _addon(call: Call, cluster: str) -> tuple[str, dict[str, Any]]:
    name = call.body["addonName"]
    associations = []
    for identity in call.body.get("podIdentityAssociations") or []:
        key, association = _association(call, cluster, {"namespace": "kube-system", **identity})
        STORES["pod-identity-associations"].objects[cluster, key] = association
        associations.append(association["associationArn"])
    return name, {
        "addonName": name,
        "clusterName": cluster,
        "status": "ACTIVE",
        "addonVersion": call.body.get("addonVersion") or "v1.0.0-eksbuild.1",
        "health": {"issues": []},
        "addonArn": _arn(call, "addon", cluster, name, str(uuid.uuid4())),
        "serviceAccountRoleArn": call.body.get("serviceAccountRoleArn"),
        "configurationValues": call.body.get("configurationValues"),
        "podIdentityAssociations": associations,
    }


def _association(
    call: Call, cluster: str, identity: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    identity = identity or call.body
    key = f"a-{uuid.uuid4().hex[:16]}"
    return key, {
        "clusterName": cluster,
        "namespace": identity["namespace"],
        "serviceAccount": identity["serviceAccount"],
        "roleArn": identity["roleArn"],
        "associationArn": _arn(call, "podidentityassociation", cluster, key),
        "associationId": key,
    }


def _entry(call: Call, cluster: str) -> tuple[str, dict[str, Any]]:
    principal = call.body["principalArn"]
    return principal, {
        "clusterName": cluster,
        "principalArn": principal,
        "kubernetesGroups": call.body.get("kubernetesGroups") or [],
        "accessEntryArn": _arn(call, "access-entry", cluster, "role", str(uuid.uuid4())),
        "username": call.body.get("username") or principal,
        "type": call.body.get("type") or "STANDARD",
    }


def _arn(call: Call, kind: str, *names: str) -> str:
    return f"arn:aws:eks:{call.region}:{ACCOUNT}:{kind}/{'/'.join(names)}"


def _remember_dropped() -> None:
    response: Any = moto.eks.responses.EKSResponse
    create_cluster, create_nodegroup = response.create_cluster, response.create_nodegroup

    def cluster(self: Any) -> Any:
        answer = create_cluster(self)
        found = self.eks_backend.clusters[self._get_param("name")]
        found.access_config = self._get_param("accessConfig")
        found.upgrade_policy = self._get_param("upgradePolicy")
        return answer

    def nodegroup(self: Any) -> Any:
        answer = create_nodegroup(self)
        groups = self.eks_backend.clusters[self._get_param("name")].nodegroups
        found = groups[self._get_param("nodegroupName")]
        found.update_config = self._get_param("updateConfig")
        # moto lets everybody in by a key of its own, unless told otherwise.
        found.remote_access = self._get_param("remoteAccess")
        return answer

    response.create_cluster, response.create_nodegroup = cluster, nodegroup


def _separate_tags() -> None:
    """Keep the tags of a launch template out of what it starts."""
    version: Any = moto.ec2.models.launch_templates.LaunchTemplateVersion
    create = version.__init__

    def started(self: Any, template: Any, number: int, data: dict[str, Any], text: str) -> None:
        tagged = data.get("TagSpecifications", [])
        own = [item for item in tagged if item["ResourceType"] == "launch-template"]
        create(self, template, number, data, text)
        self.data["TagSpecifications"] = [item for item in tagged if item not in own]

    version.__init__ = started


CREATE = {
    "addons": _addon,
    "pod-identity-associations": _association,
    "access-entries": _entry,
}
