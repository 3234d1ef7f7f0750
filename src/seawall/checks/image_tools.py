"""The tools of one kind in an image, each told once, with where it is and under which other names."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.checks.check import Fail, Undecided, Verdicts
from seawall.contents.tools import APPLETS, KINDS, Kind
from seawall.model import Contents, Image, Program

MOST_PATHS = 4


def contents_of(image: Image) -> Contents:
    """What is in the image; nothing is asked of one whose files were not looked at (see `checks.images`)."""
    return image.contents or Contents()


def tools(image: Image, kind: Kind) -> dict[str, list[Program]]:
    """The programs by the tool that they are; a tool of many tools counts if one of its applets is of the kind."""
    found: dict[str, list[Program]] = {}
    for program in contents_of(image).programs:
        for tool in program.tools:
            if KINDS.get(tool) == kind or (tool not in KINDS and _applets([program], kind)):
                found.setdefault(tool, []).append(program)
    return dict(sorted(found.items()))


def judged(image: Image, kind: Kind) -> Verdicts:
    """A failure for each tool of the kind; what packs itself cannot be told."""
    for tool, programs in tools(image, kind).items():
        applets = [] if tool in KINDS else _applets(programs, kind)
        more = f", with {', '.join(applets)}" if applets else ""
        yield Fail(f"{tool} is in the image: {_where(programs)}{more}", field=f"tools.{tool}")
    yield from packed(image)


def _applets(programs: list[Program], kind: Kind) -> list[str]:
    """The names of the applets of the kind that one of these programs holds."""
    return sorted({applet for each in programs for applet in each.applets if applet in APPLETS.get(kind, ())})


def packed(image: Image) -> Iterator[Undecided]:
    for program in contents_of(image).programs:
        if program.packed:
            yield Undecided(f"cannot be decided: /{program.path} unpacks itself when it runs", field=program.path)


def _where(programs: list[Program]) -> str:
    paths = [f"/{path}" for program in programs for path in (program.path, *program.links)]
    more = f" and {len(paths) - MOST_PATHS} more" if len(paths) > MOST_PATHS else ""
    return ", ".join(paths[:MOST_PATHS]) + more
