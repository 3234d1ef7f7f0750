"""The shape of a row of the table: one setting of the model in every format."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from seawall.model import Cost


class Kind(enum.Enum):
    """How a format writes a setting, and what the model makes of it."""

    BOOL = "true or false, also as text"
    BOOL_TEXT = "the text true or false"
    FLAG = "one of two words that mean true and false"
    TEXT = "text"
    ENUM = "one of a few words, in any case"
    NUMBER = "a whole number"
    TEXTS = "a list of texts"
    PRESENT = "an object that is there or not"
    PORTS = "a list of objects with portStart, portEnd and protocol"
    KEYS = "a list of objects with keyData"
    ROLE = "a role assignment"
    LOGS = "the logs of diagnostic settings"
    WINDOWS = "the names of maintenance configurations"


class Replaces(enum.Enum):
    """What azurerm destroys to change an attribute, whatever its values; `costs` knows the conditional ones."""

    NOTHING = "nothing"
    POOL = "the node pool"
    CLUSTER = "the cluster"


AS_ABSENT: Final = object()
"""Left out of a template means the same as left out of Azure's answer."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of the model.

    `path` is the model's; `settings` the ids of the mutability map that the row covers. `arm` is the property's
    dotted path from the resource (from the pool for a pool's), first as ARM writes it, then older names. `none`,
    `yes` and `no` are the words that the format uses for None, True and False; `words` the known values as ARM
    spells them. `absent` is what a body without the property means: a value, `Unknown` with the reason, or a
    function of the other settings of its group; `absent_source` cites why. `created` is what a template that leaves
    the property out creates, where that differs: a value, `Unknown`, or a function of all settings (by group) and the
    API version; `created_source` cites why. `resource` names the kind of child
    resource that holds the setting where the cluster does not.

    `az_create` and `az_update` hold the flags that set it and that unset it, "" where there are none: `{}` stands for
    the value, words in capitals for what the caller must fill in; a text that begins with `az ` is a whole command,
    flags belong to `az aks create|update`, a pool's to `az aks nodepool add|update`. `preview`: the flags need
    the aks-preview extension.

    `terraform` is the attribute of azurerm (from the pool for a pool's), "" where it has none; `terraform_older` are
    the names that it had in older versions. `terraform_values` turns what azurerm writes into what the row's `kind`
    reads; `terraform_kind` is the kind where azurerm's differs. `terraform_absent` is what azurerm makes of a resource
    without the attribute, where that is not `absent`: a value, `Unknown`, or a function of all settings (by group) and
    azurerm's major version; `terraform_source` cites why.

    `cost` is what changing it in place costs at most; `one_way` that it cannot be undone; `by_hand` that nodes follow
    only after a node image upgrade that someone must start.
    """

    path: str
    settings: tuple[str, ...] = ()
    arm: tuple[str, ...]
    kind: Kind
    none: str = ""
    yes: str = ""
    no: str = ""
    words: tuple[str, ...] = ()
    resource: str = ""
    absent: Any | Callable[[Mapping[str, object]], object]
    absent_source: str = ""
    created: Any | Callable[[Mapping[str, Mapping[str, object]], str], object] = AS_ABSENT
    created_source: str = ""
    az_create: tuple[str, str] = ("", "")
    az_update: tuple[str, str] = ("", "")
    preview: bool = False
    terraform: str = ""
    terraform_older: tuple[str, ...] = ()
    terraform_values: Mapping[object, object] = {}
    terraform_kind: Kind | None = None
    terraform_absent: Any | Callable[[Mapping[str, Mapping[str, object]], int], object] = AS_ABSENT
    terraform_source: str = ""
    terraform_replaces: Replaces = Replaces.NOTHING
    meaning: str
    cost: Cost
    one_way: bool = False
    by_hand: bool = False
    constraints: str = ""
    source: str

    @property
    def group(self) -> str:
        """`network` of `network.policy`; `pool` for a pool's setting."""
        return self.path.partition(".")[0]

    @property
    def name(self) -> str:
        """`policy` of `network.policy`."""
        return self.path.partition(".")[2]
