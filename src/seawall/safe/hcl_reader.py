"""The nodes of tree-sitter's HCL parser as our tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from seawall.errors import LimitExceeded
from seawall.safe.hcl_text import number, plain, trimmed, unescaped
from seawall.safe.hcl_tree import (
    Block,
    Body,
    Call,
    Choice,
    Conditional,
    Expression,
    For,
    Get,
    Index,
    Item,
    List,
    Literal,
    Object,
    Operation,
    Repeat,
    Splat,
    Template,
    Variable,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_OPERATORS = frozenset({"==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "&&", "||"})
_BEGIN_TEXT = ("quoted_template_start", "heredoc_identifier")
_IN_TEXT = ("template_interpolation", "template_directive")


class Reader:
    """The nodes of the parser as our tree."""

    def __init__(self, source: bytes, before: int, where: str, bound: int) -> None:
        self._source = source
        self._before = before
        self._where = where
        self._bound = bound

    def line(self, node: Node) -> int:
        """The line, from 1, where the node begins."""
        return node.start_point[0] + self._before + 1

    def body(self, node: Node, depth: int = 0) -> Body:
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        faults: list[int] = []
        for child in node.children:
            if child.type == "block":
                block = self._block(child, depth + 1)
                blocks.append(block)
                faults += block.body.faults
            elif child.type == "attribute" and not child.has_error:
                attributes[self._text(child.children[0])] = self.expression(child.children[-1], depth + 1)
            elif child.type == "attribute" or child.is_error or child.is_missing:
                faults.append(self.line(child))
        return Body(attributes=attributes, blocks=tuple(blocks), faults=tuple(faults))

    def _block(self, node: Node, depth: int) -> Block:
        self._check(depth)
        kind, *rest = node.children
        labels = [self._label(child) for child in rest if child.type in ("string_lit", "identifier")]
        inner = next((child for child in rest if child.type == "body"), None)
        body = self.body(inner, depth) if inner else Body(attributes={}, blocks=())
        broken = [self.line(child) for child in node.children if child.is_error or child.is_missing]
        if broken:
            body = msgspec.structs.replace(body, faults=(*body.faults, *broken))
        return Block(kind=self._text(kind), labels=tuple(labels), body=body, line=self.line(node))

    def _label(self, node: Node) -> str:
        if node.type == "identifier":
            return self._text(node)
        return "".join(self._text(child) for child in node.children if child.type == "template_literal")

    def expression(self, node: Node, depth: int) -> Expression:
        self._check(depth)
        return self._term(node.children, depth)

    def _check(self, depth: int) -> None:
        if depth > self._bound:
            raise LimitExceeded("hcl_nesting", self._bound, where=self._where)

    def _term(self, nodes: Sequence[Node], depth: int) -> Expression:
        """A value and the steps that lead into it, which the parser leaves side by side."""
        found: Expression | None = None
        for node in nodes:
            kind = node.type
            if kind in ("(", ")", "comment"):
                continue
            if found is None:
                found = self._value(node, depth)
            elif kind == "splat":
                inner = node.children[0]
                each = self._steps(Item(self.line(node)), inner.children[1:], depth)
                found = Splat(self.line(node), found, each)
            else:
                found = self._step(found, node, depth)
        assert found is not None  # what has an error is not read
        return found

    def _steps(self, source: Expression, nodes: Sequence[Node], depth: int) -> Expression:
        for node in nodes:
            source = self._step(source, node, depth)
        return source

    def _step(self, source: Expression, node: Node, depth: int) -> Expression:
        if node.type == "get_attr":
            return Get(self.line(node), source, self._text(node.children[-1]))
        inner = node.children[0] if node.type == "index" else node
        if inner.type == "legacy_index":
            return Index(self.line(node), source, Literal(self.line(node), int(self._text(inner).removeprefix("."))))
        return Index(self.line(node), source, self.expression(inner.children[1], depth + 1))

    def _value(self, node: Node, depth: int) -> Expression:
        line = self.line(node)
        match node.type:
            case "expression":
                return self.expression(node, depth + 1)
            case "variable_expr":
                return Variable(line, self._text(node))
            case "literal_value":
                return self._literal(node.children[0])
            case "template_expr":
                return self._template(node.children[0], depth)
            case "collection_value":
                return self._collection(node.children[0], depth)
            case "for_expr":
                return self._for(node.children[0], depth)
            case "function_call":
                return self._call(node, depth)
            case "conditional":
                condition, then, otherwise = (child for child in node.children if child.type == "expression")
                return Conditional(line, *(self.expression(child, depth + 1) for child in (condition, then, otherwise)))
            case _:
                return self._operation(node, depth)

    def _literal(self, node: Node) -> Expression:
        text = self._text(node)
        match node.type:
            case "bool_lit":
                return Literal(self.line(node), text == "true")
            case "null_lit":
                return Literal(self.line(node), None)
            case "numeric_lit":
                return Literal(self.line(node), number(text))
            case _:
                inner = self._source[node.children[0].end_byte : node.children[-1].start_byte]
                return Literal(self.line(node), plain(unescaped(inner.decode(errors="replace"))))

    def _collection(self, node: Node, depth: int) -> Expression:
        if node.type == "tuple":
            return List(self.line(node), tuple(self.expression(child, depth + 1) for child in _expressions(node)))
        pairs = []
        for element in node.children:
            if element.type == "object_elem":
                key, value = _expressions(element)
                pairs.append((self._key(key, depth), self.expression(value, depth + 1)))
        return Object(self.line(node), tuple(pairs))

    def _key(self, node: Node, depth: int) -> Expression:
        if [child.type for child in node.children] == ["variable_expr"]:
            return Literal(self.line(node), self._text(node))
        return self.expression(node, depth + 1)

    def _call(self, node: Node, depth: int) -> Expression:
        given = next((child for child in node.children if child.type == "function_arguments"), None)
        arguments = tuple(self.expression(child, depth + 1) for child in _expressions(given)) if given else ()
        spread = given is not None and given.children[-1].type == "ellipsis"
        name = node.text[: node.text.index(b"(")] if node.text else b""
        return Call(self.line(node), name.decode(errors="replace").strip(), arguments, spread)

    def _operation(self, node: Node, depth: int) -> Expression:
        inner = node.children[0] if node.type == "operation" else node
        self._check(depth)
        if inner.type == "unary_operation":
            operand = self._term(inner.children[1:], depth + 1)
            return Operation(self.line(node), self._text(inner.children[0]), (operand,))
        at = next(index for index, child in enumerate(inner.children) if index and child.type in _OPERATORS)
        left = self._term(inner.children[:at], depth + 1)
        right = self._term(inner.children[at + 1 :], depth + 1)
        return Operation(self.line(node), inner.children[at].type, (left, right))

    def _for(self, node: Node, depth: int) -> Expression:
        intro = next(child for child in node.children if child.type == "for_intro")
        condition = next((child for child in node.children if child.type == "for_cond"), None)
        source, *values = (self.expression(child, depth + 1) for child in (*_expressions(intro), *_expressions(node)))
        return For(
            self.line(node),
            self._names(intro),
            source,
            values[0] if len(values) > 1 else None,
            values[-1],
            self.expression(condition.children[-1], depth + 1) if condition else None,
            any(child.type == "ellipsis" for child in node.children),
        )

    def _names(self, node: Node) -> tuple[str, ...]:
        return tuple(self._text(child) for child in node.children if child.type == "identifier")

    def _template(self, node: Node, depth: int) -> Expression:
        heredoc = node.type == "heredoc_template"
        first = next(index for index, child in enumerate(node.children) if child.type in _BEGIN_TEXT)
        parts = list(self._parts(node.children[first:], depth, heredoc))
        if heredoc:
            parts = trimmed(parts, indented=self._text(node.children[0]) == "<<-")
        expressions = tuple(Literal(self.line(node), part) if isinstance(part, str) else part for part in parts)
        if not expressions:
            return Literal(self.line(node), "")
        if len(expressions) == 1 and not isinstance(expressions[0], Choice | Repeat):
            return expressions[0]
        return Template(self.line(node), expressions)

    def _parts(self, nodes: Sequence[Node], depth: int, heredoc: bool) -> Iterator[str | Expression]:
        """What stands after the first of `nodes` and before the last. Texts are what lies between the nodes.

        The parser leaves out blanks beside an interpolation.
        """
        self._check(depth)
        inside = [node for node in nodes[1:-1] if node.type in _IN_TEXT]
        before = nodes[0]
        for node in (*inside, nodes[-1]):
            text = self._source[before.end_byte : node.start_byte].decode(errors="replace")
            text = plain(text if heredoc else unescaped(text))
            text = text.lstrip() if _strips(before, last=True) else text
            text = text.rstrip() if _strips(node, last=False) else text
            if text:
                yield text
            if node is not nodes[-1]:
                yield self._part(node, depth + 1, heredoc)
            before = node

    def _part(self, node: Node, depth: int, heredoc: bool) -> Expression:
        if node.type == "template_interpolation":
            return self.expression(next(iter(_expressions(node))), depth)
        inner = node.children[0]
        intro, *rest = inner.children
        source = self.expression(next(iter(_expressions(intro))), depth)
        if inner.type == "template_for":
            return Repeat(self.line(node), self._names(intro), source, self._inner([intro, *rest], depth, heredoc))
        middle = next((at for at, child in enumerate(rest) if child.type == "template_else_intro"), None)
        if middle is None:
            return Choice(
                self.line(node), source, self._inner([intro, *rest], depth, heredoc), Template(self.line(node), ())
            )
        then = self._inner([intro, *rest[: middle + 1]], depth, heredoc)
        return Choice(self.line(node), source, then, self._inner(rest[middle:], depth, heredoc))

    def _inner(self, nodes: Sequence[Node], depth: int, heredoc: bool) -> Template:
        line = self.line(nodes[0])
        parts = self._parts(nodes, depth, heredoc)
        return Template(line, tuple(Literal(line, part) if isinstance(part, str) else part for part in parts))

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode(errors="replace")


def _expressions(node: Node) -> list[Node]:
    return [child for child in node.children if child.type == "expression"]


def _strips(node: Node, *, last: bool) -> bool:
    """True where the `~` of an interpolation or directive takes the blanks on that side away."""
    if node.type == "template_directive":
        return _strips(node.children[0], last=last)
    if node.type in ("template_for", "template_if"):
        return _strips(node.children[-1 if last else 0], last=last)
    if node.child_count < 2:
        return False
    marker: Any = node.children[-2 if last else 1]
    return bool(marker.type == "strip_marker")
