"""Words of a shell script made values, as far as they are known. None is a value that nobody knows."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence

from seawall.remedies.patch.shell import NotUnderstood, Word, word_end

Value = str | None
_PARAMETER = re.compile(r"([A-Za-z_]\w*|[0-9@*#?$!-])")
_BRACED = re.compile(r"([A-Za-z_]\w*|[0-9@*#?])(?:(:?[-=+])(.*)|(##?|%%?)(.*))?", re.DOTALL)


class Expander:
    """`variables` and `arguments` are what the script has; `run` follows a command substitution to its output."""

    def __init__(
        self, variables: Mapping[str, Value], arguments: Sequence[Value], run: Callable[[str, int], Value]
    ) -> None:
        self._variables, self._arguments, self._run = variables, arguments, run

    def value(self, word: Word) -> Value:
        """The word as one text."""
        pieces: list[Value] = [piece for piece, _ in self._pieces(word.text, word.line)]
        return None if None in pieces else "".join(piece or "" for piece in pieces)

    def fields(self, word: Word) -> list[Value]:
        """The words that it becomes: what is not quoted is split, `"$@"` are all arguments."""
        if word.text in ('"$@"', "$@", "$*"):
            return list(self._arguments)
        pieces = list(self._pieces(word.text, word.line))
        if any(piece is None for piece, _ in pieces):
            return [None]
        if any(not quoted for _, quoted in pieces):
            whole = "".join(piece or "" for piece, _ in pieces)
            if all(not quoted for _, quoted in pieces):
                return [*whole.split()]
            return [whole]
        return ["".join(piece or "" for piece, _ in pieces)]

    def pattern(self, word: Word) -> Value:
        """A pattern of `case`, what is quoted in it taken as it is."""
        found = ""
        for text, quoted in self._pieces(word.text, word.line):
            if text is None:
                return None
            literal = quoted and any(mark in word.text for mark in "'\"\\")
            found += re.sub(r"([*?[])", r"[\1]", text) if literal else text
        return found

    def _pieces(self, text: str, line: int) -> list[tuple[Value, bool]]:
        """The parts of a word and whether each is safe from being split: literal text and quoted text are."""
        found: list[tuple[Value, bool]] = []
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\\":
                found.append((text[at + 1 : at + 2], True))
                at += 2
            elif char == "'":
                end = text.index("'", at + 1)
                found.append((text[at + 1 : end], True))
                at = end + 1
            elif char == '"':
                close = _quote_end(text, at, line)
                found.append((self._quoted(text[at + 1 : close], line), True))
                at = close + 1
            elif char in "$`":
                value, at = self._dollar(text, at, line)
                found.append((value, False))
            else:
                found.append((char, True))
                at += 1
        return found

    def _quoted(self, text: str, line: int) -> Value:
        found, at = "", 0
        while at < len(text):
            if text[at] == "\\" and text[at + 1 : at + 2] in ("\\", '"', "$", "`", "\n"):
                found += text[at + 1].replace("\n", "")
                at += 2
            elif text[at] in "$`":
                value, at = self._dollar(text, at, line)
                if value is None:
                    return None
                found += value
            else:
                found += text[at]
                at += 1
        return found

    def _dollar(self, text: str, at: int, line: int) -> tuple[Value, int]:
        if text[at] == "`":
            end = text.index("`", at + 1)
            return self._run(text[at + 1 : end], line), end + 1
        if text.startswith(("$((", "$(", "${"), at):
            end = at + _piece_length(text[at:], line)
            inner = text[at + 2 : end - 1]
            if text.startswith("$((", at):
                return None, end
            return (self._run(inner, line) if text[at + 1] == "(" else self._braced(inner, line)), end
        parameter = _PARAMETER.match(text, at + 1)
        if parameter is None:
            return "$", at + 1
        return self.named(parameter[1]), parameter.end()

    def named(self, name: str) -> Value:
        """A variable or an argument; "" for one that is not set."""
        if name.isdigit() and name != "0":
            return self._arguments[int(name) - 1] if int(name) <= len(self._arguments) else ""
        if name == "#":
            return str(len(self._arguments))
        if name in "@*":
            return None if None in self._arguments else " ".join(each or "" for each in self._arguments)
        return None if name in "?$!0-" else self._variables.get(name, "")

    def _braced(self, inner: str, line: int) -> Value:
        match = _BRACED.fullmatch(inner)
        if match is None:
            if inner.startswith("#"):
                return None
            raise NotUnderstood(line, f"${{{inner}}}")
        value = self.named(match[1])
        if match[2]:
            if value is None:
                return None
            other = self._quoted(match[3].strip('"'), line)
            return (other if value else "") if match[2][-1] == "+" else value or other
        if match[4]:
            pattern = self.pattern(Word(match[5], line))
            return None if value is None or pattern is None else _trimmed(value, match[4], pattern)
        return value


def _piece_length(text: str, line: int) -> int:
    """The length of the `$(…)` or `${…}` at the beginning."""
    end = 2
    close = ")" if text[1] == "(" else "}"
    while end <= len(text):
        end = text.find(close, end)
        if end < 0:
            break
        try:
            if word_end(text[: end + 1], 0, line, stops="") == end + 1:
                return end + 1
        except NotUnderstood:
            pass
        end += 1
    raise NotUnderstood(line, text[:60])


def _quote_end(text: str, at: int, line: int) -> int:
    end = at
    while (end := text.find('"', end + 1)) >= 0:
        try:
            if word_end(text[at : end + 1], 0, line, stops="") == end + 1 - at:
                return end
        except NotUnderstood:
            continue
    raise NotUnderstood(line, text[:60])


def _trimmed(value: str, how: str, pattern: str) -> str:
    cuts = range(len(value) + 1)
    if how[0] == "#":
        order = cuts if how == "#" else reversed(cuts)
        return next((value[cut:] for cut in order if fnmatch.fnmatchcase(value[:cut], pattern)), value)
    order = reversed(cuts) if how == "%" else cuts
    return next((value[:cut] for cut in order if fnmatch.fnmatchcase(value[cut:], pattern)), value)
