"""What has something newer: a fold for each image, a row for each package. It is no vulnerability."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.model import Outdated
from seawall.reports.html.markup import esc, section, table

MOST_OPEN = 40
HEAD = ("package", "newest of its line", "newest", "offered by")


def outdated(found: Sequence[Outdated] | None) -> str:
    """Nothing where nobody asked."""
    if found is None:
        return ""
    by_image: dict[str, list[Outdated]] = {}
    for each in sorted(found):
        by_image.setdefault(each.image, []).append(each)
    folds = "\n".join(_image(name, entries) for name, entries in by_image.items())
    body = f'<div class="holder">{folds}</div>' if folds else '<p class="card pad">Nothing newer was found.</p>'
    lead = "What has something newer or better. To be behind is no flaw by itself."
    return section("outdated", "Newer versions", lead, body)


def _image(name: str, entries: Sequence[Outdated]) -> str:
    opened = " open" if len(entries) <= MOST_OPEN else ""
    withdrawn = sum(bool(each.withdrawn) for each in entries)
    gone = f'<span class="word no">{withdrawn:,} withdrawn</span>' if withdrawn else ""
    return (
        f'<details class="g f card" data-k="image"{opened}><summary><span class="tag">image</span>'
        f'<span class="title">{esc(name)}</span><span class="side">{gone}'
        f'<span><span class="n"></span>{len(entries):,} newer or better</span></span></summary>\n'
        f'<div class="body">{table(HEAD, map(_row, entries))}</div></details>'
    )


def _row(each: Outdated) -> str:
    tag = "base image" if each.type == "image" else esc(each.type)
    day = f"<small>{esc(each.released)}</small>" if each.released else ""
    in_line = f"<b>{esc(each.newest_in_line)}</b>{day}" if each.newest_in_line else ""
    newest = f"{esc(each.newest)}{'' if in_line else day}" if each.newest else ""
    gone = f'<small class="no">the installed one is withdrawn: {esc(each.withdrawn)}</small>'
    return (
        f'<tr class="r"><td class="who">{esc(each.name)} <span class="soft">{esc(each.installed)}</span> '
        f'<span class="tag">{tag}</span><small>{esc(each.path)}</small>{gone if each.withdrawn else ""}</td>'
        f'<td data-l="newest of its line">{in_line or "–"}</td><td data-l="newest">{newest or "–"}</td>'
        f"<td>{esc(each.where)}</td></tr>"
    )
