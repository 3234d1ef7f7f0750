"""Lines to instructions: directives, comments, continued lines, heredocs. As BuildKit's parser has it.

https://docs.docker.com/reference/dockerfile/#format
"""

from __future__ import annotations

import re
from bisect import bisect_right

import msgspec

from seawall.model.dockerfile import Comment, Fault, Heredoc

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES = ("syntax", "escape", "check")
_HEREDOC = re.compile(r"\d*<<(-?)(['\"]?)([A-Za-z_][\w.]*)\2")
_WITH_HEREDOCS = ("RUN", "COPY", "ADD")


class Marked(msgspec.Struct, frozen=True):
    """Text put together from several lines. `marks` are (offset, line, column), one where each line begins."""

    text: str
    marks: tuple[tuple[int, int, int], ...]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of a character."""
        start, line, column = self.marks[max(0, bisect_right(self.marks, (offset, 1 << 60, 0)) - 1)]
        return line, column + offset - start

    def cut(self, start: int, end: int | None = None) -> Marked:
        """A part of it, which knows its places."""
        first = (0, *self.at(start))
        last = len(self.text) if end is None else end
        within = self.marks[
            bisect_right(self.marks, (start, 1 << 60, 0)) : bisect_right(self.marks, (last, 1 << 60, 0))
        ]
        return Marked(
            self.text[start:end], (first, *((offset - start, line, column) for offset, line, column in within))
        )


class Logical(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction as text: the keyword as written, in `column`, and what follows it."""

    keyword: str
    rest: Marked
    line: int
    end: int
    column: int
    heredocs: tuple[Heredoc, ...] = ()


class Lines(msgspec.Struct, kw_only=True):
    """A file taken apart: every line that is not blank is in one of these."""

    logical: list[Logical] = []
    comments: list[Comment] = []
    faults: list[Fault] = []
    directives: dict[str, str] = {}
    escape: str = "\\"


def split(text: str) -> Lines:
    """Take a file apart; never raises."""
    raw = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    found = Lines(logical=[], comments=[], faults=[], directives={})
    index = _directives(raw, found)
    escape = re.escape(found.escape)
    continued = re.compile(rf"(?:(?<!{escape})|^){escape}[ \t]*$")
    above = list(range(len(found.comments)))
    while index < len(raw):
        stripped = raw[index].strip()
        if not stripped:
            above, index = [], index + 1
        elif stripped.startswith("#"):
            above.append(len(found.comments))
            found.comments.append(Comment(line=index + 1, text=stripped[1:].strip()))
            index += 1
        else:
            for place in above:
                found.comments[place] = msgspec.structs.replace(found.comments[place], about=index + 1)
            above, index = [], _instruction(raw, index, continued, found)
    return found


def _directives(raw: list[str], found: Lines) -> int:
    """Reads the directives at the top; the index of the first line that is none."""
    for index, line in enumerate(raw):
        match = _DIRECTIVE.fullmatch(line.strip())
        name = match[1].lower() if match else ""
        if not match or name not in _DIRECTIVES or name in found.directives:
            return index
        found.directives[name] = match[2]
        found.comments.append(Comment(line=index + 1, text=line.strip()[1:].strip()))
        if name == "escape":
            if match[2] in ("\\", "`"):
                found.escape = match[2]
            else:
                found.faults.append(Fault(line=index + 1, message=f"escape is \\ or `, not {match[2]}"))
    return len(raw)


def _instruction(raw: list[str], index: int, continued: re.Pattern[str], found: Lines) -> int:
    """Reads the instruction that begins at `index`; the index of the line after it."""
    first, last = index, index
    parts: list[str] = []
    marks: list[tuple[int, int, int]] = []
    length, more = 0, True
    while more and index < len(raw):
        line = raw[index]
        if index > first and line.strip().startswith("#"):
            found.comments.append(Comment(line=index + 1, text=line.strip()[1:].strip(), about=first + 1))
        elif index == first or line.strip():
            end = continued.search(line)
            more = end is not None
            part = line[: end.start()] if end else line
            marks.append((length, index + 1, 1))
            parts.append(part)
            length += len(part)
            last = index
        index += 1
    whole = Marked("".join(parts), tuple(marks))
    match = re.match(r"\s*(\S+)\s*", whole.text)
    if match is None:  # nothing but a sign that the line goes on
        empty = [
            line + 1 for line in range(first, index) if raw[line].strip() and not raw[line].strip().startswith("#")
        ]
        found.faults += [Fault(line=line, message="a continued line with nothing in it") for line in empty]
        return index
    keyword, rest = match[1], whole.cut(match.end())
    heredocs, last = _heredocs(raw, keyword, rest.text, last, found)
    column = match.start(1) + 1
    found.logical.append(
        Logical(keyword=keyword, rest=rest, line=first + 1, end=last + 1, column=column, heredocs=heredocs)
    )
    return max(index, last + 1) if not heredocs else last + 1


def _heredocs(raw: list[str], keyword: str, rest: str, last: int, found: Lines) -> tuple[tuple[Heredoc, ...], int]:
    """The bodies after line `last` of the heredocs that `rest` names, and the index of their last line."""
    if keyword.upper() == "ONBUILD":
        keyword, _, rest = rest.partition(" ")
    if keyword.upper() not in _WITH_HEREDOCS or rest.lstrip().startswith("["):
        return (), last
    bodies = []
    for dash, quote, name in _named(rest):
        begin = index = last + 1
        while index < len(raw) and (raw[index].lstrip("\t") if dash else raw[index]) != name:
            index += 1
        if index >= len(raw):
            found.faults.append(Fault(line=last + 1, message=f"the heredoc {name} has no end"))
        lines = [line.lstrip("\t") if dash else line for line in raw[begin:index]]
        last = min(index, len(raw) - 1)
        heredoc = Heredoc(name=name, body="\n".join(lines), expand=not quote, line=begin + 1, end=last + 1)
        bodies.append(heredoc)
    return tuple(bodies), last


def _named(text: str) -> list[tuple[str, str, str]]:
    """The heredocs named in a line, outside quotes: (dash, quote, name)."""
    words, word, quote = [], "", ""
    for char in f"{text} ":
        if quote:
            quote = "" if char == quote else quote
            word += char
        elif char.isspace():
            words.append(word)
            word = ""
        else:
            quote = char if char in "'\"" else ""
            word += char
    return [(match[1], match[2], match[3]) for word in words if (match := _HEREDOC.fullmatch(word))]
