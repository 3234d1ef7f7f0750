"""Instructions to stages: what each FROM builds on, what each variable is, what each script runs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from seawall.errors import Malformed
from seawall.model.dockerfile import Command, Dockerfile, Fault, Instruction, Stage, Word
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.dockerfile import words
from seawall.sources.dockerfile.lines import Logical, Marked, split
from seawall.sources.dockerfile.shell import commands

_NAME = re.compile(r"(?i)(?:docker|container)file(?:\.[\w.-]+)?|.+\.(?:docker|container)file")
_OTHERS = (".dockerignore", ".md", ".py", ".go", ".js", ".ts", ".json", ".sh", ".vim", ".txt", ".rst", ".lock")
KEYWORDS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_PLATFORM = [f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")]


def is_dockerfile(path: Path) -> bool:
    """By its name: Dockerfile, Dockerfile.prod, web.dockerfile, Containerfile."""
    return bool(_NAME.fullmatch(path.name)) and not path.name.lower().endswith(_OTHERS)


def read(path: Path, *, limits: Limits = DEFAULT) -> Dockerfile:
    """The Dockerfile at `path`. Raises Unreadable, LimitExceeded, and Malformed where no stage is in it."""
    content = files.read(path, limit="dockerfile_bytes", limits=limits)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}", where=str(path)) from None
    if "\0" in text:
        raise Malformed("not a text: it holds NUL bytes", where=str(path))
    beside = (path.with_name(".dockerignore"), path.with_name(f"{path.name}.dockerignore"))
    dockerfile = parse(text, str(path), ignored=any(each.is_file() for each in beside))
    if not dockerfile.stages:
        hint = "a template or a fragment is read once it is filled in"
        raise Malformed("no FROM in it, so it builds no image", where=str(path), hint=hint)
    return dockerfile


def parse(text: str, file: str = "Dockerfile", *, ignored: bool | None = None) -> Dockerfile:
    """The model of a Dockerfile's text; never raises: what is not understood is a fault with its line."""
    lines = split(text)
    reader = _Reader(lines.escape)
    for logical in lines.logical:
        reader.take(logical)
    return Dockerfile(
        file=file,
        stages=reader.whole(),
        arguments=tuple(reader.arguments),
        comments=tuple(lines.comments),
        faults=tuple(sorted([*lines.faults, *reader.faults], key=lambda fault: fault.line)),
        escape=lines.escape,
        syntax=lines.directives.get("syntax", ""),
        ignored=ignored,
    )


