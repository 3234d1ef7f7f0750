"""Walking over tokens: what the parsers of types, expressions and statements have in common."""

from __future__ import annotations

from seawall.errors import LimitExceeded
from seawall.safe.limits import Limits
from seawall.sources.clusters.bicep.lexer import (
    CLOSING,
    END,
    ERROR,
    MIDDLE,
    NAME,
    NEWLINE,
    NUMBER,
    OPENING,
    TEXT,
    Tokens,
)

_WORDS = {NEWLINE: "the end of the line", END: "the end of the file"}


class Wrong(Exception):
    """A statement that cannot be read; caught by the parser, which goes on with the next."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Cursor:
    """A place in the tokens of one file. `depth` is how deep the parser is inside brackets and operators."""

    def __init__(self, tokens: Tokens, where: str, limits: Limits) -> None:
        self.kinds = tokens.kinds
        self.texts = tokens.texts
        self.lines = tokens.lines
        self.columns = tokens.columns
        self.at = 0
        self.depth = 0
        self._where = where
        self._deepest = limits.bicep_nesting

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of the next token."""
        return self.lines[self.at], self.columns[self.at]

    def deeper(self) -> None:
        """Go one level down; raises LimitExceeded. Whoever calls it takes `depth` back."""
        self.depth += 1
        if self.depth > self._deepest:
            raise LimitExceeded("bicep_nesting", self._deepest, where=f"{self._where}:{self.lines[self.at]}")

    def next_is(self, kind: str) -> bool:
        """True when the next token is of `kind`."""
        return self.kinds[self.at] == kind

    def word_is(self, word: str) -> bool:
        """True when the next token is the name `word`."""
        return self.kinds[self.at] == NAME and self.texts[self.at] == word

    def skip(self, kind: str) -> bool:
        """Pass over the next token if it is of `kind`."""
        if self.kinds[self.at] != kind:
            return False
        self.at += 1
        return True

    def skip_word(self, word: str) -> bool:
        """Pass over the next token if it is the name `word`."""
        if not self.word_is(word):
            return False
        self.at += 1
        return True

    def lines_break(self) -> None:
        """Pass over line breaks; two never follow each other but where a comment over lines stands between."""
        while self.kinds[self.at] == NEWLINE:
            self.at += 1

    def take(self, kind: str, what: str = "") -> str:
        """The text of the next token, which must be of `kind`."""
        if self.kinds[self.at] != kind:
            raise self.wrong(what or repr(kind))
        self.at += 1
        return self.texts[self.at - 1]

    def wrong(self, expected: str) -> Wrong:
        """The fault that something else than `expected` stands here."""
        kind, text = self.kinds[self.at], self.texts[self.at]
        if kind == ERROR:
            what = "a text that does not end" if text.startswith("'") or not text else f"{text[:20]!r}"
            return Wrong(f"{what} cannot stand here", *self.place)
        if kind in (TEXT, OPENING, MIDDLE, CLOSING, NAME, NUMBER):
            found = f"'{text[:40]}'"
        else:
            found = _WORDS.get(kind, f"'{kind}'")
        return Wrong(f"expected {expected}, found {found}", *self.place)
