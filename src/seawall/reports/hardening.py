"""What hardening an image does, for people: what goes and why, what stays and why, before and after side by side."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.model import Hardening, Measured, Removed
from seawall.reports.table.text import count, listed
from seawall.safe.terminal import printable

MOST_PATHS, MOST_UNKNOWN = 3, 5


def render(done: Hardening, *, verbose: bool = False) -> str:
    """The text, ending in a newline."""
    return "".join(f"{printable(line)}\n" for line in _lines(done, verbose))


def render_json(done: Hardening) -> str:
    """All of it, in the shape of `seawall.model.Hardening`."""
    return msgspec.json.format(msgspec.json.encode(msgspec.to_builtins(done, str_keys=True)), indent=2).decode() + "\n"


def _lines(done: Hardening, verbose: bool) -> Iterator[str]:
    most = 0 if verbose else MOST_PATHS
    changes = done.removed or done.setuid or done.user
    yield f"{done.image}: " + ("what goes" if changes else "nothing can be taken out")
    for kind in sorted({each.kind for each in done.removed}):
        these = [each for each in done.removed if each.kind == kind]
        yield f"  {kind} ({_bytes(sum(each.size for each in these))})"
        yield from (f"    {_removed(each, most)}" for each in these)
    if done.setuid:
        yield f"  setuid and setgid bits of {listed([f'/{path}' for path in done.setuid], most)}"
    if done.packages:
        yield f"  from the package database: {listed(list(done.packages), 0 if verbose else 8)}"
    yield f"  user: {done.user or 'as it is'}: {done.user_why}"
    if done.kept:
        yield "what stays, and why"
        yield from (f"  {each.kind}: {each.what} (/{each.path.lstrip('/')}): {each.why}" for each in done.kept)
    if done.unknown:
        yield "what could not be followed"
        shown = done.unknown if verbose else done.unknown[:MOST_UNKNOWN]
        yield from (f"  {sentence}" for sentence in shown)
        if len(shown) < len(done.unknown):
            yield f"  and {len(done.unknown) - len(shown)} more (--verbose)"
    yield from done.notes
    yield from _compared(done.before, done.after)
    yield f"Written to {done.out} ({done.digest})." if done.out else "Nothing was written: say -o OUT to write it."


def _removed(each: Removed, most: int) -> str:
    return f"{each.what}: {listed([f'/{path}' for path in each.paths], most)} ({_bytes(each.size)}): {each.why}"


def _compared(before: Measured, after: Measured | None) -> Iterator[str]:
    rows = [("exploitability", before.score, after and after.score)]
    kinds = {each.what: each.points for each in before.points}
    left = {each.what: each.points for each in after.points} if after else {}
    rows += [(f"  {what}", points, left.get(what, 0) if after else None) for what, points in kinds.items()]
    rows += [("packages", before.packages, after and after.packages)]
    rows += [("vulnerabilities", before.vulnerabilities, after and after.vulnerabilities)]
    rows += [("bytes, as stored", before.size, after and after.size)]
    yield f"{'':28}{'before':>14}" + (f"{'after':>14}" if after else "")
    for what, old, new in rows:
        yield f"{what:28}{old:>14,}" + (f"{new:>14,}" if after and new is not None else "")


def _bytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else count(size, "byte")
