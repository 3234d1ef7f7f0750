"""The way from a cluster as it is to one that passes: steps in order, or a replacement and the move to it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seawall.model.cluster import Cluster
from seawall.model.finding import Cost, Tool
from seawall.model.location import NotAssessed


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, all of it before the next.

    `commands` are for a shell; words in capitals are for the reader to fill in. `diff` is the change of a Terraform
    configuration, `terraform` what to know about making it. `reimages` counts how often nodes are
    rebuilt by it. `before` is what to check first, `breaks` what does not work meanwhile, `after` what to do once
    it is done. `rollback` says "no way back" where there is none. `mends` holds ids of checks, `why` the title of the
    step that needs this one where no check asks for it. `sets` is what is different afterwards, by path; the settings
    of a pool are written `pools[NAME].setting`.
    """

    id: str
    title: str
    commands: tuple[str, ...] = ()
    terraform: tuple[str, ...] = ()
    diff: tuple[str, ...] = ()
    cost: Cost = Cost.IN_PLACE
    one_way: bool = False
    reimages: int = 0
    before: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    rollback: str = ""
    mends: tuple[str, ...] = ()
    why: str = ""
    sets: Mapping[str, object] = {}


class Item(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something in the old cluster that has to move. `group` says with what: workloads, volumes, secrets…"""

    group: str
    kind: str
    namespace: str
    name: str
    note: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The way there. `rebuild` holds the reasons for a new cluster; empty: the cluster is repaired where it is.

    `replacement` is the new cluster where one is needed; `differs` its settings that are not those of the old one, with
    the reason, `code` what makes it: file name -> text. `mends` and `left` are ids of checks, the latter each with the
    reason why it is not in the plan. `inventory` is what has to move; `manifests`: it was looked for.
    """

    cluster: Cluster
    tool: Tool = Tool.AZ
    steps: tuple[Step, ...] = ()
    mends: tuple[str, ...] = ()
    left: Mapping[str, str] = {}
    rebuild: tuple[str, ...] = ()
    replacement: Cluster | None = None
    differs: Mapping[str, str] = {}
    inventory: tuple[Item, ...] = ()
    manifests: bool = False
    code: Mapping[str, str] = {}
    not_assessed: tuple[NotAssessed, ...] = ()

    @property
    def reimages(self) -> int:
        """How often nodes are rebuilt."""
        return sum(step.reimages for step in self.steps)

    @property
    def one_way_doors(self) -> int:
        """How many steps cannot be undone."""
        return sum(step.one_way for step in self.steps)

    @property
    def new_pools(self) -> int:
        """How many steps replace node pools."""
        return sum(step.cost is Cost.NEW_POOL for step in self.steps)
