"""How clusters that belong together differ: the matrix of settings and clusters, kept as values and who has them."""

from __future__ import annotations

import msgspec

from seawall.model.finding import Cost


class FleetMember(msgspec.Struct, frozen=True, kw_only=True):
    """One cluster of a group; `environment` is "" where it is not known."""

    name: str
    environment: str


class FleetValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a setting and the clusters that have it, in the order of the group.

    `value` is None where it is not known: "none" says that the input says none. `weaker`: another value does better.
    `cost` is what it takes at worst to bring these clusters to the value aligned to, None where there is nothing to do
    or the value is not known; `one_way`: that cannot be undone.
    """

    value: str | None
    clusters: tuple[str, ...]
    weaker: bool = False
    cost: Cost | None = None
    one_way: bool = False


class FleetSetting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a group. `differs`: two values are known. `align_to` is the value to give the others, never a
    weaker one, "" where nothing differs; `odd_one_out` the one cluster that is alone with its value, "" for none."""

    path: str
    differs: bool
    values: tuple[FleetValue, ...]
    align_to: str = ""
    odd_one_out: str = ""


class FleetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters that should agree, the least precious environment first.

    `compared` settings were looked at, `differ` of them differ; `settings` are those, or all where that was asked for.
    """

    name: str
    clusters: tuple[FleetMember, ...]
    compared: int
    differ: int
    settings: tuple[FleetSetting, ...]
