"""Shell text to tokens: words, operators, ends of lines. Enough of POSIX sh and bash to see what a build runs."""

from __future__ import annotations

import re

import msgspec

from seawall.sources.dockerfile.lines import Marked
from seawall.sources.dockerfile.variables import MOST, Values, variable

_OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|&>>?|[|;&()\n]")
_REDIRECT = re.compile(r"\d*(<<<|<<-?|>>|>\||>&|<&|<>|[<>])(?!\()")
_BLANK = " \t\r"


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is word, operator or redirect. `inner` are the scripts in it: `$(…)`, backticks, `<(…)`."""

    kind: str
    text: str
    value: str
    offset: int
    known: bool = True
    inner: tuple[Marked, ...] = ()


class Tokens:
    """A walk over one script; what does not end (a quote, a bracket) ends with the text."""

    def __init__(self, script: Marked, values: Values, escape: str) -> None:
        self._script = script
        self._text = script.text
        self._values = values
        self._escape = escape
        self._at = 0
        self._waiting: list[str] = []  # names of heredocs whose bodies begin at the next line

    def all(self) -> list[Token]:
        found: list[Token] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in _BLANK:
                self._at += 1
            elif char == "#":
                self._at = self._find("\n")
            elif char == "\\" and self._escape == "\\" and self._text[self._at + 1 : self._at + 2] == "\n":
                self._at += 2
            elif match := _REDIRECT.match(self._text, self._at):
                found.append(self._taken("redirect", match))
            elif match := _OPERATOR.match(self._text, self._at):
                found.append(self._taken("operator", match))
                if match[0] == "\n":
                    self._skip_bodies()
            else:
                found.append(self._word())
                if len(found) > 1 and found[-2].text in ("<<", "<<-") and found[-2].kind == "redirect":
                    self._waiting.append(found[-1].value)
        return found

    def _taken(self, kind: str, match: re.Match[str]) -> Token:
        self._at = match.end()
        text = match[1] if kind == "redirect" else match[0]
        return Token(kind=kind, text=text, value=text, offset=match.start())

    def _find(self, text: str) -> int:
        found = self._text.find(text, self._at)
        return len(self._text) if found < 0 else found

    def _skip_bodies(self) -> None:
        for name in self._waiting:
            while self._at < len(self._text):
                line_end = self._find("\n")
                line = self._text[self._at : line_end]
                self._at = line_end + 1
                if line.strip() == name:
                    break
        self._waiting = []

    def _word(self) -> Token:
        start, made, inner, known, quote = self._at, [""], list[Marked](), True, ""
        text, length = self._text, 0
        while self._at < len(text):
            char = text[self._at]
            if not quote and (char in _BLANK or self._ends_word()):
                break
            if (quote != "'" and ((char == "`" and self._escape == "\\") or text.startswith("$(", self._at))) or (
                not quote and text.startswith(("<(", ">("), self._at)
            ):
                known = False
                made.append(self._substitution(inner))
            elif quote != "'" and char == "$":
                value, end = variable(text, self._at, self._values)
                known = known and value is not None
                made.append(text[self._at : end] if value is None else value)
                self._at = end
            elif char == self._escape and quote != "'":
                made.append(self._escaped(quote))
            else:
                self._at += 1
                if char == quote or (not quote and char in "'\""):
                    quote = "" if quote else char
                else:
                    made.append(char)
            length += len(made[-1])
        value = "".join(made) if length <= MOST else text[start : self._at]
        known = known and length <= MOST
        return Token(
            kind="word", text=text[start : self._at], value=value, offset=start, known=known, inner=tuple(inner)
        )

    def _ends_word(self) -> bool:
        if self._text.startswith(("<(", ">("), self._at):
            return False
        return self._text[self._at] in "|;&()<>\n"

    def _escaped(self, quote: str) -> str:
        """What a backslash and the next character stand for."""
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if following == "\n":
            return ""
        return following if not quote or following in '$`"\\' else f"\\{following}"

    def _substitution(self, inner: list[Marked]) -> str:
        """Skips `$(…)`, `<(…)` or backticks, and notes the script in it."""
        start = self._at
        if self._text[start] == "`":
            begin, self._at = start + 1, start + 1
            end = self._find("`")
        else:
            begin = start + 2
            end = self._closing(begin)
        self._at = min(end + 1, len(self._text))
        if not self._text.startswith("$((", start):
            inner.append(self._script.cut(begin, end))
        return self._text[start : self._at]

    def _closing(self, begin: int) -> int:
        """The index of the bracket that closes what begins at `begin`."""
        depth, quote, index = 1, "", begin
        while index < len(self._text):
            char = self._text[index]
            if char == "\\" and quote != "'":
                index += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            else:
                depth += {"(": 1, ")": -1}.get(char, 0)
                if depth == 0:
                    return index
            index += 1
        return len(self._text)
