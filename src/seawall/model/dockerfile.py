"""A Dockerfile (or Containerfile): stages of instructions, with the place of every word, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

WRAPPERS = frozenset(("sudo", "env", "exec", "command", "nohup", "time", "nice", "xargs", "eatmydata", "busybox"))
"""Programs that run the program that they are given."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word as it is written (`text`) and as it will be (`value`): without quotes, variables replaced.

    `known` is False where a variable or command decides it that nobody set; `value` then holds it as written.
    `line` and `column` count from 1; 0 where it stands in no file.
    """

    text: str
    value: str
    known: bool = True
    line: int = 0
    column: int = 0


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """`>`, `>>`, `<`… and where to."""

    operator: str
    target: Word


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One simple command of a shell script. `joined` is the operator before it: `&&`, `||`, `|`, `;`, `&` or "".

    `within` is the program whose argument its output becomes (`sh -c "$(curl …)"`), "" for none.
    """

    words: tuple[Word, ...]
    assigned: tuple[Word, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    joined: str = ""
    within: str = ""

    @property
    def line(self) -> int:
        return (self.words or self.assigned or (Word(text="", value=""),))[0].line

    @property
    def _start(self) -> int:
        """Where the program is that is really run."""
        index = 0
        while index < len(self.words) - 1 and _name(self.words[index].value) in WRAPPERS:
            index += 1
            while index < len(self.words) - 1 and (
                self.words[index].value.startswith("-") or "=" in self.words[index].value
            ):
                index += 1
        return index

    @property
    def program(self) -> str:
        """The name of what is run: `apt-get` of `sudo -E /usr/bin/apt-get install`."""
        return _name(self.words[self._start].value) if self.words else ""

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words after the program."""
        return self.words[self._start + 1 :]

    @property
    def values(self) -> tuple[str, ...]:
        """The arguments as they will be."""
        return tuple(word.value for word in self.arguments)

    @property
    def text(self) -> str:
        """As it is written, on one line."""
        return " ".join(" ".join(word.text for word in (*self.assigned, *self.words)).split())


class Heredoc(msgspec.Struct, frozen=True, kw_only=True):
    """`<<NAME` and its body. `line` is that of the first line of the body, `end` that of the closing name."""

    name: str
    body: str
    expand: bool
    line: int
    end: int


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One `NAME=value` of ARG, ENV or LABEL; `value` is None for an ARG without a default."""

    name: str
    value: Word | None
    line: int


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction, in the lines `line` to `end`, its heredocs included.

    `keyword` is in capitals. `flags` are its `--name=value`. `words` are its arguments, those of a JSON array where
    `exec_form`. `commands` are those of a script (RUN, and CMD, ENTRYPOINT and HEALTHCHECK in either form).
    `inner` is what ONBUILD holds.
    """

    keyword: str
    line: int
    end: int
    text: str
    column: int = 1
    flags: tuple[tuple[str, Word], ...] = ()
    words: tuple[Word, ...] = ()
    exec_form: bool = False
    pairs: tuple[Pair, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    commands: tuple[Command, ...] = ()
    inner: Instruction | None = None

    def flag(self, name: str) -> Word | None:
        """The value of the last flag of that name."""
        return next((value for flag, value in reversed(self.flags) if flag == name), None)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One FROM and what follows it. `parent` is the index of the stage that it builds on, None for an image."""

    index: int
    name: str
    base: Word
    parent: int | None
    instructions: tuple[Instruction, ...]

    @property
    def start(self) -> Instruction:
        """The FROM."""
        return self.instructions[0]

    def of(self, *keywords: str) -> Iterator[Instruction]:
        """Its instructions of these kinds."""
        return (each for each in self.instructions if each.keyword in keywords)


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, `text` without its `#`; `about` is the first line of the instruction that it is in or stands above."""

    line: int
    text: str
    about: int = 0


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be understood."""

    line: int
    message: str


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """`old`, in whatever case, gives way to `text` at `line` and `column` (from 1); where it is not there, nothing."""

    line: int
    column: int
    old: str
    text: str


class Dockerfile(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `arguments` are the ARGs before the first FROM; `escape` is what continues a line.

    `ignored` says whether a .dockerignore stands beside it, None where that is not known.
    """

    file: str
    stages: tuple[Stage, ...]
    arguments: tuple[Instruction, ...] = ()
    comments: tuple[Comment, ...] = ()
    faults: tuple[Fault, ...] = ()
    escape: str = "\\"
    syntax: str = ""
    ignored: bool | None = None

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """All of them, in the order of the file."""
        return (*self.arguments, *(each for stage in self.stages for each in stage.instructions))

    @property
    def shipped(self) -> tuple[Stage, ...]:
        """The stages whose layers are in the image: the last one, and those that it builds on; the first one first."""
        chain: list[Stage] = [self.stages[-1]] if self.stages else []
        while chain and (parent := chain[-1].parent) is not None:
            chain.append(self.stages[parent])
        return tuple(reversed(chain))


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
