"""The JSON form of Terraform configuration (`.tf.json`, `.tfvars.json`) as the same tree that HCL gives.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from seawall.safe import hcl, json
from seawall.safe.limits import Limits

_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}


def load(data: bytes, *, where: str, limits: Limits) -> hcl.Body:
    """The statements of a file. Raises Malformed, LimitExceeded."""
    document = json.load(data, where=where, limits=limits)
    reader = _Reader(json.lines(data, set(_pointers(document, ()))), where, limits)
    return reader.file(document if isinstance(document, dict) else {})


def _pointers(value: Any, pointer: json.Pointer) -> Iterator[json.Pointer]:
    yield pointer
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in pairs:
        yield from _pointers(held, (*pointer, key))


class _Reader:
    def __init__(self, lines: dict[json.Pointer, int], where: str, limits: Limits) -> None:
        self._lines = lines
        self._where = where
        self._limits = limits
        self._faults: list[int] = []

    def file(self, document: dict[str, Any]) -> hcl.Body:
        blocks = [
            block
            for kind, held in document.items()
            for block in self._blocks(kind, (), held, _LABELS.get(kind, 0), (kind,))
            if kind != "//"
        ]
        body = self._body(document, ())
        attributes = {name: value for name, value in body.attributes.items() if name not in _LABELS}
        return hcl.Body(attributes=attributes, blocks=tuple(blocks), faults=tuple(self._faults))

    def _blocks(
        self, kind: str, labels: tuple[str, ...], held: Any, more: int, pointer: json.Pointer
    ) -> Iterator[hcl.Block]:
        if isinstance(held, list):
            for at, item in enumerate(held):
                yield from self._blocks(kind, labels, item, more, (*pointer, at))
        elif isinstance(held, dict) and more:
            for label, inner in held.items():
                yield from self._blocks(kind, (*labels, label), inner, more - 1, (*pointer, label))
        elif isinstance(held, dict):
            yield hcl.Block(kind=kind, labels=labels, body=self._body(held, pointer), line=self._line(pointer))

    def _body(self, held: dict[str, Any], pointer: json.Pointer) -> hcl.Body:
        """Whether a property is an attribute or a block only the provider knows: all are attributes but `dynamic`."""
        blocks: list[hcl.Block] = []
        attributes: dict[str, hcl.Expression] = {}
        before = len(self._faults)
        for name, value in held.items():
            at = (*pointer, name)
            if name == "dynamic":
                for block in self._blocks(name, (), value, 1, at):
                    content = next(iter(self._blocks("content", (), _content(value, block), 0, at)), None)
                    inner = msgspec.structs.replace(block.body, blocks=(content,) if content else ())
                    blocks.append(msgspec.structs.replace(block, body=inner))
            elif name == "type" and pointer[:1] == ("variable",) and isinstance(value, str):
                found = hcl.load(f"x = {value}\n".encode(), where=self._where, limits=self._limits).attributes.get("x")
                attributes |= {name: found} if found else {}
            elif name != "//":
                attributes[name] = self._expression(value, at)
        return hcl.Body(attributes=attributes, blocks=tuple(blocks), faults=tuple(self._faults[before:]))

    def _expression(self, value: Any, pointer: json.Pointer) -> hcl.Expression:
        line = self._line(pointer)
        if isinstance(value, dict):
            pairs = ((self._text(key, line), self._expression(held, (*pointer, key))) for key, held in value.items())
            return hcl.Object(line, tuple(pairs))
        if isinstance(value, list):
            return hcl.List(line, tuple(self._expression(item, (*pointer, at)) for at, item in enumerate(value)))
        return self._text(value, line) if isinstance(value, str) else hcl.Literal(line, value)

    def _text(self, text: str, line: int) -> hcl.Expression:
        found = hcl.template(text, line=line, where=self._where, limits=self._limits)
        if found is None:
            self._faults.append(line)
        return found or hcl.Literal(line, None)

    def _line(self, pointer: json.Pointer) -> int:
        return self._lines.get(pointer, 1)


def _content(dynamic: Any, block: hcl.Block) -> Any:
    held = dynamic.get(block.labels[0]) if isinstance(dynamic, dict) else None
    return held.get("content") if isinstance(held, dict) else None
