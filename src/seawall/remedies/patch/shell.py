"""Maintainer scripts taken apart: the grammar of POSIX sh (XCU 2.10), as far as such scripts use it.

What is not understood raises NotUnderstood with its line; nothing is ever run.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias


class NotUnderstood(Exception):
    """A script that cannot be followed: the line, and what is in it."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


class Word(NamedTuple):
    """A word as it is written, with its quotes."""

    text: str
    line: int


class Simple(NamedTuple):
    """A command. `redirects` are (operator, target)."""

    assigns: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[tuple[str, Word], ...]
    line: int


class Pipe(NamedTuple):
    """Commands whose output goes to the next."""

    parts: tuple[Node, ...]


class Logic(NamedTuple):
    """`&&` or `||`."""

    operator: str
    left: Node
    right: Node


class Not(NamedTuple):
    """`!` before a command."""

    node: Node


class Sequence(NamedTuple):
    """Commands one after another."""

    nodes: tuple[Node, ...]


class If(NamedTuple):
    """Conditions and what follows, and what follows else."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


class Case(NamedTuple):
    """A word and what follows for patterns."""

    word: Word
    branches: tuple[tuple[tuple[Word, ...], Node], ...]


class For(NamedTuple):
    """A loop over words, over the arguments where they are None."""

    name: str
    words: tuple[Word, ...] | None
    body: Node


class Function(NamedTuple):
    """A function as it is defined."""

    name: str
    body: Node


class Group(NamedTuple):
    """`( … )` or `{ …; }`."""

    node: Node
    subshell: bool
    redirects: tuple[tuple[str, Word], ...]


class Loop(NamedTuple):
    """`while` or `until`."""

    condition: Node
    body: Node
    line: int


Node: TypeAlias = Simple | Pipe | Logic | Not | Sequence | If | Case | For | Function | Group | Loop

_OPERATOR = re.compile(r"&&|\|\||;;|<<-|<<|>>|>&|<&|>\||[;&|<>()\n]")
_ASSIGN = re.compile(r"([A-Za-z_]\w*)=")
_RESERVED = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}", ")", ";;"})
_DEPTH = 60


def parse(text: str) -> Node:
    """The script as one node. Raises NotUnderstood."""
    try:
        return _Parser(_tokens(text)).whole()
    except RecursionError:
        raise NotUnderstood(1, "nested too deep") from None


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, line = 0, 1
    pending: list[str] = []
    while at < len(text):
        char = text[at]
        if char in " \t\r":
            at += 1
        elif text.startswith("\\\n", at):
            at, line = at + 2, line + 1
        elif char == "#":
            at = (text.find("\n", at) + len(text) + 1) % (len(text) + 1)
        elif operator := _OPERATOR.match(text, at):
            found.append(_Token("op", operator[0], line))
            at = operator.end()
            if operator[0] == "\n":
                line += 1
                for document in pending:
                    at, line = _skip_document(text, at, line, document)
                pending = []
        else:
            end = word_end(text, at, line)
            word = text[at:end]
            if end < len(text) and text[end] in "<>" and word.isdigit():
                word = ""  # the number of a file descriptor
            if word:
                found.append(_Token("word", word, line))
                if len(found) > 1 and found[-2].text in ("<<", "<<-"):
                    pending.append(word.strip("'\"\\"))
            line += text.count("\n", at, end)
            at = end
    return [*found, _Token("op", "\n", line), _Token("end", "", line)]


def _skip_document(text: str, at: int, line: int, end: str) -> tuple[int, int]:
    while at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        here, at, line = text[at:stop].strip("\t"), stop + 1, line + 1
        if here == end:
            break
    return at, line


def word_end(text: str, at: int, line: int, stops: str = " \t\n;&|<>()") -> int:
    """Where the word that begins at `at` ends. Raises NotUnderstood."""
    while at < len(text) and text[at] not in stops:
        at = _after_piece(text, at, line)
    return at


def _after_piece(text: str, at: int, line: int) -> int:
    char = text[at]
    if char == "\\":
        return at + 2
    if char == "'":
        return _closed(text.find("'", at + 1), line, "'") + 1
    if char == '"':
        return _closed(_until(text, at + 1, '"', line), line, '"') + 1
    if char == "`":
        return _closed(text.find("`", at + 1), line, "`") + 1
    if text.startswith("$(", at):
        return _closed(_until(text, at + 2, ")", line), line, "$(") + 1
    if text.startswith("${", at):
        return _closed(_until(text, at + 2, "}", line), line, "${") + 1
    return at + 1


def _until(text: str, at: int, close: str, line: int) -> int:
    while at < len(text) and text[at] != close:
        if close == '"' and text[at] == "'":
            at += 1
        elif close == ")" and text[at] == "(":
            at = _closed(_until(text, at + 1, ")", line), line, "(") + 1
        else:
            at = _after_piece(text, at, line)
    return at if at < len(text) else -1


def _closed(at: int, line: int, what: str) -> int:
    if at < 0:
        raise NotUnderstood(line, f"{what} is never closed")
    return at


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def whole(self) -> Node:
        node = self._list()
        if self._next.kind != "end":
            raise self._odd()
        return node

    def _odd(self) -> NotUnderstood:
        return NotUnderstood(self._next.line, f"{self._next.text!r} is not expected here")

    def _take(self, text: str) -> _Token:
        if self._next.text != text:
            raise self._odd()
        self._at += 1
        return self._tokens[self._at - 1]

    def _newlines(self) -> None:
        while self._next.text == "\n":
            self._at += 1

    def _list(self) -> Node:
        nodes: list[Node] = []
        while True:
            while self._next.text in ("\n", ";") and self._next.kind == "op":
                self._at += 1
            if self._next.kind == "end" or self._next.text in _RESERVED:
                return Sequence(tuple(nodes))
            nodes.append(self._logic())
            if self._next.text == "&":
                raise NotUnderstood(self._next.line, "something is left running")

    def _logic(self) -> Node:
        left = self._pipe()
        while self._next.text in ("&&", "||"):
            operator = self._take(self._next.text).text
            self._newlines()
            left = Logic(operator, left, self._pipe())
        return left

    def _pipe(self) -> Node:
        negated = self._next.text == "!"
        self._at += negated
        parts = [self._command()]
        while self._next.text == "|":
            self._at += 1
            self._newlines()
            parts.append(self._command())
        node = parts[0] if len(parts) == 1 else Pipe(tuple(parts))
        return Not(node) if negated else node

    def _command(self) -> Node:
        token = self._next
        match token.text:
            case "if":
                return self._grouped(self._if())
            case "case":
                return self._grouped(self._case())
            case "for":
                return self._grouped(self._for())
            case "while" | "until":
                self._at += 1
                condition = self._list()
                self._take("do")
                body = self._list()
                self._take("done")
                return self._grouped(Loop(condition, body, token.line))
            case "(" | "{":
                self._at += 1
                body = self._list()
                self._take(")" if token.text == "(" else "}")
                return Group(body, token.text == "(", self._redirects())
        if token.kind != "word" and token.text not in ("<", ">", ">>", "<<", "<<-", ">&", "<&", ">|"):
            raise self._odd()
        if self._tokens[self._at + 1].text == "(" and self._tokens[self._at + 2].text == ")":
            self._at += 3
            self._newlines()
            return Function(token.text, self._command())
        return self._simple()

    def _grouped(self, node: Node) -> Node:
        redirects = self._redirects()
        return Group(node, False, redirects) if redirects else node

    def _redirects(self) -> tuple[tuple[str, Word], ...]:
        found = []
        while self._next.kind == "op" and self._next.text[0] in "<>":
            operator = self._take(self._next.text).text
            found.append((operator, self._word()))
        return tuple(found)

    def _word(self) -> Word:
        if self._next.kind != "word":
            raise self._odd()
        self._at += 1
        return Word(self._tokens[self._at - 1].text, self._tokens[self._at - 1].line)

    def _simple(self) -> Node:
        line = self._next.line
        assigns: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[tuple[str, Word]] = []
        while True:
            if more := self._redirects():
                redirects += more
            elif self._next.kind == "word":
                word = self._word()
                assign = None if words else _ASSIGN.match(word.text)
                if assign:
                    assigns.append((assign[1], Word(word.text[assign.end() :], word.line)))
                else:
                    words.append(word)
            else:
                return Simple(tuple(assigns), tuple(words), tuple(redirects), line)

    def _if(self) -> Node:
        branches = []
        while self._next.text in ("if", "elif"):
            self._at += 1
            condition = self._list()
            self._take("then")
            branches.append((condition, self._list()))
        otherwise: Node = Sequence(())
        if self._next.text == "else":
            self._at += 1
            otherwise = self._list()
        self._take("fi")
        return If(tuple(branches), otherwise)

    def _for(self) -> Node:
        self._take("for")
        name = self._word().text
        words: list[Word] | None = None
        self._newlines()
        if self._next.text == "in":
            self._at += 1
            words = []
            while self._next.kind == "word":
                words.append(self._word())
        while self._next.text in (";", "\n"):
            self._at += 1
        self._take("do")
        body = self._list()
        self._take("done")
        return For(name, None if words is None else tuple(words), body)

    def _case(self) -> Node:
        self._take("case")
        word, branches = self._word(), []
        self._newlines()
        self._take("in")
        self._newlines()
        while self._next.text != "esac":
            if self._next.text == "(":
                self._at += 1
            patterns = [self._word()]
            while self._next.text == "|":
                self._at += 1
                patterns.append(self._word())
            self._take(")")
            branches.append((tuple(patterns), self._list()))
            if self._next.text == ";;":
                self._at += 1
            self._newlines()
        self._take("esac")
        return Case(word, tuple(branches))