class _Reader:
    def __init__(self, escape: str) -> None:
        self.stages: list[Stage] = []
        self.arguments: list[Instruction] = []
        self.faults: list[Fault] = []
        self._escape = escape
        self._outside: dict[str, str | None] = dict.fromkeys(_PLATFORM)
        self._values: dict[str, str | None] = {}
        self._environments: list[dict[str, str | None]] = []  # by stage: what ENV leaves to stages that build on it
        self._instructions: list[list[Instruction]] = []  # by stage

    def take(self, logical: Logical) -> None:
        """Add one instruction to the stage that it belongs to."""
        keyword = logical.keyword.upper()
        if keyword == "FROM":
            self._begin(logical)
            return
        values = self._values if self.stages else self._outside
        instruction = self._instruction(logical, values)
        if keyword not in KEYWORDS:
            self.faults.append(Fault(line=logical.line, message=f"there is no instruction {logical.keyword}"))
        if not self.stages:
            self.arguments.append(instruction)
            if keyword != "ARG" and keyword in KEYWORDS:
                self.faults.append(Fault(line=logical.line, message=f"{keyword} stands before the first FROM"))
        else:
            self._instructions[-1].append(instruction)
        self._set(instruction)

    def _begin(self, logical: Logical) -> None:
        start = self._instruction(logical, self._outside)
        said = start.words
        named = len(said) == 3 and said[1].text.upper() == "AS"
        if not said or not (len(said) == 1 or named):
            self.faults.append(Fault(line=logical.line, message="not FROM IMAGE or FROM IMAGE AS NAME"))
        base = said[0] if said else Word(text="", value="", known=False, line=logical.line)
        if "{{" in base.text:  # a template's: what it is filled in with is not known
            base = msgspec.structs.replace(base, known=False)
        name = said[2].value.lower() if named else ""
        parent = stage_of(self.stages, base.value) if base.known else None
        self._values = dict(self._environments[parent]) if parent is not None else {}
        self._environments.append(dict(self._values))
        self._instructions.append([start])
        self.stages.append(Stage(index=len(self.stages), name=name, base=base, parent=parent, instructions=()))

    def whole(self) -> tuple[Stage, ...]:
        """The stages with their instructions."""
        return tuple(
            msgspec.structs.replace(stage, instructions=tuple(instructions))
            for stage, instructions in zip(self.stages, self._instructions, strict=True)
        )

    def _set(self, instruction: Instruction) -> None:
        """Variables from here on. ENV goes before ARG of the same name."""
        for pair in instruction.pairs:
            value = pair.value.value if pair.value and pair.value.known else None
            if instruction.keyword == "ENV" and self.stages:
                self._values[pair.name] = value
                self._environments[-1][pair.name] = value
            elif instruction.keyword == "ARG" and not self.stages:
                if pair.value:
                    self._outside[pair.name] = value
            elif instruction.keyword == "ARG" and pair.name not in self._environments[-1]:
                if pair.value:
                    self._values[pair.name] = value
                elif pair.name in self._outside:
                    self._values[pair.name] = self._outside[pair.name]

    def _instruction(self, logical: Logical, values: dict[str, str | None]) -> Instruction:
        keyword, escape = logical.keyword.upper(), self._escape
        flags, rest = words.flags(logical.rest, values, escape) if keyword in _FLAGGED else ((), logical.rest)
        inner = None
        array = words.json(rest, values) if keyword in _ARRAYS else None
        if keyword == "ONBUILD":
            match = re.match(r"\s*(\S+)\s*", rest.text)
            if match:
                inside = msgspec.structs.replace(logical, keyword=match[1], rest=rest.cut(match.end()))
                inner = self._instruction(inside, values) if match[1].upper() != "ONBUILD" else None
        return Instruction(
            keyword=keyword,
            line=logical.line,
            end=logical.end,
            column=logical.column,
            text=rest.text,
            flags=flags,
            words=array if array is not None else words.split(rest, values, escape),
            exec_form=array is not None,
            pairs=tuple(words.pairs(rest, values, escape)) if keyword in ("ARG", "ENV", "LABEL") else (),
            heredocs=logical.heredocs,
            commands=tuple(self._commands(keyword, rest, array, logical, values)),
            inner=inner,
        )

    def _commands(
        self,
        keyword: str,
        rest: Marked,
        array: tuple[Word, ...] | None,
        logical: Logical,
        values: dict[str, str | None],
    ) -> Iterator[Command]:
        if keyword not in _SCRIPTS:
            return
        shell_escape = "\\" if self._escape == "\\" else ""
        if keyword == "HEALTHCHECK":
            match = re.match(r"\s*CMD\s+", rest.text, re.IGNORECASE)
            if not match:
                return
            rest = rest.cut(match.end())
            array = words.json(rest, values)
        if array is not None:
            yield from _of_array(array, values)
            return
        first = tuple(commands(rest, values, shell_escape))
        yield from (each for each in first if each.words or each.assigned)
        for heredoc in logical.heredocs:
            if _is_script(first, heredoc.body):
                places = _places(heredoc.body, heredoc.line)
                yield from commands(Marked(heredoc.body, places), values, shell_escape)


_FLAGGED = ("FROM", "RUN", "COPY", "ADD", "HEALTHCHECK")
_ARRAYS = ("RUN", "CMD", "ENTRYPOINT", "COPY", "ADD", "SHELL", "VOLUME")
_SCRIPTS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
_SHELLS = ("sh", "bash", "ash", "dash")


def stage_of(stages: list[Stage] | tuple[Stage, ...], name: str) -> int | None:
    """The index of the stage that a name or number means; None where it means none."""
    for stage in reversed(stages):
        if stage.name and stage.name == name.lower():
            return stage.index
    return None


def _of_array(array: tuple[Word, ...], values: dict[str, str | None]) -> Iterator[Command]:
    """The program of an exec form, and the script that it is given, if it is a shell."""
    if not array:
        return
    command = Command(words=array)
    yield command
    arguments = command.arguments
    for flag, script in itertools.pairwise(arguments):
        if command.program in _SHELLS and re.fullmatch(r"-[a-z]*c[a-z]*", flag.value):
            yield from commands(Marked(script.value, ((0, script.line, script.column),)), values)
            return


def _is_script(first: tuple[Command, ...], body: str) -> bool:
    """A heredoc is a script where nothing, or a shell, is to read it, and no other program is named after `#!`."""
    runs = [command.program for command in first if command.words]
    if runs:
        return runs[0] in _SHELLS
    if body.startswith("#!"):
        return any(body.partition("\n")[0].rstrip().endswith(shell) for shell in _SHELLS)
    return True


def _places(body: str, line: int) -> tuple[tuple[int, int, int], ...]:
    places, offset = [], 0
    for number, text in enumerate(body.split("\n")):
        places.append((offset, line + number, 1))
        offset += len(text) + 1
    return tuple(places)
