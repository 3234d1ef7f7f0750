"""What has something newer: a line for each package, under its image."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from seawall.model import Outdated
from seawall.reports.style import Style
from seawall.reports.table.text import columns, count, cut, pad, wrap
from seawall.safe.terminal import printable

MOST = 20
HEADING = ("package", "installed", "newest of its line", "newest", "where")


def outdated(found: tuple[Outdated, ...] | None, style: Style) -> Iterator[str]:
    """Nothing where nobody asked."""
    if found is None:
        return
    yield style.paint(f"Outdated ({len(found):,})", "title")
    by_image: dict[str, list[Outdated]] = {}
    for each in sorted(found):
        by_image.setdefault(each.image, []).append(each)
    for image, entries in by_image.items():
        shown = entries if style.verbose else entries[:MOST]
        title = f"  {printable(image)}: {count(len(entries), 'package')} with something newer or better"
        yield from wrap(title, style.width, "    ")
        rows = [HEADING, *map(_cells, shown)]
        most = 40 if style.width else sys.maxsize
        widths = [min(max(map(columns, column)), most) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (pad(cut(cell, width), width) for cell, width in zip(row, widths, strict=True))
            yield cut(f"    {'  '.join(cells)}".rstrip(), 0 if style.verbose else style.width)
        if len(shown) < len(entries):
            yield f"    … and {len(entries) - len(shown):,} more; --verbose lists all"


def _cells(each: Outdated) -> tuple[str, ...]:
    day = f" ({each.released})" if each.released else ""
    in_line = f"{each.newest_in_line or '-'}{day if each.newest_in_line else ''}"
    newest = f"{each.newest or '-'}{'' if each.newest_in_line else day}"
    where = f"{each.where}{'; installed one withdrawn: ' + each.withdrawn if each.withdrawn else ''}"
    return tuple(map(printable, (each.name, each.installed, in_line, newest, where)))
