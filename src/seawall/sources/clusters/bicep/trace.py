"""The values of a resource's body, and the line of everything in it."""

from __future__ import annotations

from typing import Any, TypeAlias

from seawall.model import Unknown
from seawall.sources.clusters.bicep.evaluate import Local
from seawall.sources.clusters.bicep.syntax import Array, Expression, For, If, Name, Object, Property, Spread, Ternary
from seawall.sources.clusters.bicep.template import Template

Path: TypeAlias = tuple[str | int, ...]


class Trace:
    """Evaluates a body and keeps the line of what is written in it, also where a variable or a branch holds it."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self.lines: dict[Path, int] = {}

    def value(self, node: Expression, local: Local, path: Path) -> Any:
        """The value of an expression whose place in the body is `path`."""
        if isinstance(node, Object):
            return self._object(node, local, path)
        if isinstance(node, Array) and not any(isinstance(item, Spread) for item in node.items):
            return [self._item(item, local, (*path, index)) for index, item in enumerate(node.items)]
        if isinstance(node, For):
            return self._for(node, local, path)
        if isinstance(node, Ternary) and not isinstance(
            wanted := self._template.decide(node.condition, local), Unknown
        ):
            return self.value(node.yes if wanted else node.no, local, path)
        if isinstance(node, Name) and node.name not in local:
            declaration = self._template.source.declared.get(node.name)
            if declaration and declaration.keyword == "var" and isinstance(declaration.value, Object | Array):
                if isinstance(known := self._template.lookup(node.name), dict | list):
                    self._of_variable(declaration.value, known, path)
                return known
        return self._template.value(node, local)

    def _item(self, node: Expression, local: Local, path: Path) -> Any:
        self.lines[path] = node.line
        return self.value(node, local, path)

    def _object(self, node: Object, local: Local, path: Path) -> Any:
        values: dict[str, Any] = {}
        for item in node.items:
            if isinstance(item, Spread):
                return self._template.value(node, local)
            key = self._template.key(item, local)
            self.lines[(*path, key)] = item.line
            values[key] = self.value(item.value, local, (*path, key))
        return values

    def _for(self, node: For, local: Local, path: Path) -> Any:
        turns = self._template.items(node, local)
        if isinstance(turns, Unknown) or isinstance(node.body, If):
            return self._template.value(node, local)
        return [self._item(node.body, names, (*path, index)) for index, names in enumerate(turns)]

    def _of_variable(self, node: Expression, value: Any, path: Path) -> None:
        """The lines of a value that has been worked out, by the expression that wrote it."""
        self._template.budget.spend(1)
        self.lines.setdefault(path, node.line)
        if isinstance(node, Object) and isinstance(value, dict):
            for item in node.items:
                if isinstance(item, Property) and isinstance(item.key, str) and item.key in value:
                    self.lines[(*path, item.key)] = item.line
                    self._of_variable(item.value, value[item.key], (*path, item.key))
        elif isinstance(node, Array) and isinstance(value, list) and len(value) == len(node.items):
            for index, one in enumerate(node.items):
                self._of_variable(one, value[index], (*path, index))
