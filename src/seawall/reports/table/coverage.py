"""What was looked at, and what was not in the input, in a few sentences."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

from seawall.model import Coverage, FeedStatus, ImageCoverage, Report
from seawall.reports.style import Style
from seawall.reports.table.text import count, listed, wrap
from seawall.safe.terminal import printable

MOST_FEEDS = 4


def coverage(report: Report, style: Style) -> Iterator[str]:
    seen = report.coverage
    if not (report.findings or report.not_assessed or seen.files or seen.clusters or seen.images or seen.dockerfiles):
        yield "Nothing was found to assess."
        return
    things = ", ".join(_things(seen))
    yield from wrap(f"Read {count(seen.files, 'file')}{': ' if things else ''}{things}.", style.width, "  ")
    for image in sorted(seen.images, key=lambda each: each.name):
        if image.exploitability is not None:
            parts = ", ".join(f"{each.what} {each.points}" for each in image.points)
            text = f"Exploitability of {image.name}: {image.exploitability}" + (f" ({parts})." if parts else ".")
            yield from wrap(printable(text), style.width, "  ")
        for text in filter(None, (_base(image), _attached(image))):
            yield from wrap(printable(text), style.width, "  ")
    if missing := sorted({path for paths in separate_settings(report).values() for path in paths}):
        number = sum(map(len, separate_settings(report).values()))
        text = f"{count(number, 'setting')} not in this input (a separate resource: {', '.join(missing)})."
        yield from wrap(printable(text), style.width, "  ")
    if seen.advisories:
        feeds = sorted(seen.advisories, key=lambda feed: (_date(feed), feed.source))
        ages = [printable(f"{feed.source} {_age(feed, style.now)}") for feed in feeds]
        yield from wrap(f"Advisories: {listed(ages, 0 if style.verbose else MOST_FEEDS)}.", style.width, "  ")
    elif seen.images:
        yield "Advisories: none."


def separate_settings(report: Report) -> dict[str, tuple[str, ...]]:
    """For each cluster by name the settings that are kept in resources of their own, which the input lacks."""
    return {cluster.name: cluster.elsewhere for cluster in report.coverage.clusters}


def _things(seen: Coverage) -> Iterator[str]:
    if seen.clusters:
        known, unknown = (sum(getattr(c, name) for c in seen.clusters) for name in ("known", "unknown"))
        yield f"{count(len(seen.clusters), 'cluster')} ({count(known, 'setting')} known, {unknown:,} not)"
    if seen.images:
        packages, matched = (sum(getattr(i, name) for i in seen.images) for name in ("packages", "matched"))
        yield f"{count(len(seen.images), 'image')} ({count(packages, 'package')}, {matched:,} judged)"
    if seen.dockerfiles:
        instructions = sum(dockerfile.instructions for dockerfile in seen.dockerfiles)
        yield f"{count(len(seen.dockerfiles), 'Dockerfile')} ({count(instructions, 'instruction')})"


def _base(image: ImageCoverage) -> str:
    base = image.base
    if not (base and base.layers and image.packages):
        return ""
    name = f" {base.name}" if base.name else ""
    came = f"{image.from_base:,} of {count(image.packages, 'package')} of {image.name} came with its base image{name}"
    return f"{came} (by {base.why}): a newer base renews them."


def _attached(image: ImageCoverage) -> str:
    if not image.attached:
        return ""
    kinds = Counter(each.kind for each in image.attached)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return f"Attached to {image.name}: {told}; no signature was checked."


def _date(feed: FeedStatus) -> str:
    return feed.newest or feed.imported


def _age(feed: FeedStatus, now: datetime.datetime | None) -> str:
    """`3 days old`, or the date as the feed gives it where there is no clock or no date."""
    date = _date(feed)
    if not date:
        return "of unknown date"
    try:
        when = datetime.datetime.fromisoformat(date)
    except ValueError:
        return f"of {date}"
    if now is None:
        return f"of {when:%Y-%m-%d}"
    days = (now - (when if when.tzinfo else when.replace(tzinfo=datetime.UTC))).days
    return f"{count(days, 'day')} old"
