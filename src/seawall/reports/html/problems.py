"""Failed checks, a fold for each, and vulnerable packages, a row for each; the filters work on both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seawall.model import Change, Cost, Finding, Outdated, PackageRef, Severity, Status
from seawall.reports.html.markup import SEVERITIES, badge, cost, count, esc, link, section, table, word
from seawall.reports.table.problems import COSTS, remedy

MOST_IDS = 4
KINDS = {
    "cluster": "clusters",
    "pool": "node pools",
    "fleet": "fleets",
    "image": "images",
    "dockerfile": "Dockerfiles",
}


def checks(findings: Sequence[Finding]) -> str:
    """A fold for each check and severity, the worst first."""
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in findings:
        if finding.package is None and finding.status is Status.FAIL:
            groups.setdefault((finding.rule, finding.severity), []).append(finding)
    lead = "The worst first. Each opens to where it is found, and to the command that mends it."
    return section("problems", "Problems", lead, "\n".join(map(_check, groups.values())))


def filters(findings: Sequence[Finding], outdated: Sequence[Outdated] = ()) -> str:
    """The bar of filters, shown only where the script runs; it is for what is waived, too."""
    failed = [finding for finding in findings if finding.status is Status.FAIL or finding.waived]
    if not failed and not outdated:
        return ""
    there = {finding.severity for finding in failed}
    chips = "".join(
        f'<button type="button" class="chip {word(each)}" data-s="{word(each)}" aria-pressed="true">'
        f"{word(each)}</button>"
        for each in SEVERITIES
        if each in there
    )
    kinds = {finding.subject.kind for finding in failed} | ({"image"} if outdated else set())
    costs = {finding.change.cost for finding in failed if finding.change}
    kind = _select("kind", "everything", [(each, KINDS.get(each, each)) for each in sorted(kinds)])
    price = _select("cost", "any cost", [(str(each), COSTS[each]) for each in sorted(costs)])
    return (
        '<div class="filters card" role="search">'
        '<input type="search" placeholder="Search: a cluster, a setting, CVE-2021-44228…" aria-label="Search">'
        f"{chips}{kind}{price}"
        '<span class="tools"><small id="shown" role="status"></small>'
        '<button type="button" class="all">Open all</button></span></div>\n'
    )


def _select(name: str, every: str, choices: Sequence[tuple[str, str]]) -> str:
    if len(choices) < 2:
        return ""
    options = "".join(f'<option value="{esc(value)}">{esc(text)}</option>' for value, text in choices)
    return f'<select name="{name}" aria-label="{name}"><option value="">{every}</option>{options}</select>'


def _check(found: Sequence[Finding]) -> str:
    first = found[0]
    costs = {_priced(finding.change) for finding in found}
    worst = max(costs)
    messages = {finding.message for finding in found}
    price = cost(Cost(worst[0]), worst[1]) if worst[0] >= 0 else ""
    title = first.title.rstrip(".") or first.rule
    refs = " · ".join(link(ref) for ref in first.refs if ref.startswith("https://"))
    told = f"<p>{esc(first.message)}</p>" if len(messages) == 1 else ""
    notes = {finding.change.note for finding in found if finding.change and finding.change.note}
    note = f'<p class="soft">{esc(notes.pop())}</p>' if len(notes) == 1 else ""
    mends = any(finding.change for finding in found)
    rows = (_row(finding, said=len(messages) == 1, costs=len(costs), mends=mends) for finding in found)
    place = "instruction" if first.subject.kind == "dockerfile" else "setting"
    head = (
        "where",
        "what is wrong" if len(messages) > 1 else place,
        *(["cost"] if len(costs) > 1 else []),
        *(["how to mend it"] if mends else []),
    )
    return (
        f'<details class="g f card" data-s="{word(first.severity)}"><summary>{badge(first.severity)}'
        f'<span class="title">{esc(title)} <small class="mono">{esc(first.rule)}</small></span>'
        f'<span class="side"><span><span class="n"></span>{esc(_number(found))}</span>{price}</span></summary>\n'
        f'<div class="body">{told}{note}{table(head, rows)}'
        f"<small>{refs}{' · ' if refs else ''}<code>seawall explain {esc(first.rule)}</code></small></div></details>"
    )


def _number(found: Sequence[Finding]) -> str:
    """`3 clusters`, `4 findings, 1 Dockerfile`."""
    subjects = {finding.subject for finding in found}
    kinds = {finding.subject.kind for finding in found}
    kind = KINDS.get(kinds.pop(), "subjects").removesuffix("s") if len(kinds) == 1 else "subject"
    several = f"{count(len(found), 'finding')}, " if len(subjects) < len(found) else ""
    return several + count(len(subjects), kind)


def _priced(change: Change | None) -> tuple[int, bool]:
    """To sort by: a new cluster is worse than an unknown cost; -1 for no change."""
    if change is None:
        return -1, False
    return int(change.cost), change.one_way


def _row(finding: Finding, *, said: bool, costs: int, mends: bool) -> str:
    subject, change = finding.subject, finding.change
    location = str(finding.location or "")
    owner, _, pool = subject.name.rpartition("/") if subject.kind == "pool" else (subject.name, "", "")
    who = f"{esc(owner)}<small>pool {esc(pool)}</small>" if pool else esc(subject.name)
    if subject.kind == "dockerfile" and location:
        who, location = f'<span class="mono">{esc(location)}</span>', ""
    place = " · ".join(part for part in (finding.field, location) if part)
    what = f"<small>{esc(place)}</small>" if said else f"{esc(finding.message)}<small>{esc(place)}</small>"
    price = f"<td>{cost(change.cost, change.one_way) if change else ''}</td>" if costs > 1 else ""
    mend = ""
    if change:
        mend = f"<code>{esc(change.command)}</code>" if change.command else f"<small>{esc(change.note)}</small>"
    given = f' data-c="{change.cost!s}"' if change else ""
    return (
        f'<tr class="r" data-k="{esc(subject.kind)}"{given}><td class="who">{who}</td>'
        f'<td class="what">{what}</td>{price}{f"<td>{mend}</td>" if mends else ""}</tr>'
    )


def packages(findings: Sequence[Finding]) -> str:
    """A fold for each image, a row for each vulnerable package in it."""
    images: dict[str, dict[tuple[str, str, str], list[Finding]]] = {}
    for finding in findings:
        if finding.package and finding.status is Status.FAIL:
            package = finding.package
            key = (package.purl, package.name, package.version)
            images.setdefault(finding.subject.name, {}).setdefault(key, []).append(finding)
    lead = "A row for each package, the worst first: what to upgrade to mends every flaw that has a fix."
    body = "\n".join(_image(name, list(flawed.values())) for name, flawed in images.items())
    return section("vulnerabilities", "Vulnerable packages", lead, f'<div class="holder">{body}</div>' if body else "")


def _image(name: str, flawed: Sequence[Sequence[Finding]]) -> str:
    worst = max(flaw.severity for flaws in flawed for flaw in flaws)
    flaws = sum(map(len, flawed))
    rows = map(_package, flawed)
    head = ("severity", "package", "remedy", "vulnerabilities", "layer")
    opened = " open" if len(flawed) <= 40 else ""
    return (
        f'<details class="g f card" data-k="image"{opened}><summary>{badge(worst)}'
        f'<span class="title">{esc(name)}</span>'
        f'<span class="side"><span><span class="n"></span>{count(len(flawed), "package")}</span>'
        f"<span>{count(flaws, 'vulnerability').replace('vulnerabilitys', 'vulnerabilities')}</span></span></summary>\n"
        f'<div class="body">{table(head, rows)}</div></details>'
    )


def _package(flaws: Sequence[Finding]) -> str:
    package = flaws[0].package
    assert package is not None
    worst = max(flaw.severity for flaw in flaws)
    ids = list(_ids(flaws))
    more = ""
    if len(ids) > MOST_IDS:
        rest = " ".join(ids[MOST_IDS:])
        more = f'<details class="more"><summary>and {len(ids) - MOST_IDS:,} more</summary>{rest}</details>'
    return (
        f'<tr class="r" data-s="{word(worst)}"><td>{badge(worst)}</td>'
        f'<td class="who">{esc(package.name)} <span class="soft">{esc(package.version)}</span>'
        f"<small>{esc(package.path)}</small></td><td>{esc(remedy(list(flaws)))}</td>"
        f'<td class="what">{" ".join(ids[:MOST_IDS])}{more}</td><td>{_brought(package)}</td></tr>'
    )


def _brought(package: PackageRef) -> str:
    """By the base image or by what was built on it, where that is known, and in which layer."""
    marks = {
        True: '<span class="tag base">base image</span> ',
        False: '<span class="tag">built on it</span> ',
        None: "",
    }
    layer = package.layer.removeprefix("sha256:")[:12]
    return f'{marks[package.from_base]}<small class="mono">{esc(layer)}</small>'


def _ids(flaws: Sequence[Finding]) -> Iterator[str]:
    for flaw in flaws:
        url = next((ref for ref in flaw.refs if ref.startswith("https://")), "")
        marks = '<span class="tag kev">exploited</span> ' if flaw.kev else ""
        if flaw.epss is not None and flaw.epss >= 0.01:
            marks += f'<span class="tag">EPSS {flaw.epss:.0%}</span> '
        scored = f" ({flaw.scored_by})" if flaw.scored_by else ""
        title = esc(f"{word(flaw.severity)}{scored}: {flaw.title}")
        yield f'<span title="{title}">{link(url, flaw.rule) if url else esc(flaw.rule)}</span> {marks}'.rstrip()
