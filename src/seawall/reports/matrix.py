"""A fleet as columns: clusters of one environment that agree in every setting shown stand in one."""

from __future__ import annotations

import msgspec

from seawall.model import Cost, FleetGroup, FleetSetting, FleetValue


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters of one environment that are alike; `cells` are their values, one for each setting of the group."""

    environment: str
    clusters: tuple[str, ...]
    cells: tuple[FleetValue, ...]

    @property
    def title(self) -> str:
        """The name of the one cluster, or how many there are."""
        return self.clusters[0] if len(self.clusters) == 1 else f"{len(self.clusters):,} clusters"


def columns(group: FleetGroup) -> list[Column]:
    """The columns of a group, in the order of its clusters."""
    held: dict[str, list[int]] = {member.name: [-1] * len(group.settings) for member in group.clusters}
    for row, setting in enumerate(group.settings):
        for number, value in enumerate(setting.values):
            for name in value.clusters:
                if name in held:
                    held[name][row] = number
    alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for member in group.clusters:
        alike.setdefault((member.environment, tuple(held[member.name])), []).append(member.name)
    return [
        Column(
            environment=environment,
            clusters=tuple(names),
            cells=tuple(
                setting.values[number] if number >= 0 else FleetValue(value=None, clusters=())
                for setting, number in zip(group.settings, numbers, strict=True)
            ),
        )
        for (environment, numbers), names in alike.items()
    ]


def cost_to_align(setting: FleetSetting) -> tuple[Cost | None, bool]:
    """The worst that giving every cluster one value costs, and whether some of it cannot be undone."""
    costs = {value.cost for value in setting.values if value.cost is not None}
    worst = Cost.NEW_CLUSTER if Cost.NEW_CLUSTER in costs else max(costs, default=None)
    return worst, any(value.one_way for value in setting.values)
