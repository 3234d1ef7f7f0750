"""Types, mostly passed over: values depend only on a type's name and on whether it allows null."""

from __future__ import annotations

from seawall.sources.clusters.bicep.cursor import Cursor
from seawall.sources.clusters.bicep.lexer import NAME, NEWLINE, NUMBER, TEXT
from seawall.sources.clusters.bicep.syntax import Expression, Type


class Types(Cursor):
    """The parser of types. What it takes may be wrong in detail: only the compiler needs to know."""

    def type(self) -> Type:
        """`one | other?`: true of the whole is what is true of one of its members."""
        line, column = self.place
        self.deeper()
        self.bar()
        members = [self._type_of_member()]
        while self.bar():
            members.append(self._type_of_member())
        self.depth -= 1
        if len(members) == 1:
            return members[0]
        return Type(line, column, "", any(member.nullable for member in members))

    def bar(self) -> bool:
        """Pass over the `|` between members, which may begin a line."""
        before = self.at
        self.lines_break()
        if self.skip("|"):
            self.lines_break()
            return True
        self.at = before
        return False

    def _type_of_member(self) -> Type:
        line, column = self.place
        name = self._plain_type()
        nullable = name == "null"
        while True:
            if self.skip("?"):
                nullable = True
            elif self.skip("!"):
                nullable = False
            elif self.next_is("["):
                name, nullable = self._type_brackets(), False
            elif self.skip("."):
                self.skip("?")
                if not self.skip("*"):
                    self.take(NAME, "a name")
                name = ""
            else:
                return Type(line, column, name, nullable)

    def _plain_type(self) -> str:
        """A type without what may follow it; its name if it is no more than a name."""
        if self.skip("-") or self.next_is(NUMBER):
            self.take(NUMBER, "a number")
        elif self.skip(TEXT):
            pass
        elif self.next_is("{"):
            self._type_members("}", keyed=True)
            return "object"
        elif self.next_is("["):
            self._type_members("]", keyed=False)
            return "array"
        elif self.skip("("):
            return self._type_in_parentheses()
        else:
            return self._type_by_name()
        return ""

    def _type_in_parentheses(self) -> str:
        self.lines_break()
        inner = self.type()
        self.lines_break()
        self.take(")")
        return "null" if inner.nullable else inner.name

    def _type_by_name(self) -> str:
        name = self.take(NAME, "a type")
        if name == "resource" and self.skip(TEXT):
            return ""
        if self.skip("<"):
            while not self.skip(">"):
                self.type()
                self.skip(",")
            return ""
        return name

    def _type_brackets(self) -> str:
        """`[]` of a list, which is its name, `[*]` or `[0]` of one of its items."""
        self.take("[")
        self.lines_break()
        if self.skip("]"):
            return "array"
        if not self.skip("*"):
            self.take(NUMBER, "']'")
        self.lines_break()
        self.take("]")
        return ""

    def _type_members(self, end: str, *, keyed: bool) -> None:
        """The members of an object type or of a tuple."""
        self.deeper()
        self.at += 1
        while not self.skip(end):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            if self.next_is("@"):
                self.decorator()
                continue
            if self.skip("..."):
                self.type()
                continue
            if keyed:
                if not (self.skip("*") or self.skip(TEXT)):
                    self.take(NAME, "the name of a property")
                self.take(":")
                self.lines_break()
            self.type()
        self.depth -= 1

    def decorator(self) -> Expression:
        """`@name(…)`: what follows the `@`."""
        raise NotImplementedError
