"""HCL, the language of Terraform, as a small tree with the line of every statement; bounded in size and depth.

A statement that is not valid HCL is left out and its line told; the rest of the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from seawall.errors import LimitExceeded
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from tree_sitter import Node


class Expression(msgspec.Struct, frozen=True):
    """Base of what can be evaluated. `line` counts from 1."""

    line: int


class Literal(Expression, frozen=True):
    """A text, number, truth value or null."""

    value: str | int | float | bool | None


class Template(Expression, frozen=True):
    """Texts and expressions, to be put together as one text. `"${x}"` alone is not a template but x itself."""

    parts: tuple[Expression, ...]


class Choice(Expression, frozen=True):
    """`%{ if }` in a template."""

    condition: Expression
    then: Template
    otherwise: Template


class Repeat(Expression, frozen=True):
    """`%{ for }` in a template. `names` are one or two: value, or key and value."""

    names: tuple[str, ...]
    source: Expression
    body: Template


class Variable(Expression, frozen=True):
    """A name by itself: the beginning of `var.x`, or what a `for` binds."""

    name: str


class Item(Expression, frozen=True):
    """The element that a splat is at."""


class Get(Expression, frozen=True):
    """`source.name`."""

    source: Expression
    name: str


class Index(Expression, frozen=True):
    """`source[key]`, or `source.0`."""

    source: Expression
    key: Expression


class Splat(Expression, frozen=True):
    """`source[*].each`: `each` is taken of every element, which is its `Item`."""

    source: Expression
    each: Expression


class List(Expression, frozen=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class Object(Expression, frozen=True):
    """`{ a = b }`. A key that is a bare name is a Literal."""

    pairs: tuple[tuple[Expression, Expression], ...]


class Call(Expression, frozen=True):
    """`name(arguments…)`. `spread`: the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool = False


class Operation(Expression, frozen=True):
    """One operand after the operator (`!`, `-`), or two around it."""

    operator: str
    operands: tuple[Expression, ...]


class Conditional(Expression, frozen=True):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


class For(Expression, frozen=True):
    """`[for n in source : value if condition]`, or an object where there is a `key`. `grouped`: `value...`."""

    names: tuple[str, ...]
    source: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool = False


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """`kind "label" { body }`."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    line: int


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes by name, blocks in order, and the lines of what could not be read here or in a block within."""

    attributes: dict[str, Expression]
    blocks: tuple[Block, ...]
    faults: tuple[int, ...] = ()


def load(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Body:
    """The statements of a file. Raises LimitExceeded."""
    if len(data) > limits.hcl_bytes:
        raise LimitExceeded("hcl_bytes", limits.hcl_bytes, where=where, found=len(data))
    source = data.removeprefix(b"\xef\xbb\xbf")
    whole = _statements(source, 0, where, limits)
    if not whole.faults:
        return whole
    # what follows a mistake can be lost with it, so every statement is read by itself
    starts = [0, *(match.start() for match in _START.finditer(source)), len(source)]
    pieces: list[Body] = []
    line = 0
    for start, end in pairwise(starts):
        piece = source[start:end]
        pieces.append(_statements(piece, line, where, limits))
        line += piece.count(b"\n")
    return Body(
        attributes={name: value for piece in pieces for name, value in piece.attributes.items()},
        blocks=tuple(block for piece in pieces for block in piece.blocks),
        faults=tuple(fault for piece in pieces for fault in piece.faults),
    )


def _statements(source: bytes, line: int, where: str, limits: Limits) -> Body:
    """The statements of `source`, which has `line` lines before it."""
    root = _parse(source)
    reader = _Reader(source, line, where, limits.hcl_nesting)
    faults = [reader.line(node) for node in (root, *root.children) if node.is_error]
    body = next((child for child in root.children if child.type == "body"), None)
    read = reader.body(body) if body else Body(attributes={}, blocks=())
    return msgspec.structs.replace(read, faults=tuple(sorted({*faults, *read.faults})))


def template(text: str, *, line: int, where: str, limits: Limits = DEFAULT) -> Expression | None:
    """The template in a text of a `.tf.json` file; None where it is not valid. Raises LimitExceeded."""
    if "${" not in text and "%{" not in text:
        return Literal(line, text)
    end = "END"
    while end in text:
        end += "_"
    source = f"x = <<{end}\n{text}\n{end}\n".encode(errors="replace")
    body = _statements(source, line - 2, where, limits)
    found = body.attributes.get("x")
    if found is None or body.faults:
        return None
    parts = found.parts if isinstance(found, Template) else (found,)
    last = parts[-1]
    if isinstance(last, Literal) and isinstance(last.value, str):
        rest = last.value.removesuffix("\n")
        parts = (*parts[:-1], Literal(line, rest)) if rest else parts[:-1]
    return parts[0] if len(parts) == 1 else Template(line, parts)


def _parse(source: bytes) -> Node:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(source).root_node


class _Reader:
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
                return Literal(self.line(node), _plain(_unescaped(inner.decode(errors="replace"))))

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
            parts = _trimmed(parts, indented=self._text(node.children[0]) == "<<-")
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
            text = _plain(text if heredoc else _unescaped(text))
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


_START = re.compile(rb"(?m)^(?=(?:resource|data|module|variable|output|provider|locals|terraform)\b[^=\n]*\{)")
_OPERATORS = frozenset({"==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "&&", "||"})
_BEGIN_TEXT = ("quoted_template_start", "heredoc_identifier")
_IN_TEXT = ("template_interpolation", "template_directive")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def number(text: str) -> int | float:
    """A number as HCL writes it; whole where it is whole. Raises ValueError."""
    if len(text) > 300:
        raise ValueError("a number of more than 300 digits")
    value = float(text)
    return int(text) if text.lstrip("-").isdigit() else int(value) if value.is_integer() else value


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


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        found = match[1]
        if len(found) > 1:
            code = int(found[1:], 16)
            return chr(code) if code < 0x110000 else "�"
        return _ESCAPED.get(found, found)

    return _ESCAPE.sub(one, text) if "\\" in text else text


def _plain(text: str) -> str:
    """The text with the escaped beginnings of interpolations and directives as they are meant."""
    return text.replace("$${", "${").replace("%%{", "%{")


def _trimmed(parts: list[str | Expression], *, indented: bool) -> list[str | Expression]:
    """The parts of a heredoc without the line break after its first line and the blanks before its end mark."""
    if parts and isinstance(parts[0], str):
        parts[0] = (
            parts[0].lstrip(" \t\r").removeprefix("\n") if parts[0].lstrip(" \t\r").startswith("\n") else parts[0]
        )
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(" \t")
    if indented:
        depth = min(_indents(parts), default=0)
        margin = re.compile(rf"(?m)(?<=\n)[ \t]{{{depth}}}")
        for at, part in enumerate(parts):
            if isinstance(part, str):
                parts[at] = margin.sub("", part[depth:] if at == 0 else part)
    return [part for part in parts if part != ""]


def _indents(parts: list[str | Expression]) -> Iterator[int]:
    """The depth of every line that is not blank; a line may begin with an expression."""
    for at, part in enumerate(parts):
        if not isinstance(part, str):
            if at == 0:
                yield 0
            continue
        first, *others = part.split("\n")
        lines = [first, *others] if at == 0 else others
        for index, line in enumerate(lines):
            ends = index == len(lines) - 1 and at < len(parts) - 1
            if line.strip() or ends:
                yield len(line) - len(line.lstrip(" \t"))
