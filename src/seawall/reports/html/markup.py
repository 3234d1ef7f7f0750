"""Text made safe for HTML, and the small pieces that every section is made of."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from seawall.model import Cost, Severity
from seawall.reports.table.problems import COSTS
from seawall.safe.terminal import printable

SEVERITIES = tuple(reversed(Severity))
MOST_NAMES = 6


def esc(text: str) -> str:
    """`text` for a page, in an element or between quotes: names are chosen by strangers."""
    return html.escape(printable(text)) if text else ""


def word(severity: Severity) -> str:
    return "unscored" if severity is Severity.UNKNOWN else str(severity)


def badge(severity: Severity) -> str:
    return f'<span class="sev {word(severity)}">{word(severity)}</span>'


def cost(value: Cost, one_way: bool = False) -> str:
    way = ' <span class="oneway">one-way</span>' if one_way else ""
    return f'<span class="cost {value!s}">{COSTS[value]}{way}</span>'


def bar(parts: Iterable[tuple[str, int]], name: str = "bar") -> str:
    """A stacked bar of (class, number); it says nothing that is not said beside it."""
    told = [(kind, number) for kind, number in parts if number]
    whole = sum(number for _, number in told) or 1
    pieces = "".join(f'<i class="{kind}" style="width:{100 * number / whole:.2f}%"></i>' for kind, number in told)
    return f'<div class="{name}" aria-hidden="true">{pieces}</div>'


def severities(numbers: Mapping[Severity, int]) -> list[tuple[str, int]]:
    return [(word(severity), numbers.get(severity, 0)) for severity in SEVERITIES]


def names(all_names: Sequence[str], most: int = MOST_NAMES) -> str:
    """The first names, the others behind a word that opens them."""
    shown = ", ".join(map(esc, all_names[:most]))
    if len(all_names) <= most:
        return shown
    rest = ", ".join(map(esc, all_names[most:]))
    return f'{shown}<details class="more"><summary>and {len(all_names) - most:,} more</summary>{rest}</details>'


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def link(url: str, text: str = "") -> str:
    """A link where the address is one of the web; else only its text."""
    shown = esc(text or url)
    return f'<a href="{esc(url)}" rel="noreferrer noopener">{shown}</a>' if url.startswith("https://") else shown


def section(key: str, title: str, lead: str, body: str) -> str:
    """A section with its heading; `lead` and `body` are HTML. Nothing where there is no body."""
    intro = f'<p class="lead">{lead}</p>\n' if lead else ""
    return f'<section id="{key}">\n<h2>{title}</h2>\n{intro}{body}\n</section>\n' if body else ""


def table(head: Sequence[str], rows: Iterable[str], name: str = "flat") -> str:
    """A table; a heading that begins with # is of numbers. `rows` are HTML from `<tr>` on."""
    cells = "".join(f'<th class="num">{each[1:]}</th>' if each[:1] == "#" else f"<th>{each}</th>" for each in head)
    body = "\n".join(rows)
    head_row = f"<thead><tr>{cells}</tr></thead>"
    return f'<div class="scroll"><table class="{name}">{head_row}\n<tbody>\n{body}\n</tbody></table></div>'
