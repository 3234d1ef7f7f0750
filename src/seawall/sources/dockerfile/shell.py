"""A shell script to its simple commands, each with its line: through lists, pipes, brackets, `if`, `for` and `case`.

What a program is given as a script (`sh -c "…"`, `eval`, `$(…)`) is taken apart as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from seawall.model.dockerfile import Command, Redirect, Word
from seawall.sources.dockerfile.lines import Marked
from seawall.sources.dockerfile.tokens import Token, Tokens
from seawall.sources.dockerfile.variables import Values

SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh", "ksh"))
DEEPEST = 8
"""Scripts in scripts: what lies deeper stays a word."""

_KEYWORDS = frozenset(("if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time"))
_ASSIGNED = re.compile(r"\w+\+?=.*", re.DOTALL)


def commands(
    script: Marked, values: Values, escape: str = "\\", *, within: str = "", depth: int = 0
) -> tuple[Command, ...]:
    """The simple commands of a script in the order in which they are written; never raises."""
    return tuple(_Reader(script, values, escape, within, depth).read()) if depth <= DEEPEST else ()


class _Reader:
    def __init__(self, script: Marked, values: Values, escape: str, within: str, depth: int) -> None:
        self._script, self._values, self._escape = script, values, escape
        self._within, self._depth = within, depth
        self._tokens = Tokens(script, values, escape).all()
        self._next = 0
        self._cases = 0

    def read(self) -> Iterator[Command]:
        joined = ""
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == "operator":
                self._next += 1
                joined = ";" if token.text in "\n(" else token.text
                if token.text.startswith(";;") and self._cases:
                    self._pattern()
            elif token.kind == "word" and token.text in _KEYWORDS:
                self._next += 1
            elif token.kind == "word" and token.text in ("for", "select", "function"):
                yield from self._skipped_to(";", "\n", "(")
            elif token.kind == "word" and token.text == "case":
                self._cases += 1
                yield from self._skipped_to("in")
                self._next += 1
                self._pattern()
            elif token.kind == "word" and token.text == "esac":
                self._cases -= 1
                self._next += 1
            else:
                yield from self._command(joined)
                joined = ""

    def _pattern(self) -> None:
        """Skips the pattern of one branch of a `case`."""
        while self._next < len(self._tokens) and self._tokens[self._next].text in ("\n", ";"):
            self._next += 1
        if self._next < len(self._tokens) and self._tokens[self._next].text == "esac":
            return
        while self._next < len(self._tokens):
            self._next += 1
            if self._tokens[self._next - 1].text == ")":
                return

    def _skipped_to(self, *ends: str) -> Iterator[Command]:
        """Skips words, and yields the scripts in them."""
        while self._next < len(self._tokens) and self._tokens[self._next].text not in ends:
            yield from self._inside(self._tokens[self._next], "")
            self._next += 1

    def _command(self, joined: str) -> Iterator[Command]:
        tokens: list[Token] = []
        redirects: list[Redirect] = []
        test = self._tokens[self._next].text == "[["
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == "operator" and not test:
                break
            self._next += 1
            if token.kind == "word" or test:
                tokens.append(token)
                test = test and token.text != "]]"
            elif self._next < len(self._tokens) and self._tokens[self._next].kind == "word":
                target = self._tokens[self._next]
                redirects.append(Redirect(operator=token.text, target=self._placed(target)))
                yield from self._inside(target, "" if token.text != "<" else (tokens[0].value if tokens else ""))
                self._next += 1
        count = 0
        while count < len(tokens) and _ASSIGNED.fullmatch(tokens[count].text):
            count += 1
        words = tuple(map(self._placed, tokens))
        command = Command(
            words=words[count:],
            assigned=words[:count],
            redirects=tuple(redirects),
            joined=joined,
            within=self._within,
        )
        for token in tokens:
            yield from self._inside(token, command.program)
        yield command
        yield from self._given(command, tokens)

    def _given(self, command: Command, tokens: list[Token]) -> Iterator[Command]:
        """The script that `sh -c` or `eval` is given as a word."""
        values = command.values
        if command.program in SHELLS:
            flag = next((i for i, value in enumerate(values) if re.fullmatch(r"-[a-z]*c[a-z]*", value)), None)
            index = None if flag is None or flag + 1 >= len(values) else flag + 1
        else:
            index = 0 if command.program == "eval" and values else None
        if index is not None:
            word = command.arguments[index]
            script = Marked(word.value, ((0, word.line, word.column),))
            yield from self._nested(script, "")

    def _inside(self, token: Token, program: str) -> Iterator[Command]:
        for script in token.inner:
            yield from self._nested(script, program)

    def _nested(self, script: Marked, within: str) -> Iterator[Command]:
        nested = commands(script, self._values, self._escape, within=within, depth=self._depth + 1)
        yield from (msgspec.structs.replace(each, within=each.within or within) for each in nested)

    def _placed(self, token: Token) -> Word:
        line, column = self._script.at(token.offset)
        return Word(text=token.text, value=token.value, known=token.known, line=line, column=column)
