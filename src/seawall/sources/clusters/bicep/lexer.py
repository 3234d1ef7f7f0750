"""Text of a Bicep file to tokens. What is no token becomes one of kind ERROR: the parser reports it and goes on.

The language: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

NEWLINE: Final = "newline"
NAME: Final = "name"
NUMBER: Final = "number"
TEXT: Final = "text"
OPENING: Final = "opening"
MIDDLE: Final = "middle"
CLOSING: Final = "closing"
ERROR: Final = "error"
END: Final = "end"
"""Kinds of tokens. A punctuation mark is its own kind. 'a${b}c${d}e' is OPENING a, b, MIDDLE c, d, CLOSING e."""

_PIECE = r"(?:[^'\\\r\n$]++|\\.|\$(?!\{))*+"
_TOKEN = re.compile(
    rf"""
      (?P<blank>[ \t\f\ufeff\xa0]+|//[^\r\n]*|\#[^\r\n]*)
    | (?P<comment>/\*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<newline>(?:\r\n?|\n)(?:[ \t\r\n]++|//[^\r\n]*+)*+)
    | (?P<long>\$*'''(?:[^']++|'(?!'')|'(?='''))*+''')
    | '(?P<text>{_PIECE})(?P<stop>'|\$\{{)
    | (?P<number>[0-9]+)
    | (?P<mark>\.\.\.|&&|\|\||\?\?|=>|==|!=|=~|!~|<=|>=|::|[-{{}}\[\]().,:?=<>!+*/%|@^])
    | (?P<error>'{_PIECE}|\$++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REST = re.compile(rf"(?P<text>{_PIECE})(?P<stop>'|\$\{{|)")

DECLARATION = re.compile(
    r"^(?:@|(?:targetScope|metadata|param|var|resource|module|output|type|func|import|using|extends|extension|provider"
    r"|assert|test)\b[ \t]+[\w'*{=])",
    re.MULTILINE,
)
"""A line that begins a statement, whatever went wrong before it."""

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class Tokens(msgspec.Struct, kw_only=True):
    """The tokens of a file in four columns, the last of kind END. `lines` and `columns` count from 1."""

    kinds: list[str] = []
    texts: list[str] = []
    lines: list[int] = []
    columns: list[int] = []

    def add(self, kind: str, text: str, line: int, column: int) -> None:
        """One more token."""
        self.kinds.append(kind)
        self.texts.append(text)
        self.lines.append(line)
        self.columns.append(column)


def tokens(source: str) -> Tokens:
    """The tokens of `source`; never fails."""
    lexer = _Lexer(source)
    lexer.run(0, len(source))
    lexer.found.add(NEWLINE, "", lexer.line, 1)
    lexer.found.add(END, "", lexer.line, 1)
    return lexer.found


class _Lexer:
    """`braces` holds, for each `${` that is open, how many braces are open in it; `unclosed`: no `*/` follows."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found = Tokens()
        self.line = 1
        self.start = 0
        self.braces: list[int] = []
        self.unclosed = False

    def run(self, position: int, end: int) -> None:
        """Add the tokens of `source[position:end]`."""
        add, match = self.found.add, _TOKEN.match
        while position < end:
            token = match(self.source, position, end)
            assert token is not None  # the last alternative takes any character
            kind = token.lastgroup
            column = position - self.start + 1
            position = token.end()
            if kind == "name":
                add(NAME, token[0], self.line, column)
            elif kind == "mark":
                mark = token[0]
                if self.braces and mark in "{}":
                    position = self._brace(mark, position, end, column)
                else:
                    add(mark, mark, self.line, column)
            elif kind == "newline":
                self._line_break(column)
                self._count_lines(token[0], token.start())
                if self.braces and DECLARATION.match(self.source, position, end):
                    self.braces.clear()  # a `${` that nobody closed
            elif kind == "stop":
                self._text(token, column, (TEXT, OPENING))
            elif kind == "number":
                add(NUMBER, token[0], self.line, column)
            elif kind == "long":
                self._long_text(token[0], token.start(), column)
            elif kind == "comment":
                position = self._comment(token.start(), column, end)
            elif kind == "error":
                add(ERROR, token[0], self.line, column)

    def _brace(self, mark: str, position: int, end: int, column: int) -> int:
        """A brace inside `${ }`: one of an object, or the one that ends it. Returns where to go on."""
        self.braces[-1] += 1 if mark == "{" else -1
        if self.braces[-1] >= 0:
            self.found.add(mark, mark, self.line, column)
            return position
        self.braces.pop()
        rest = _REST.match(self.source, position, end)
        assert rest is not None  # it takes nothing, too
        self._text(rest, column, (CLOSING, MIDDLE) if rest["stop"] else (ERROR, ERROR))
        return rest.end()

    def _text(self, token: re.Match[str], column: int, kinds: tuple[str, str]) -> None:
        text = token["text"]
        if "\\" in text:
            text = _ESCAPE.sub(_unescape, text)
        opens = token["stop"] == "${"
        self.found.add(kinds[opens], text, self.line, column)
        if opens:
            self.braces.append(0)

    def _long_text(self, written: str, offset: int, column: int) -> None:
        """'''text''', kept as it is written but for a line break at its start; $'''text''' takes ${ } inside."""
        dollars = len(written) - len(written.lstrip("$"))
        inner = written[dollars + 3 : -3]
        lead = 2 if inner.startswith("\r\n") else int(inner.startswith("\n"))
        line = self.line
        if dollars and "$" * dollars + "{" in inner:
            self._interpolate(inner[lead:], offset + dollars + 3 + lead, "$" * dollars + "{", column)
        else:
            self.found.add(TEXT, inner[lead:], line, column)
        self.line = line
        self._count_lines(written, offset)

    def _interpolate(self, inner: str, offset: int, opening: str, column: int) -> None:
        """The pieces of $'''…''': what stands in its ${ } is lexed where it stands."""
        kind, at = OPENING, 0
        while (begin := inner.find(opening, at)) >= 0:
            stop = _closing_brace(inner, begin + len(opening))
            if stop < 0:
                self.found.add(ERROR, opening, self.line, column)
                return
            self.found.add(kind, inner[at:begin], self.line, column)
            outer, self.braces = self.braces, []
            self.line += inner.count("\n", at, begin)
            self.run(offset + begin + len(opening), offset + stop)
            self.braces = outer
            kind, at = MIDDLE, stop + 1
        self.found.add(CLOSING, inner[at:], self.line, column)

    def _comment(self, start: int, column: int, end: int) -> int:
        """A comment over lines; one that nobody closed ends where a statement begins. Returns where to go on."""
        stop = -1 if self.unclosed else self.source.find("*/", start + 2, end)
        if stop >= 0:
            stop += 2
        else:  # then no later comment is closed either: not to look again keeps the time in bounds
            self.unclosed = True
            self.found.add(ERROR, "/*", self.line, column)
            again = DECLARATION.search(self.source, start, end)
            stop = again.start() if again else end
            self._line_break(column)
        self._count_lines(self.source[start:stop], start)
        return stop

    def _line_break(self, column: int) -> None:
        """One NEWLINE for any number of them."""
        if not self.found.kinds or self.found.kinds[-1] != NEWLINE:
            self.found.add(NEWLINE, "", self.line, column)

    def _count_lines(self, text: str, offset: int) -> None:
        if breaks := text.count("\n"):
            self.line += breaks
            self.start = offset + text.rfind("\n") + 1


def _closing_brace(text: str, at: int) -> int:
    """Where the brace stands that closes the one before `at`; -1 where none does. Texts in between are passed over."""
    depth = 0
    for found in re.compile(r"'(?:[^'\\\r\n]++|\\.)*+'|[{}]").finditer(text, at):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            if depth == 0:
                return found.start()
            depth -= 1
    return -1


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1]
    if code.startswith("u{"):
        point = int(code[2:-1], 16)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "�"
    return _ESCAPES.get(code, code)
