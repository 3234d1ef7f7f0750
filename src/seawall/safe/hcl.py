"""HCL, the language of Terraform, as a small tree with the line of every statement; bounded in size and depth.

A statement that is not valid HCL is left out and its line told; the rest of the file is read.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import LimitExceeded
from seawall.safe.hcl_reader import Reader
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
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = [
    "Block",
    "Body",
    "Call",
    "Choice",
    "Conditional",
    "Expression",
    "For",
    "Get",
    "Index",
    "Item",
    "List",
    "Literal",
    "Object",
    "Operation",
    "Repeat",
    "Splat",
    "Template",
    "Variable",
    "load",
    "template",
]

_START = re.compile(rb"(?m)^(?=(?:resource|data|module|variable|output|provider|locals|terraform)\b[^=\n]*\{)")


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
    reader = Reader(source, line, where, limits.hcl_nesting)
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
