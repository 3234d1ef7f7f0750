"""Tokens to statements. A statement that cannot be read is one `Fault`; the rest of the file is read.

The grammar is that of https://github.com/Azure/bicep/blob/main/docs/grammar.md and of Microsoft's own files.
"""

from __future__ import annotations

from typing import Final

from seawall.errors import LimitExceeded
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.bicep import lexer
from seawall.sources.clusters.bicep.cursor import Wrong
from seawall.sources.clusters.bicep.expressions import Expressions
from seawall.sources.clusters.bicep.lexer import END, NAME, NEWLINE, TEXT
from seawall.sources.clusters.bicep.syntax import Declaration, Expression, Fault, File

_EXTENSIONS: Final = ("extension", "provider")


def parse(data: bytes, *, where: str, limits: Limits = DEFAULT) -> File:
    """The statements of a `.bicep` or `.bicepparam` file, and those that could not be read.

    Raises LimitExceeded where it is too long or too deep.
    """
    if len(data) > limits.bicep_bytes:
        raise LimitExceeded("bicep_bytes", limits.bicep_bytes, where=where, found=len(data))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    parser = _Parser(lexer.tokens(data.decode(encoding, "replace")), where, limits)
    try:
        return parser.file()
    except RecursionError:
        raise LimitExceeded("bicep_nesting", limits.bicep_nesting, where=where) from None


