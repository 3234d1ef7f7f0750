"""Objects, lists and loops: what holds expressions line by line."""

from __future__ import annotations

from seawall.sources.clusters.bicep.lexer import NAME, NEWLINE, OPENING, TEXT
from seawall.sources.clusters.bicep.syntax import (
    Array,
    Declaration,
    Expression,
    For,
    If,
    Object,
    Property,
    Spread,
    Text,
)
from seawall.sources.clusters.bicep.types import Types


class Containers(Types):
    """Their parser; that of single expressions builds on it."""

    def expression(self) -> Expression:
        """Any expression."""
        raise NotImplementedError

    def child(self) -> Declaration | None:
        """A resource declared inside the body of another, if one begins here."""
        raise NotImplementedError

    def body(self) -> Expression:
        """What stands after the `=` of a resource or module: an object, an `if`, or a loop of them."""
        return self.condition() if self.word_is("if") else self.expression()

    def text(self) -> Text:
        """A text with expressions in it."""
        raise NotImplementedError

    def braces(self) -> Object:
        """An object; resources may be declared inside it."""
        self.deeper()
        line, column = self.place
        self.take("{")
        items: list[Property | Spread] = []
        children: list[Declaration] = []
        while not self.skip("}"):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            if child := self.child():
                children.append(child)
                continue
            items.append(self._spread() if self.next_is("...") else self._property())
            if not self.next_is("}") and not self.next_is(","):
                self.take(NEWLINE, "the end of the line, ',' or '}'")
        self.depth -= 1
        return Object(line, column, tuple(items), tuple(children))

    def _property(self) -> Property:
        line, column = self.place
        key: str | Text
        if self.next_is(OPENING):
            key = self.text()
        elif self.next_is(TEXT):
            key = self.take(TEXT)
        else:
            key = self.take(NAME, "the name of a property")
        self.take(":")
        self.lines_break()
        return Property(line, column, key, self.expression())

    def _spread(self) -> Spread:
        line, column = self.place
        self.take("...")
        return Spread(line, column, self.expression())

    def brackets(self) -> Expression:
        """A list, or a loop that makes one."""
        self.deeper()
        line, column = self.place
        self.take("[")
        self.lines_break()
        if self.word_is("for") and self.kinds[self.at + 1] in (NAME, "("):
            node: Expression = self._for()
            self.lines_break()
            self.take("]")
        else:
            node = Array(line, column, self._items())
        self.depth -= 1
        return node

    def _items(self) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self.skip("]"):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            items.append(self._spread() if self.next_is("...") else self.expression())
            if not self.next_is("]") and not self.next_is(","):
                self.take(NEWLINE, "the end of the line, ',' or ']'")
        return tuple(items)

    def _for(self) -> For:
        line, column = self.place
        self.take(NAME)
        index = ""
        if self.skip("("):
            item = self.take(NAME, "a name")
            self.take(",")
            index = self.take(NAME, "a name")
            self.take(")")
        else:
            item = self.take(NAME, "a name")
        if not self.skip_word("in"):
            raise self.wrong("'in'")
        source = self.expression()
        self.take(":")
        self.lines_break()
        return For(line, column, item, index, source, self.body())

    def condition(self) -> If:
        """`if (condition) body`."""
        line, column = self.place
        self.take(NAME)
        if not self.next_is("("):
            raise self.wrong("'('")
        self.at += 1
        self.lines_break()
        condition = self.expression()
        self.lines_break()
        self.take(")")
        self.lines_break()
        return If(line, column, condition, self.expression())
