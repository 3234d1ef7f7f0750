"""What of Azure to look at: subscriptions, resource groups in them, management groups, or all that the login sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from seawall.errors import UsageError
from seawall.sources.clusters.azure.arm import Arm
from seawall.sources.clusters.azure.calls import DESCENDANTS, SUBSCRIPTIONS

_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_NAME = re.compile(r"[-\w.()]{1,90}")
"""A name of a resource group or the id of a management group:
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look. `resource_groups` narrow `subscriptions`: each is looked for in every one of them."""

    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    everything: bool = False

    def check(self) -> None:
        """Raises UsageError for a scope that names nothing, or nothing that can be."""
        for subscription in self.subscriptions:
            if not _SUBSCRIPTION.fullmatch(f"/subscriptions/{subscription}"):
                hint = "`az account list -o table` shows the ids"
                raise UsageError(f"not the id of a subscription: {subscription!r}", where="--subscription", hint=hint)
        for option, names in (
            ("--resource-group", self.resource_groups),
            ("--management-group", self.management_groups),
        ):
            for name in names:
                if not _NAME.fullmatch(name):
                    raise UsageError(f"not a name: {name!r}", where=option, hint="give the name, not the whole id")
        if self.resource_groups and not self.subscriptions:
            hint = "name the subscription too: --subscription ID"
            raise UsageError("a resource group is in a subscription", where="--resource-group", hint=hint)
        if not (self.subscriptions or self.management_groups or self.everything):
            hint = "say --subscription ID, --management-group ID, or --all"
            raise UsageError("which clusters of Azure?", hint=hint)

    def below(self, subscription: str) -> Iterator[str]:
        """The ids to list the clusters of, in one subscription."""
        whole = f"/subscriptions/{subscription}"
        named = subscription.lower() in map(str.lower, self.subscriptions)
        groups = self.resource_groups if named else ()
        yield from (f"{whole}/resourceGroups/{group}" for group in groups)
        if not groups:
            yield whole


def visible(arm: Arm) -> list[str]:
    """The subscriptions that the login sees. Raises FetchError, InputError."""
    return _ids(arm.items(SUBSCRIPTIONS))


def below(management_group: str, arm: Arm) -> list[str]:
    """The subscriptions below a management group, also those that the login may not read. Raises as `visible`.

    Source: https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants
    """
    return _ids(arm.items(DESCENDANTS, f"/providers/Microsoft.Management/managementGroups/{management_group}"))


def _ids(items: list[dict[str, object]]) -> list[str]:
    found = (_SUBSCRIPTION.fullmatch(str(item.get("id", ""))) for item in items)
    return [match[1].lower() for match in found if match]
