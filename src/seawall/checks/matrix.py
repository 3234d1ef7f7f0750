"""The matrix of a fleet: its settings, who has which value, which is the weaker, and what aligning costs."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.checks.check import Price
from seawall.checks.groups import Fleet
from seawall.checks.sides import Side, alignment, differing, odd_one_out, shared, sides, values_like
from seawall.model import Change, Cost, FleetGroup, FleetMember, FleetSetting, FleetValue
from seawall.model.paths import all_paths


def matrix(fleet: Fleet, price: Price, *, everything: bool = False) -> FleetGroup:
    """The settings of SETTINGS that differ, and those that some members fail and others do not; with `everything`,
    every setting of the model, be it each cluster's own or the same in all."""
    paths = shared(fleet)
    paths = (*paths, *(path for path in all_paths() if path not in paths)) if everything else paths
    settings = [_setting(path, sides(fleet, path), price) for path in paths]
    return FleetGroup(
        name=fleet.name,
        clusters=tuple(
            FleetMember(name=member.cluster.name, environment=member.environment) for member in fleet.members
        ),
        compared=len(settings),
        differ=sum(setting.differs for setting in settings),
        settings=tuple(setting for setting in settings if everything or setting.differs),
    )


def _setting(path: str, found: Sequence[Side], price: Price) -> FleetSetting:
    differs = differing(found)
    model = alignment(found)[1] if differs else None
    odd = odd_one_out(found)
    return FleetSetting(
        path=path,
        differs=differs,
        values=tuple(_value(side, model, path, price) for side in found),
        align_to=model.value if model else "",
        odd_one_out=odd.cluster.name if odd else "",
    )


def _value(side: Side, model: Side | None, path: str, price: Price) -> FleetValue:
    changes: list[Change] = []
    if model and side.value and side is not model:
        sets = values_like(model, path)
        changes = [price(member.cluster, sets, tool=member.cluster.tool) for member in side.members]
    costs = {change.cost for change in changes}
    return FleetValue(
        value=side.value or None,
        clusters=tuple(member.cluster.name for member in side.members),
        weaker=side.weaker,
        # as with one change of many parts: a new cluster settles what the others would cost
        cost=Cost.NEW_CLUSTER if Cost.NEW_CLUSTER in costs else max(costs, default=None),
        one_way=any(change.one_way for change in changes),
    )
