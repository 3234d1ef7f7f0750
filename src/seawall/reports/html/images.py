"""What is known of one image: what it gives to whoever breaks in, what it runs, what it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from seawall.model import ImageCoverage, Points, Started
from seawall.reports.html.markup import bar, count, esc, names

COLOURS = 6


def image(told: ImageCoverage) -> str:
    rest = " · ".join(part for part in (told.distro, told.platform, count(told.layers, "layer")) if part)
    facts = "".join(f"<dt>{name}</dt><dd>{fact}</dd>" for name, fact in _facts(told))
    return (
        f"{count(told.packages, 'package')}, {told.matched:,} judged<small>{esc(rest)}</small>"
        f'<dl class="facts">{facts}</dl>'
    )


def _facts(told: ImageCoverage) -> Iterator[tuple[str, str]]:
    """Name and fact, in HTML."""
    yield "exploitability", _exploitability(told)
    if told.trace:
        yield "runs", _runs(told.trace)
    if told.base:
        name = esc(told.base.name) or "not named"
        came = f"{told.from_base:,} of {count(told.packages, 'package')} came with it"
        if not told.base.layers:
            came = "which packages came with it is not known"
        yield "base image", f"{name} <small>by {esc(told.base.why)}; {came}</small>"
    if told.attached:
        kinds = sorted(Counter(each.kind for each in told.attached).items())
        numbers = ", ".join(f"{number:,} {esc(kind)}" for kind, number in kinds)
        listed = "".join(f"<li>{esc(each.kind)}: {esc(each.type)} {esc(each.digest)}</li>" for each in told.attached)
        yield "attached", f"{numbers} <small>no signature was checked</small>{_fold('which', listed)}"


def _exploitability(told: ImageCoverage) -> str:
    """The score, its parts as a bar, and behind a fold why each part is there."""
    if told.exploitability is None:
        return '<span class="soft">not known: its files were not read</span>'
    parts = [(f"v{number % COLOURS}", each) for number, each in enumerate(told.points)]
    coloured = bar([(kind, each.points) for kind, each in parts], "mini") if parts else ""
    rows = "".join(_points(kind, each) for kind, each in parts)
    return f'<div class="score"><b>{told.exploitability:,}</b>{coloured}</div>{_fold("what adds to it", rows)}'


def _points(kind: str, points: Points) -> str:
    why = f" <small>{names(points.why)}</small>" if points.why else ""
    return f'<li class="{kind}"><b>{points.points:+,}</b> {esc(points.what)}{why}</li>'


def _runs(trace: Started) -> str:
    """`/usr/sbin/nginx via /bin/sh`, and behind a fold each program with who runs it."""
    main, start = (
        names(list(dict.fromkeys(f"/{run.path}" for run in trace.runs if run.phase == phase)))
        for phase in ("main", "start")
    )
    via = f" <small>via {start}</small>" if start else ""
    rows = "".join(
        f"<li><code>{esc(' '.join(run.command) or f'/{run.path}')}</code><small>{esc(run.why)}</small></li>"
        for run in trace.runs
    )
    return f"{main or 'not known'}{via}{_fold('in order', rows)}{_unknown(trace.unknown)}"


def _unknown(sentences: Sequence[str]) -> str:
    return f'<small class="warn">not followed: {names(sentences, 1)}</small>' if sentences else ""


def _fold(title: str, items: str) -> str:
    return f'<details class="more"><summary>{title}</summary><ul>{items}</ul></details>' if items else ""
