"""How one source is fetched with as little traffic as may be: not at all, only what changed, or whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from seawall.advisories import csaf_provider
from seawall.advisories.importing import WHOLE_AGAIN, Run, moment
from seawall.advisories.vendors import VENDORS
from seawall.errors import FetchError
from seawall.safe.http import Client
from seawall.safe.http_rules import shown

MOST_CHANGES = 200
"""Records fetched one by one; for more, the bundle is cheaper."""

OVERLAP = timedelta(days=1)
"""Records appear some time after the time that they say they were modified."""

_LINE_BYTES = 1 << 16


def osv(run: Run, source: str, base: str, client: Client) -> None:
    """One ecosystem of a bucket laid out as OSV's: `all.zip`, `modified_id.csv`, and each record by its id."""
    folder = f"{base}/{quote(source, safe='')}"
    where = shown(f"{folder}/all.zip")
    changes = _changes(run, source, folder, where, client)
    if changes is None:
        whole(run, source, f"{folder}/all.zip", client)
    elif not changes:
        run.unchanged(source)
    else:
        records, gone = {}, []
        for name in changes:
            with client.get(f"{folder}/{quote(name, safe='')}.json", returns=(404,)) as response:
                if response.status == 404:
                    gone.append(name)
                else:
                    records[name] = response.read()
        previous = run.builder.previous
        held = previous.whole(source, where) if previous else ""
        run.finish(run.changed(source, records, where, gone), where, whole=held)


def _changes(run: Run, source: str, folder: str, where: str, client: Client) -> list[str] | None:
    """The ids of the records that changed since the last time; None where the bundle is to be read whole."""
    previous = run.builder.previous
    feed = next((each for each in previous.status() if each.source == source), None) if previous else None
    last = moment(previous.whole(source, where)) if previous else None
    newest = moment(feed.newest) if feed else None
    if not feed or not last or not newest or run.now - last > WHOLE_AGAIN:
        return None
    times: dict[str, str] = {}
    with client.get(f"{folder}/modified_id.csv", returns=(404,)) as response:
        if response.status == 404:
            return None
        for time, name in _rows(response):
            at = moment(time)
            if at is None or at < newest - OVERLAP:
                break
            times[name] = time
            if len(times) > 10 * MOST_CHANGES:
                return None
    held = previous.modified(source, times) if previous else {}
    changed = [name for name, time in times.items() if not _same_second(time, held.get(name, ""))]
    return changed if len(changed) <= min(MOST_CHANGES, feed.records // 20) else None


def _same_second(one: str, other: str) -> bool:
    """Times are in UTC, and some sources write fractions of a second."""
    return one[:19] == other[:19]


def _rows(chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """`<time>,<id>`, the newest first. Raises FetchError for what is none."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LINE_BYTES:
            raise FetchError("not a list of changes")
        for line in lines:
            time, _, name = line.decode("utf-8", "replace").strip().partition(",")
            yield time, name


def whole(run: Run, source: str, url: str, client: Client) -> None:
    """One file, where it is not what it was the last time."""
    where = shown(url)
    etag = run.builder.previous.etag(source, where) if run.builder.previous else ""
    path = run.builder.scratch
    with path.open("w+b") as file, client.download(url, file, etag=etag) as response:
        unchanged, etag = response.status == 304, response.headers.get("ETag", "")
    if unchanged:
        run.unchanged(source)
    else:
        run.take(source, path, where=where, etag=etag)


def vendor(run: Run, source: str, urls: Sequence[str], client: Client, *, mirrored: bool) -> None:
    """A vendor's files. One that the server does not have (a release still to come) is no failure.

    Nor are all of them at a mirror, which need not have the vendors' feeds.
    """
    if VENDORS[source].provider:
        csaf_provider.fetch(run, source, urls[0], client, mirrored=mirrored)
        return
    where = shown(urls[0])
    known = run.builder.previous.etag(source, where).split("\n") if run.builder.previous else []
    if len(known) == len(urls) and any(known) and all(map(_same, urls, known, [client] * len(urls))):
        run.unchanged(source)
        return
    etags: list[str] = []
    status = run.documents(source, _downloads(run.builder.scratch, urls, client, etags), len(urls))
    if mirrored and not status.records and not status.skipped:
        return
    run.finish(status, where, "\n".join(etags))


def _same(url: str, etag: str, client: Client) -> bool:
    with client.get(url, etag=etag, returns=(404,)) as response:
        return response.status == 304 if etag else response.status == 404


def _downloads(path: Path, urls: Sequence[str], client: Client, etags: list[str]) -> Iterator[tuple[Path, str]]:
    for url in urls:
        with path.open("w+b") as file, client.download(url, file, returns=(404,)) as response:
            missing = response.status == 404
            etags.append("" if missing else response.headers.get("ETag", ""))
        if not missing:
            yield path, shown(url)