class _Parser(Expressions):
    """The parser of statements. `_first` is the token that the current one begins with, after its decorators."""

    _first = 0

    def file(self) -> File:
        """All statements."""
        declarations: list[Declaration] = []
        faults: list[Fault] = []
        while True:
            self.lines_break()
            if self.next_is(END):
                return File(declarations=tuple(declarations), faults=tuple(faults))
            self._first, self.depth = self.at, 0
            try:
                declarations.append(self._statement())
                if not self.next_is(END):
                    self.take(NEWLINE, "the end of the line")
            except Wrong as wrong:
                faults.append(Fault(wrong.line, wrong.column, wrong.message))
                self._recover()

    def child(self) -> Declaration | None:
        """A resource in the body of another; decorators may come first."""
        if not self.next_is("@") and not self._resource_follows():
            return None
        decorators = self._decorators()
        if not self._resource_follows():
            raise self.wrong("a resource")
        return self._resource(decorators)

    def decorator(self) -> Expression:
        self.take("@")
        return self._postfix()

    def _resource_follows(self) -> bool:
        after = self.kinds[self.at + 1 : self.at + 3]
        return self.word_is("resource") and after == [NAME, TEXT]

    def _recover(self) -> None:
        """Go to where the next statement begins: at the start of a line, in no bracket or in the first column."""
        self.at = min(self._first + 1, len(self.kinds) - 1)
        depth = 0
        while not self.next_is(END):
            kind = self.kinds[self.at]
            depth += (kind in "{[(") - (kind in "}])")
            if self.kinds[self.at - 1] == NEWLINE and self._begins_statement(depth):
                return
            self.at += 1

    def _begins_statement(self, depth: int) -> bool:
        if not self.next_is("@") and not (self.next_is(NAME) and self.texts[self.at] in _STATEMENTS):
            return False
        return (self.columns[self.at] == 1 or depth <= 0) and self.kinds[self.at + 1] != ":"

    def _statement(self) -> Declaration:
        decorators = self._decorators()
        self._first = self.at
        read = _STATEMENTS.get(self.texts[self.at]) if self.next_is(NAME) else None
        if read is None:
            raise self.wrong("a statement")
        return read(self, decorators)

    def _decorators(self) -> tuple[Expression, ...]:
        found = []
        while self.next_is("@"):
            found.append(self.decorator())
            self.lines_break()
        return tuple(found)

    def _assignment(self, decorators: tuple[Expression, ...]) -> Declaration:
        """`targetScope = value`."""
        line, column = self.place
        keyword = self.take(NAME)
        self.take("=")
        self.lines_break()
        return Declaration(line, column, keyword=keyword, value=self.expression())

    def _named(self, decorators: tuple[Expression, ...]) -> Declaration:
        """`keyword name type = value`, of which the type and the value may be left out."""
        line, column = self.place
        keyword = self.take(NAME)
        name = self.take(NAME, "a name")
        kind = None if self.kinds[self.at] in ("=", NEWLINE, END) else self.type()
        value = None
        if self.skip("="):
            self.lines_break()
            value = self.expression()
        return Declaration(line, column, keyword=keyword, name=name, type=kind, value=value, decorators=decorators)

    def _type(self, decorators: tuple[Expression, ...]) -> Declaration:
        line, column = self.place
        keyword = self.take(NAME)
        name = self.take(NAME, "a name")
        self.take("=")
        self.lines_break()
        return Declaration(line, column, keyword=keyword, name=name, type=self.type(), decorators=decorators)

    def _func(self, decorators: tuple[Expression, ...]) -> Declaration:
        line, column = self.place
        keyword = self.take(NAME)
        name = self.take(NAME, "a name")
        self.take("(")
        parameters: list[str] = []
        while not self.skip(")"):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            parameters.append(self.take(NAME, "a name"))
            self.type()
        self.type()
        self.take("=>")
        self.lines_break()
        value, names = self.expression(), tuple(parameters)
        return Declaration(
            line, column, keyword=keyword, name=name, parameters=names, value=value, decorators=decorators
        )

    def _resource(self, decorators: tuple[Expression, ...]) -> Declaration:
        """`resource name 'type' existing = body`, and `module name 'path' = body`."""
        line, column = self.place
        keyword = self.take(NAME)
        name = self.take(NAME, "a name")
        reference = self.take(TEXT, "a text")
        existing = self.skip_word("existing")
        self.take("=")
        self.lines_break()
        return Declaration(
            line,
            column,
            keyword=keyword,
            name=name,
            reference=reference,
            existing=existing,
            value=self.body(),
            decorators=decorators,
        )

    def _import(self, decorators: tuple[Expression, ...]) -> Declaration:
        """`import {a, b as c} from 'path'`, `import * as name from 'path'`, and the older `import 'name' …`."""
        line, column = self.place
        keyword = self.take(NAME)
        imported: list[tuple[str, str]] = []
        if self.skip("*"):
            self._word("as")
            imported.append(("*", self.take(NAME, "a name")))
        elif self.skip("{"):
            while not self.skip("}"):
                if not self.skip(NEWLINE) and not self.skip(","):
                    imported.append(self._imported())
        else:
            return self._extension(decorators, line, column)
        self._word("from")
        reference = self.take(TEXT, "a text")
        return Declaration(line, column, keyword=keyword, reference=reference, imported=tuple(imported))

    def _imported(self) -> tuple[str, str]:
        theirs = self.take(TEXT) if self.next_is(TEXT) else self.take(NAME, "a name")
        return theirs, self.take(NAME, "a name") if self.skip_word("as") else theirs

    def _word(self, word: str) -> None:
        if not self.skip_word(word):
            raise self.wrong(f"'{word}'")

    def _extension(self, decorators: tuple[Expression, ...], line: int = 0, column: int = 0) -> Declaration:
        """`extension name|'text' with {…} as name`: a resource provider outside Azure."""
        if not line:
            line, column = self.place
            self.take(NAME)
        reference = self.take(TEXT) if self.next_is(TEXT) else self.take(NAME, "a name")
        name = reference
        while not self.next_is(NEWLINE) and not self.next_is(END):
            if self.skip_word("with"):
                self.expression()
            else:
                self._word("as")
                name = self.take(NAME, "a name")
        return Declaration(line, column, keyword="extension", name=name, reference=reference)

    def _using(self, decorators: tuple[Expression, ...]) -> Declaration:
        """`using 'path'`, `using none` and `extends 'path'` of parameter files."""
        line, column = self.place
        keyword = self.take(NAME)
        reference = "" if self.skip_word("none") else self.take(TEXT, "a text")
        if self.skip_word("with"):
            self.expression()
        return Declaration(line, column, keyword=keyword, reference=reference)


_STATEMENTS: Final = {
    "targetScope": _Parser._assignment,
    "metadata": _Parser._named,
    "param": _Parser._named,
    "var": _Parser._named,
    "output": _Parser._named,
    "assert": _Parser._named,
    "type": _Parser._type,
    "func": _Parser._func,
    "resource": _Parser._resource,
    "module": _Parser._resource,
    "test": _Parser._resource,
    "import": _Parser._import,
    "using": _Parser._using,
    "extends": _Parser._using,
    **dict.fromkeys(_EXTENSIONS, _Parser._extension),
}
"""What each statement begins with, and what reads it."""
