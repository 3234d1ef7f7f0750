"""The values of a block: its attributes, and the blocks in it as lists of objects, with the line of each."""

from __future__ import annotations

from typing import Any

from seawall.model import Unknown
from seawall.safe import hcl
from seawall.sources.clusters.terraform.expressions import Evaluator, Names
from seawall.sources.clusters.terraform.resource import Path
from seawall.sources.clusters.terraform.values import Failure, Value, kind

Lines = dict[Path, int]

_NOT_VALUES = frozenset({"count", "for_each", "provider", "depends_on"})
_NOT_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})


def block_values(body: hcl.Body, evaluator: Evaluator, names: Names) -> tuple[dict[str, Any], Lines]:
    """The values, and the line of every path in them."""
    lines: Lines = {}
    return _values(body, evaluator, names, (), lines), lines


def _values(body: hcl.Body, evaluator: Evaluator, names: Names, path: Path, lines: Lines) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, expression in body.attributes.items():
        if path or name not in _NOT_VALUES:
            values[name] = evaluator.value(expression, names)
            _mark(expression, (*path, name), lines)
    for block in body.blocks:
        if block.kind == "dynamic" and block.labels:
            _dynamic(block, evaluator, names, path, lines, values)
        elif block.kind not in _NOT_BLOCKS:
            _add(block.kind, block, evaluator, names, path, lines, values)
    return values


def _mark(expression: hcl.Expression, path: Path, lines: Lines) -> None:
    """The lines of an attribute, and of what is written into it."""
    lines[path] = expression.line
    if isinstance(expression, hcl.Object):
        for key, value in expression.pairs:
            if isinstance(key, hcl.Literal) and isinstance(key.value, str):
                _mark(value, (*path, key.value), lines)
                lines[(*path, key.value)] = key.line
    elif isinstance(expression, hcl.List):
        for at, item in enumerate(expression.items):
            _mark(item, (*path, at), lines)
    elif isinstance(expression, hcl.Call) and expression.name == "jsonencode" and expression.arguments:
        _mark(expression.arguments[0], path, lines)


def _add(
    name: str, block: hcl.Block, evaluator: Evaluator, names: Names, path: Path, lines: Lines, values: dict[str, Any]
) -> None:
    before = values.setdefault(name, [])
    if isinstance(before, list):
        at = (*path, name, len(before))
        lines.setdefault((*path, name), block.line)
        lines[at] = block.line
        before.append(_values(block.body, evaluator, names, at, lines))


def _dynamic(
    block: hcl.Block, evaluator: Evaluator, names: Names, path: Path, lines: Lines, values: dict[str, Any]
) -> None:
    """The copies of a dynamic block; the block is unknown as a whole where it is unknown how many there are."""
    name = block.labels[0]
    content = next((inner for inner in block.body.blocks if inner.kind == "content"), None)
    over = block.body.attributes.get("for_each")
    if content is None or over is None:
        return
    lines.setdefault((*path, name), block.line)
    source = evaluator.value(over, names)
    if not isinstance(source, Unknown | list | dict):
        source = Unknown(str(Failure(f"for_each needs a list or an object, not {kind(source)}")))
    if isinstance(source, Unknown):
        values[name] = source
        return
    iterator = block.body.attributes.get("iterator")
    bind = iterator.name if isinstance(iterator, hcl.Variable) else name
    pairs: list[tuple[Value, Value]] = (
        list(source.items()) if isinstance(source, dict) else [(each, each) for each in source]
    )
    for key, value in pairs:
        inner = {**names, bind: {"key": key, "value": value}}
        _add(name, content, evaluator, inner, path, lines, values)
