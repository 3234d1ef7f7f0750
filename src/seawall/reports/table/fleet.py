"""The matrix of a fleet: settings by clusters, or by values where there are too many clusters to stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seawall.model import FleetGroup, FleetSetting, FleetValue
from seawall.reports.matrix import Column, cost_to_align
from seawall.reports.matrix import columns as columns_of
from seawall.reports.style import Style
from seawall.reports.table.problems import COSTS
from seawall.reports.table.text import columns, count, cut, listed, pad, wrap
from seawall.safe.terminal import printable

MOST_GROUPS = 6
MOST_COLUMNS = 8
MOST_NAMES = 4
LONGEST = 28
WEAKER = "▼"


def fleet(groups: tuple[FleetGroup, ...], style: Style) -> Iterator[str]:
    shown = groups[: None if style.verbose else MOST_GROUPS]
    for number, group in enumerate(shown):
        if number:
            yield ""
        yield from _group(group, style)
    if len(shown) < len(groups):
        more = sum(group.differ for group in groups[len(shown) :])
        left = count(len(groups) - len(shown), "other group")
        yield from ["", f"… and {left}, with {count(more, 'setting')} that differ; --verbose lists all"]
    marks = {
        f"{WEAKER} the weaker side": any(v.weaker for g in groups for s in g.settings for v in s.values),
        "? not known": any(v.value is None for g in groups for s in g.settings for v in s.values),
    }
    if any(marks.values()):
        yield "  " + "; ".join(text for text, there in marks.items() if there)


def _group(group: FleetGroup, style: Style) -> Iterator[str]:
    found = f"{group.differ} of {count(group.compared, 'setting')} differ among {count(len(group.clusters), 'cluster')}"
    title, *more = wrap(f"matrix of fleet {printable(group.name)}: {found}", style.width, "  ")
    yield style.paint(title, "title")
    yield from more
    if not group.settings:
        return
    if len(grouped := columns_of(group)) <= MOST_COLUMNS:
        lines = list(_columns(group, grouped, style))
        if not style.width or max(columns(plain) for plain, _ in lines) <= style.width:
            yield from (painted for _, painted in lines)
            return
    environments = {member.name: member.environment or "no environment" for member in group.clusters}
    for setting in group.settings:
        yield "  " + "\n".join(wrap(_by_value(setting, environments), style.width, "    "))


def _columns(group: FleetGroup, grouped: list[Column], style: Style) -> Iterator[tuple[str, str]]:
    """Each line without and with its colours."""
    heads = [
        ["", *(cut(printable(column.environment or "-"), LONGEST) for column in grouped), ""],
        ["setting", *(cut(printable(column.title), LONGEST) for column in grouped), "to align"],
    ]
    rows = [
        [printable(setting.path), *(_cell(column.cells[number]) for column in grouped), _align(setting)]
        for number, setting in enumerate(group.settings)
    ]
    widths = [max(map(columns, column)) for column in zip(*heads, *rows, strict=True)]
    for row in (*heads, *rows):
        padded = [pad(cell, width) for cell, width in zip(row, widths, strict=True)]
        painted = [style.paint(cell, "high") if cell.rstrip().endswith(WEAKER) else cell for cell in padded]
        yield "  " + "  ".join(padded).rstrip(), "  " + "  ".join(painted).rstrip()


def _cell(value: FleetValue) -> str:
    text = "?" if value.value is None else cut(printable(value.value), LONGEST)
    return f"{text} {WEAKER}" if value.weaker else text


def _align(setting: FleetSetting) -> str:
    cost, one_way = cost_to_align(setting)
    return "" if cost is None else COSTS[cost] + (", one-way" if one_way else "")


def _by_value(setting: FleetSetting, environments: dict[str, str]) -> str:
    """`network.policy: cilium in 2 clusters (dev 1, prod 1); none ▼ in shop-prod; aligned to cilium: reimages…`."""
    parts = []
    for value in setting.values:
        if len(value.clusters) <= MOST_NAMES:
            who = listed([printable(name) for name in value.clusters], 0)
        else:
            places = Counter(environments.get(name, "") for name in value.clusters)
            split = ", ".join(f"{number:,} {printable(place)}" for place, number in places.items())
            who = f"{count(len(value.clusters), 'cluster')} ({split})"
        parts.append(f"{_cell(value)} in {who}")
    if align := _align(setting):
        parts.append(f"to align to {printable(setting.align_to)}: {align}")
    return f"{printable(setting.path)}: {'; '.join(parts)}"
