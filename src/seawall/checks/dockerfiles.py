"""Ask the checks of a Dockerfile, honour its waivers; and the Dockerfile that passes them all, for their examples."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from seawall.checks.check import Check, Fail, Undecided
from seawall.model import Finding, Location, Status, Subject
from seawall.model.dockerfile import Command, Dockerfile, Edit, Instruction, Stage, Word

_WAIVER = re.compile(r"seawall:\s*ignore=([\w,-]+)[\s:]*(.*)", re.DOTALL)

MINIMAL = f"gcr.io/distroless/static-debian12:nonroot@sha256:{'a' * 64}"
_BUILDER = f"golang:1.25-bookworm@sha256:{'b' * 64}"


class Told(msgspec.Struct, frozen=True):
    """One finding, and the edits that mend it where that is safe."""

    finding: Finding
    edits: tuple[Edit, ...] = ()


class Waiver(msgspec.Struct, frozen=True):
    """`# seawall: ignore=ID,ID reason`: for the instruction that begins at line `about`."""

    ids: tuple[str, ...]
    reason: str
    line: int
    about: int


def gold(
    *, build: str = "", base: str = MINIMAL, final: str = "", user: str = "USER 65532:65532", start: str = ""
) -> str:
    """A Dockerfile that passes every check, with lines put into its stages."""
    lines = f"""FROM {_BUILDER} AS build
WORKDIR /src
COPY go.mod main.go ./
{build}
RUN CGO_ENABLED=0 go build -o /out/app .

FROM {base}
WORKDIR /app
COPY --from=build /out/app ./
{final}
{user}
EXPOSE 8080
{start or 'ENTRYPOINT ["/app/app"]'}
"""
    return re.sub(r"\n\n+(?!FROM)", "\n", lines)


def judge(dockerfile: Dockerfile, checks: Sequence[Check], *, today: datetime.date) -> tuple[Told, ...]:
    """What the checks find, in their order. A finding keeps its identity when lines above it come and go."""
    given = {"dockerfile": dockerfile, "today": today}
    waivers = [waiver for waiver in waivers_of(dockerfile) if waiver.reason]
    told = []
    for check in checks:
        seen: Counter[str] = Counter()
        for said in check.function(*[given[name] for name in check.takes]):
            stage, instruction = _place(dockerfile, said.line)
            field = _field(said.field, stage, instruction)
            seen[field] += 1
            field += f" #{seen[field]}" if seen[field] > 1 else ""
            about = instruction.line if instruction else 0
            reasons = [waiver.reason for waiver in waivers if about == waiver.about and check.id in waiver.ids]
            told.append(_told(check, said, dockerfile.file, field, reasons[0] if reasons else ""))
    return tuple(told)


def waivers_of(dockerfile: Dockerfile) -> Iterator[Waiver]:
    """The waivers that are written in the file."""
    for comment in dockerfile.comments:
        if match := _WAIVER.match(comment.text):
            ids = tuple(filter(None, match[1].upper().split(",")))
            yield Waiver(ids, match[2].strip(), comment.line, comment.about)


def of(command: Command, message: str, *, edits: tuple[Edit, ...] = ()) -> Fail:
    """A failure of one command."""
    return Fail(message, _words(command.program, *command.values[:1]), line=command.line, edits=edits)


def at(place: Instruction | Word, message: str, *, field: str = "", edits: tuple[Edit, ...] = ()) -> Fail:
    """A failure of one instruction, or of one of its words."""
    return Fail(message, field, line=place.line, edits=edits)


def instructions(stages: Sequence[Stage], *keywords: str) -> Iterator[Instruction]:
    """The instructions of these kinds, those that ONBUILD holds too."""
    for stage in stages:
        for each in stage.instructions:
            one = each.inner or each
            if one.keyword in keywords:
                yield one


def commands(stages: Sequence[Stage]) -> Iterator[Command]:
    """What RUN runs."""
    return (command for each in instructions(stages, "RUN") for command in each.commands)


def cut(text: str, most: int = 60) -> str:
    """`text` on one line, its end cut off."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _told(check: Check, said: Fail | Undecided, file: str, field: str, waived: str) -> Told:
    failed = said if isinstance(said, Fail) else None
    finding = Finding(
        rule=check.id,
        title=check.title,
        severity=(failed and failed.severity) or check.severity,
        status=Status.FAIL if failed else Status.UNKNOWN,
        subject=Subject(kind="dockerfile", name=file),
        field=field,
        message=said.message,
        location=Location(file=file, line=said.line),
        waived=waived,
        refs=check.refs,
    )
    return Told(finding, failed.edits if failed else ())


def _field(said: str, stage: Stage | None, instruction: Instruction | None) -> str:
    """`build: RUN curl`: no line and no version, so that it stays the same when they change."""
    what = said or (_words(*(word.text for word in instruction.words[:2])) if instruction else "")
    keyword = instruction.keyword if instruction else ""
    place = (stage.name or f"stage {stage.index}") if stage else "arguments"
    return f"{place}: {_words(keyword, what)}"


def _words(*words: str) -> str:
    return cut(" ".join(filter(None, words)))


def _place(dockerfile: Dockerfile, line: int) -> tuple[Stage | None, Instruction | None]:
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.line <= line <= instruction.end:
                return stage, instruction
    return None, next((each for each in dockerfile.arguments if each.line <= line <= each.end), None)
