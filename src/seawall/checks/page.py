"""The page of a check, and the table of all of them, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seawall.checks.check import Check, Example, Price
from seawall.checks.frameworks import controls_of
from seawall.checks.gold import GOLD, TODAY
from seawall.checks.plan.rule import Rule
from seawall.checks.run import run
from seawall.model import Cluster, Cost, Image, Unknown
from seawall.model.paths import all_paths, get

_AREAS = {
    "ACC": "Access",
    "ADD": "Add-ons",
    "API": "API server",
    "FLT": "Fleets",
    "IDN": "Identity",
    "NET": "Network",
    "PLN": "Terraform plans",
    "POOL": "Node pools",
    "PRO": "Protection",
    "UPK": "Upkeep",
}


def page(check: Check, cost: Price) -> str:
    """What `seawall explain` prints and docs/checks/ holds. `cost` prices the change of the first failing example."""
    subject = {"pool": "every node pool", "fleet": "clusters of one system", "image": "an image"}.get(
        check.kind, "a cluster"
    )
    parts = [
        f"# {check.id}: {check.title}",
        f"`{check.name}` · severity {check.severity} · asked of {subject}",
        check.doc,
        *_change(check, cost),
        *_examples_section(check),
        *_frameworks(check),
        "## References",
        "\n".join(f"- <{ref}>" for ref in check.refs),
    ]
    return "\n\n".join(parts) + "\n"


def index(checks: Iterable[Check | Rule]) -> str:
    """All checks in one table, by area; each links to its page, `ID.md` in the same folder."""
    lines = ["# Checks", "", "| id | area | severity | what it finds |", "|---|---|---|---|"]
    for check in sorted(checks, key=lambda check: check.id):
        area = "Images" if check.id.startswith("IMG-") else _AREAS.get(check.id.split("-")[1], "")
        lines.append(f"| [{check.id}]({check.id}.md) | {area} | {check.severity} | {check.title} |")
    return "\n".join(lines) + "\n"


def _change(check: Check, cost: Price) -> Iterator[str]:
    example = check.fails[0]
    if not isinstance(example, Cluster):
        return
    yield "## The change and what it costs"
    yield "\n".join(f"- `{path}` = {_word(value)}" for path, value in check.sets.items())
    (finding, *_) = (
        finding for finding in run((example,), (check,), today=TODAY, cost=cost).findings if finding.change
    )
    change = finding.change
    assert change
    lines = [
        "| with | cost | one-way | note |",
        "|---|---|---|---|",
        _row("az", change.cost, change.one_way, change.note),
    ]
    for index, each in enumerate(change.terraform):
        later = change.terraform[index + 1].since if index + 1 < len(change.terraform) else ""
        bounds = " ".join([*([f"from {each.since}"] if each.since else []), *([f"before {later}"] if later else [])])
        one_way = change.one_way and each.cost < Cost.NEW_POOL
        lines.append(_row(f"terraform, azurerm {bounds}" if bounds else "terraform", each.cost, one_way, each.note))
    yield "\n".join(lines)


def _frameworks(check: Check) -> Iterator[str]:
    lines = [f"- `{framework.id}` {control.id}: {control.title}" for framework, control in controls_of(check.id)]
    if lines:
        yield "## Frameworks"
        yield "\n".join(lines)


def _row(tool: str, cost: Cost, one_way: bool, note: str) -> str:
    text = note.replace("|", "\\|").replace("\n", " ")
    return f"| {tool} | {str(cost).replace('_', ' ')} | {'yes' if one_way else 'no'} | {text} |"


def _examples_section(check: Check) -> Iterator[str]:
    if check.kind != "image":  # what it finds is in files: the tests show it
        yield "## Examples"
        yield "\n".join(dict.fromkeys(_examples(check)))


def _examples(check: Check) -> Iterator[str]:
    for verdict, examples in (("passes", check.passes), ("fails", check.fails), ("undecided", check.unknowns)):
        for example in examples:
            yield f"- {verdict}: {_in_words(example)}"


def _in_words(example: Example) -> str:
    """How the example differs from the cluster that passes everything."""
    assert not isinstance(example, Image)
    if isinstance(example, tuple):
        return "; ".join(f"{cluster.name}: {_in_words(cluster)}" for cluster in example)
    changed = [
        f"`{path}` = {_word(get(example, path))}"
        for path in all_paths()
        if not path.startswith("pool.") and get(example, path) != get(GOLD, path)
    ]
    return ", ".join([*changed, *_pools_in_words(example)]) or "the cluster that passes every check"


def _pools_in_words(example: Cluster) -> Iterator[str]:
    pools, gold_pools = example.pools, GOLD.pools
    if isinstance(pools, Unknown) or isinstance(gold_pools, Unknown):
        return
    for pool in pools:
        usual = next((gold for gold in gold_pools if gold.mode == pool.mode), gold_pools[-1])
        for path in all_paths():
            if path.startswith("pool.") and path != "pool.mode" and get(example, path, pool) != get(GOLD, path, usual):
                yield f"`{path}` = {_word(get(example, path, pool))} in pool {pool.name}"


def _word(value: object) -> str:
    match value:
        case Unknown():
            return "not known"
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(map(str, value)) or "none"
        case _:
            return str(value)
