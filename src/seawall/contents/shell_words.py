"""The words of a shell script: quotes, parameters, substitutions, here-documents (POSIX shell, and what bash adds)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from seawall.contents.shell_syntax import Parameter, Part, Script, Substitution, Text, Unclear, Word
from seawall.errors import Malformed

NESTING = 40
"""Depth of commands in commands. Real scripts stay below ten; each level takes a dozen of Python's 1,000."""

_NAME = re.compile(r"[A-Za-z_]\w*|\d|[@*#?$!-]")
_BRACED = re.compile(r"([A-Za-z_]\w*|\d+|[@*#?$!-])(\[[^\]\n]*\])?")
_OPERATOR = re.compile(r":[-=+?]|##|%%|\^\^|,,|[-=+?#%:/^,@]")
_PLAIN = re.compile(r"[^\s;&|<>()\\'\"$`]+")
_BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_IN_DOUBLE = re.compile(r'[^"\\$`]+')
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "e": "\x1b"}


class WordReader(ABC):
    """A place in a script, and how to read a word from there."""

    def __init__(self, text: str, *, line: int = 1, depth: int = 0) -> None:
        self.text, self.at, self.depth = text, 0, depth
        self._first = line
        self._awaited: list[tuple[str, bool, bool, list[Word]]] = []

    @abstractmethod
    def script(self, *ends: str) -> Script:
        """Commands up to one of `ends`, which is not taken."""

    @property
    def line(self) -> int:
        return self._first + self.text.count("\n", 0, self.at)

    def failure(self, what: str) -> Malformed:
        return Malformed(what, where=f"line {self.line}")

    def ahead(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def take(self, text: str) -> bool:
        found = self.ahead(text)
        self.at += len(text) if found else 0
        return found

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.failure(f"{text!r} was expected")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def blank(self) -> None:
        """Go past spaces and a comment."""
        self.match(_BLANK)
        if self.ahead("#"):
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else len(self.text)

    def newlines(self) -> None:
        """Go past the ends of lines, and the here-documents that begin there."""
        self.blank()
        while self.take("\n"):
            awaited, self._awaited = self._awaited, []
            for delimiter, tabs, plain, texts in awaited:
                texts.append(self._here_document(delimiter, tabs, plain))
            self.blank()

    def await_here_document(self, *, tabs: bool, texts: list[Word]) -> None:
        """Note that one begins at the end of the line, by the word that is next."""
        self.blank()
        word = self.word() or ()
        delimiter = "".join(part.text for part in word if isinstance(part, Text))
        plain = any(isinstance(part, Text) and part.quoted for part in word)
        self._awaited.append((delimiter, tabs, plain, texts))

    def word(self) -> Word | None:
        """The next word; None where there is none."""
        parts: list[Part] = []
        while self.at < len(self.text):
            if found := self.match(_PLAIN):
                parts.append(Text(found[0]))
            elif self.ahead("(") and parts and self.text[self.at - 1] in "@!?+*":
                self._balanced("(", ")")
                parts.append(Unclear(quoted=False))
            elif self.ahead("<(") or self.ahead(">("):
                self.at += 1
                parts.append(self._substitution(quoted=True))
            elif not self._quotes(parts):
                break
        return tuple(parts) if parts else None

    def _quotes(self, parts: list[Part]) -> bool:
        """One piece that begins with a quote, a backslash, `$` or a backquote; False where there is none."""
        if self.take("\\\n"):
            return True
        if self.take("\\"):
            parts.append(Text(self.text[self.at : self.at + 1], quoted=True))
            self.at += 1
        elif self.take("'"):
            parts.append(Text(self._until("'"), quoted=True))
        elif self.take('"'):
            parts += self._double()
        elif self.ahead("$"):
            parts.append(self._dollar(quoted=False))
        elif self.ahead("`"):
            parts.append(self._backquotes(quoted=False))
        else:
            return False
        return True

    def _until(self, end: str) -> str:
        found = self.text.find(end, self.at)
        if found < 0:
            raise self.failure(f"{end} is missing")
        text, self.at = self.text[self.at : found], found + len(end)
        return text

    def _double(self) -> list[Part]:
        parts: list[Part] = [Text("", quoted=True)]
        while not self.take('"'):
            if self.at >= len(self.text):
                raise self.failure('" is missing')
            if found := self.match(_IN_DOUBLE):
                parts.append(Text(found[0], quoted=True))
            elif self.ahead("$"):
                parts.append(self._dollar(quoted=True))
            elif self.ahead("`"):
                parts.append(self._backquotes(quoted=True))
            elif self.take("\\\n"):
                continue
            else:
                escaped = self.text[self.at + 1 : self.at + 2]
                parts.append(Text(escaped if escaped in '$`"\\' else f"\\{escaped}", quoted=True))
                self.at += 2
        return parts

    def _dollar(self, *, quoted: bool) -> Part:
        self.at += 1
        if self.take("(("):
            self.at -= 2
            self._balanced("(", ")")
            return Unclear(quoted)
        if self.ahead("("):
            return self._substitution(quoted=quoted)
        if self.take("{"):
            return self._braced(quoted=quoted)
        if not quoted and self.take("'"):
            return Text(self._ansi(), quoted=True)
        if found := self.match(_NAME):
            return Parameter(found[0], quoted)
        return Text("$" if quoted or not self.ahead('"') else "", quoted)

    def _ansi(self) -> str:
        pieces = []
        while not self.take("'"):
            if self.at >= len(self.text):
                raise self.failure("' is missing")
            letter = self.text[self.at]
            self.at += 1
            if letter == "\\":
                letter = _ANSI.get(self.text[self.at : self.at + 1], letter)
                self.at += 1
            pieces.append(letter)
        return "".join(pieces)

    def _substitution(self, *, quoted: bool) -> Part:
        self.expect("(")
        script = self.script(")")
        self.expect(")")
        return Substitution(script, quoted)

    def _backquotes(self, *, quoted: bool) -> Part:
        line = self.line
        self.at += 1
        start = self.at
        while self.at < len(self.text) and self.text[self.at] != "`":
            self.at += 2 if self.text[self.at] == "\\" else 1
        inner = re.sub(r"\\([`$\\])", r"\1", self.text[start : self.at])
        self.expect("`")
        return Substitution(type(self)(inner, line=line, depth=self.depth + 1).script(), quoted)

    def _braced(self, *, quoted: bool) -> Part:
        """What follows `${`."""
        length = self.ahead("#") and not self.ahead("#}") and self.take("#")
        found = self.match(_BRACED)
        if not found:
            self.at -= 1
            self._balanced("{", "}")
            return Unclear(quoted)
        name = found[1] + ("[@]" if found[2] in ("[@]", "[*]") else "")
        operator = self.match(_OPERATOR)
        argument = self._argument()
        if (found[2] and not name.endswith("]")) or found[1] == "!":
            return Unclear(quoted)
        return Parameter(name, quoted, "length" if length else operator[0] if operator else "", argument)

    def _argument(self) -> Word:
        """The rest of `${name…}`, its closing brace included."""
        parts: list[Part] = []
        while not self.take("}"):
            if self.at >= len(self.text):
                raise self.failure("} is missing")
            if not self._quotes(parts):
                parts.append(Text(self.text[self.at]))
                self.at += 1
        return tuple(parts)

    def _balanced(self, opening: str, closing: str) -> None:
        """Go past what is between brackets."""
        depth = 0
        while self.at < len(self.text):
            depth += (self.text[self.at] == opening) - (self.text[self.at] == closing)
            self.at += 1
            if not depth:
                return
        raise self.failure(f"{closing} is missing")

    def _here_document(self, delimiter: str, tabs: bool, plain: bool) -> Word:
        lines, line = [], self.line
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = end if end >= 0 else len(self.text)
            one, self.at = self.text[self.at : end], min(end + 1, len(self.text))
            if (one.lstrip("\t") if tabs else one) == delimiter:
                break
            lines.append(one)
        content = "\n".join(lines)
        if plain or not ("$" in content or "`" in content):
            return (Text(content, quoted=True),)
        return tuple(type(self)(content.replace('"', '\\"') + '"', line=line, depth=self.depth + 1)._double())
