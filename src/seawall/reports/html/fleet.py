"""The fleet matrix: a table where the clusters fit side by side, bars of values where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from seawall.model import FleetGroup, FleetSetting, FleetValue
from seawall.reports.html.markup import cost, count, esc, names, section
from seawall.reports.matrix import Column, columns, cost_to_align

MOST_COLUMNS = 10
MOST_OPEN = 3

LEGEND = (
    '<p class="legend"><span><i style="background:var(--bad-tint)"></i>▼ the weaker side</span>'
    '<span><i style="background:var(--warn-tint)"></i>not the value to align to</span>'
    "<span><i></i>not known, which is not the same as none</span></p>\n"
)


def fleet(groups: Sequence[FleetGroup]) -> str:
    lead = "Clusters of one system should have the same settings in every environment: what was tested is what runs."
    cards = [_group(group, opened=number < MOST_OPEN) for number, group in enumerate(groups)]
    return section("fleet", "Fleet", lead, LEGEND + "\n".join(cards) if cards else "")


def _group(group: FleetGroup, *, opened: bool) -> str:
    found = f"{group.differ:,} of {count(group.compared, 'setting')} differ"
    head = (
        f'<details class="g card"{" open" if opened else ""}><summary><span class="tag">group</span>'
        f'<span class="title">{esc(group.name)}</span>'
        f'<span class="side"><span>{count(len(group.clusters), "cluster")}</span>'
        f"<span>{found}</span></span></summary>\n"
    )
    if not group.settings:
        return (
            f'{head}<div class="body soft">Every setting that was compared is the same in all clusters.</div></details>'
        )
    grouped = columns(group)
    if len(grouped) <= MOST_COLUMNS:
        return f"{head}{_matrix(group, grouped)}</details>"
    environments = {member.name: member.environment or "no environment" for member in group.clusters}
    return head + "\n".join(_by_value(setting, environments) for setting in group.settings) + "</details>"


def _matrix(group: FleetGroup, grouped: Sequence[Column]) -> str:
    heads = "".join(f"<th>{_environment(each)}<b>{_title(each)}</b></th>" for each in grouped)
    rows = "\n".join(
        f'<tr><td class="mono">{esc(setting.path)}</td>'
        f"{''.join(_cell(each.cells[number], setting) for each in grouped)}<td class=to>{_align(setting)}</td></tr>"
        for number, setting in enumerate(group.settings)
    )
    return (
        f'<div class="scroll"><table class="matrix"><thead><tr><th>setting</th>{heads}<th>to align</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _environment(column: Column) -> str:
    return f'<span class="env">{esc(column.environment or "no environment")}</span>'


def _title(column: Column) -> str:
    return (
        esc(column.title) if len(column.clusters) == 1 else f"{column.title}<small>{names(column.clusters, 3)}</small>"
    )


def _cell(value: FleetValue, setting: FleetSetting) -> str:
    if value.value is None:
        return '<td class="dark">not known</td>'
    if value.weaker:
        return f'<td class="weak">▼ {esc(value.value)}</td>'
    other = setting.differs and value.cost is not None
    return f'<td class="{"other" if other else "same"}">{esc(value.value)}</td>'


def _align(setting: FleetSetting) -> str:
    worst, one_way = cost_to_align(setting)
    if worst is None:
        return ""
    odd = f"<small>the odd one out: {esc(setting.odd_one_out)}</small>" if setting.odd_one_out else ""
    return f"{cost(worst, one_way)} <small>to {esc(setting.align_to)}</small>{odd}"


def _by_value(setting: FleetSetting, environments: dict[str, str]) -> str:
    kinds = list(_classes(setting))
    bars = "".join(
        f'<i class="{kind}" style="width:{100 * len(value.clusters) / max(len(environments), 1):.2f}%"></i>'
        for kind, value in zip(kinds, setting.values, strict=True)
    )
    items = "".join(
        f'<li class="{kind}"><b>{esc(value.value or "not known")}</b>{" ▼ weaker" if value.weaker else ""} '
        f"{len(value.clusters):,} <small>{_split(value, environments)}</small></li>"
        for kind, value in zip(kinds, setting.values, strict=True)
    )
    who = "".join(
        f"<p><b>{esc(value.value or 'not known')}</b>{' ▼' if value.weaker else ''}: "
        f"{', '.join(map(esc, value.clusters))}</p>"
        for value in setting.values
    )
    return (
        f'<div class="values"><div><b class="mono">{esc(setting.path)}</b><span>{_align(setting)}</span></div>'
        f'<div class="bar" aria-hidden="true">{bars}</div><ul>{items}</ul>'
        f'<details class="more"><summary>which clusters</summary>{who}</details></div>'
    )


def _classes(setting: FleetSetting) -> Iterator[str]:
    plain = 0
    for value in setting.values:
        if value.value is None or value.weaker:
            yield "dark" if value.value is None else "worse"
        else:
            yield f"v{plain % 6}"
            plain += 1


def _split(value: FleetValue, environments: dict[str, str]) -> str:
    places = Counter(environments.get(name, "") for name in value.clusters)
    return ", ".join(f"{number:,} {esc(place)}" for place, number in places.items())
