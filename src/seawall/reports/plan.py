"""A migration plan, for people and for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from seawall.model import Cluster, Cost, Item, Plan, Step, is_known, known
from seawall.model.paths import GROUPS, get
from seawall.reports.encoding import pretty
from seawall.reports.plan_document import document, way
from seawall.reports.style import PLAIN, Style
from seawall.safe.terminal import printable
from seawall.version import __version__

WIDTH = 100

_COSTS = {
    Cost.IN_PLACE: "nothing",
    Cost.RESTART: "an API server restart",
    Cost.REIMAGE: "every node rebuilt",
    Cost.NEW_POOL: "new node pools",
    Cost.NEW_CLUSTER: "a new cluster",
    Cost.UNKNOWN: "not known",
}

_ORDER = (
    *("identities", "namespaces", "access", "policies", "custom resources", "secrets", "configuration"),
    *("volumes", "workloads", "autoscaling", "disruption budgets", "certificates", "addresses", "dns"),
)
"""The groups of what has to move, in the order in which they move."""


def text(plan: Plan, style: Style = PLAIN) -> str:
    """The plan for people: what it comes to, then numbered steps."""
    lines = [
        *_head(plan, style),
        *_steps(plan, style),
        *_settings(plan, style),
        *_code(plan, style),
        *_inventory(plan, style),
        *_not_assessed(plan, style),
        *_left(plan, style),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def json(plan: Plan, _style: Style = PLAIN) -> str:
    """The plan for programs: the same, with every setting of a replacement that is known."""
    new = plan.replacement
    told = {path: value for path, value in _known(new) if not path.startswith("pools[")} if new else {}
    return pretty(document(plan, __version__, told))


def total(plan: Plan) -> str:
    """What the plan comes to: `3 reimages, 2 one-way doors, no new cluster`."""
    if plan.rebuild:
        return f"a new cluster, and the move to it in {_count(len(plan.steps), 'step')}"
    parts = [_count(plan.reimages, "reimage"), _count(plan.one_way_doors, "one-way door")]
    parts += [_count(plan.new_pools, "step") + " with new node pools"] if plan.new_pools else []
    return ", ".join([*parts, "no new cluster"])


def _head(plan: Plan, style: Style) -> Iterator[str]:
    name = printable(plan.cluster.name)
    verdict = {
        "rebuild": f"{name}: rebuild",
        "repair": f"{name}: repair in place, in {_count(len(plan.steps), 'step')}",
        "nothing": f"{name}: nothing to do",
    }[way(plan)]
    yield style.paint(verdict, "title")
    if plan.steps:
        yield f"  comes to: {total(plan)}"
        yield from _wrapped("  mends: ", ", ".join(plan.mends) or "no check; it makes the changes asked for")
    for reason in plan.rebuild:
        yield from _wrapped("  because ", reason)
    if plan.steps:
        yield "  Words in CAPITALS in a command are yours to fill in."


def _steps(plan: Plan, style: Style) -> Iterator[str]:
    for number, step in enumerate(plan.steps, 1):
        yield ""
        yield style.paint(f"{number}. {printable(step.title)}", "title")
        if not plan.rebuild or step.one_way:
            yield from _wrapped("   costs: ", _cost(step))
        if step.mends:
            yield from _wrapped("   mends: ", ", ".join(step.mends))
        if step.why:
            yield from _wrapped("   needed: ", step.why)
        for label, sentences in (("before", step.before), ("breaks", step.breaks)):
            for sentence in sentences:
                yield from _wrapped(f"   {label}: ", sentence)
        for line in step.terraform:
            yield from _wrapped("   terraform: ", line)
        yield from (f"     {printable(line)}" for line in step.diff)
        yield from (f"     {printable(command)}" for command in step.commands)
        for sentence in step.after:
            yield from _wrapped("   then: ", sentence)
        for sentence in step.verify:
            yield f"   verify: {printable(sentence)}"
        yield f"   back: {printable(step.rollback or 'set the old values again')}"


def _cost(step: Step) -> str:
    cost = _COSTS[step.cost]
    return f"{cost}, ONE WAY" if step.one_way else cost


def _settings(plan: Plan, style: Style) -> Iterator[str]:
    if plan.replacement is None:
        return
    yield ""
    yield style.paint(f"The new cluster, {printable(plan.replacement.name)}", "title")
    kept: list[str] = []
    yield "  changed:"
    for path, value in _known(plan.replacement):
        why = plan.differs.get(f"pool.{path.partition('].')[2]}" if path.startswith("pools[") else path)
        if why:
            yield from _wrapped(f"    {path} = ", f"{_shown(value)}   ({why})")
        else:
            kept.append(f"{path} = {_shown(value)}")
    yield "  kept; what is not listed is not known, and left to Azure:"
    yield from _wrapped("    ", "; ".join(kept))


def _code(plan: Plan, style: Style) -> Iterator[str]:
    """Unindented and unwrapped, to be copied."""
    for name, code in plan.code.items():
        yield ""
        yield style.paint(f"The new cluster as code: {printable(name)}", "title")
        yield from (printable(line) for line in code.splitlines())


def _not_assessed(plan: Plan, style: Style) -> Iterator[str]:
    if plan.not_assessed:
        yield ""
        yield style.paint("Not assessed", "title")
    for gap in plan.not_assessed:
        yield from _wrapped("  ", f"{gap.what}, {gap.where}: {gap.why}")


def _inventory(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.rebuild:
        return
    yield ""
    yield style.paint("What has to move, in this order", "title")
    if not plan.manifests:
        yield "  not assessed: inventory. Give --manifests DIR, or the file that step 1 exports"
    elif not plan.inventory:
        yield "  nothing was found in the manifests"
    for group in _ORDER:
        if found := [item for item in plan.inventory if item.group == group]:
            kinds = Counter(item.kind for item in found)
            yield from _wrapped("  ", f"{group}: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))
            for item in found:
                yield from _wrapped("    ", _item(item))


def _item(item: Item) -> str:
    place = f"{item.namespace}/{item.name}" if item.namespace else item.name
    return printable(f"{item.kind} {place}" + (f" ({item.note})" if item.note else ""))


def _left(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.left:
        return
    yield ""
    yield style.paint("Not in this plan", "title")
    by_reason: dict[str, list[str]] = {}
    for rule, why in plan.left.items():
        by_reason.setdefault(why, []).append(rule)
    for why, rules in by_reason.items():
        yield from _wrapped("  ", f"{', '.join(rules)}: {why}")


def _known(cluster: Cluster) -> Iterator[tuple[str, object]]:
    """Every setting that is known, a pool's as `pools[NAME].setting`."""
    for group in GROUPS:
        for name in getattr(cluster, group).__struct_fields__:
            if is_known(value := get(cluster, f"{group}.{name}")):
                yield f"{group}.{name}", value
    for pool in known(cluster.pools):
        for name, value in msgspec.structs.asdict(pool).items():
            if name != "name" and is_known(value):
                yield f"pools[{pool.name}].{name}", value


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _wrapped(label: str, sentence: str) -> Sequence[str]:
    return textwrap.wrap(
        printable(label + sentence),
        WIDTH,
        subsequent_indent=" " * (len(label) - len(label.lstrip()) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
