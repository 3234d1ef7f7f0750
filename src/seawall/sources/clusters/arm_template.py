"""ARM templates: what they would create, as far as the file tells.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.errors import LimitExceeded
from seawall.model import Location, NotAssessed, Unknown
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.arm_parameters import Parameters, given_value
from seawall.sources.clusters.arm_scope import Budget, Declarations, Fault, Scope, loop_of
from seawall.sources.clusters.deployed import Deployed, clusters, is_of_cluster
from seawall.sources.clusters.documents import CLUSTER, Pointer
from seawall.sources.clusters.reading import Reading
from seawall.sources.clusters.template_functions.logic import truth
from seawall.sources.clusters.unknown_text import joined, shown
from seawall.sources.clusters.values import pick, text

NESTED = "microsoft.resources/deployments"

_NOT_BODY = frozenset(
    {"type", "name", "apiversion", "scope", "condition", "copy", "dependson", "resources", "existing", "comments"}
    | {"metadata", "import", "asserts", "@options"}
)
"""Properties of a resource in a template that say how it is deployed, not what it is."""


def read(
    template: Mapping[str, Any], data: bytes, *, pointer: Pointer, file: str, given: Parameters, limits: Limits
) -> Reading:
    """The clusters of the template at `pointer` of the JSON in `data`, with the parameters that are given.

    Raises LimitExceeded for a template that is made to exhaust us.
    """
    deployed, notes = evaluate(template, data, pointer=pointer, file=file, given=given, limits=limits)
    return clusters(deployed, notes, file=file)


def evaluate(
    template: Mapping[str, Any],
    data: bytes,
    *,
    pointer: Pointer,
    file: str,
    given: Parameters,
    limits: Limits,
    wanted: Callable[[str], bool] = is_of_cluster,
) -> tuple[Sequence[Deployed], Sequence[NotAssessed]]:
    """Everything that the template deploys whose type, in lower case, is `wanted`, and what could not be read.

    Raises as `read` does.
    """
    lines = SourceLines(data)
    reader = _Reader(file, lines, wanted)
    try:
        scope = Scope(Declarations(template, pointer, given, Budget(limits, file)))
        reader.template(template, pointer, scope, None)
    except LimitExceeded as error:
        error.where = file
        raise
    except RecursionError:
        raise LimitExceeded("nesting", limits.nesting, where=file) from None
    notes = [
        NotAssessed(what=what, where=str(Location(file=file, line=lines.of(where))), why=why)
        for where, what, why in reader.notes
    ]
    return reader.found, notes


class SourceLines:
    """The lines of one file, by pointer: looked up in one pass, for all who will ask, when the first one asks."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._wanted: set[Pointer] = set()
        self._lines: dict[Pointer, int] = {}

    def want(self, pointers: Iterable[Pointer]) -> None:
        """These may be asked for."""
        self._wanted.update(pointers)

    def of(self, pointer: Pointer) -> int:
        """The line, from 1, or 0."""
        if pointer not in self._lines:
            wanted = {*self._wanted, pointer}
            self._lines = dict.fromkeys(wanted, 0) | self._lines | json.lines(self._data, wanted)
            self._wanted.clear()
        return self._lines[pointer]


class _BodyLines(Mapping[Pointer, int]):
    """The lines of one resource, by the path in its body."""

    def __init__(self, places: Mapping[Pointer, Pointer], lines: SourceLines) -> None:
        self._places = places
        self._lines = lines
        lines.want(places.values())

    def __getitem__(self, path: Pointer) -> int:
        return self._lines.of(self._places[path])

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[Pointer]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Around(msgspec.Struct, frozen=True, kw_only=True):
    """What a resource stands in: `kind` and `name` of its parent, and the deployment that may not happen."""

    kind: str = ""
    name: str | Unknown = ""
    perhaps: Unknown | None = None


class _Reader:
    """Walks a template and those nested in it, and gathers what belongs to clusters."""

    def __init__(self, file: str, lines: SourceLines, wanted: Callable[[str], bool]) -> None:
        self._file = file
        self._wanted = wanted
        self._lines = lines
        self.found: list[Deployed] = []
        self.notes: list[tuple[Pointer, str, str]] = []

    def template(self, body: Mapping[str, Any], pointer: Pointer, scope: Scope, perhaps: Unknown | None) -> None:
        """Its resources, as `scope` sees them."""
        self._resources(pick(body, "resources"), (*pointer, "resources"), scope, _Around(perhaps=perhaps))

    def _resources(self, held: Any, pointer: Pointer, scope: Scope, around: _Around) -> None:
        """A list, or an object from symbolic names on (language version 2.0)."""
        resources = list(held.items() if isinstance(held, dict) else enumerate(held if isinstance(held, list) else ()))
        for key, body in resources:
            if isinstance(key, str) and isinstance(body, dict):
                scope.declared.symbols[key.lower()] = self._symbol(body, scope)
        for key, body in resources:
            if isinstance(body, dict) and (around.kind.startswith(CLUSTER) or self._matters(body)):
                try:
                    self._rounds(body, (*pointer, key), scope, around)
                except Fault as fault:
                    what = f"{text(body, 'type').rpartition('/')[2]} {text(body, 'name')}".strip()
                    self.notes.append((fault.pointer, what, fault.why))

    def _matters(self, body: dict[str, Any]) -> bool:
        """False for most resources of a large template: nothing in them is asked for."""
        kind = text(body, "type").lower()
        return self._wanted(kind) or kind == NESTED or "/" not in kind or pick(body, "resources") is not None

    def _symbol(self, body: dict[str, Any], scope: Scope) -> Any:
        """What `reference('symbol')` shows: the type and, where no loop is in the way, the name of the resource."""
        try:
            name = scope.value(pick(body, "name"), ())
        except Fault:
            name = Unknown()
        return joined([text(body, "type"), "/", name])

    def _rounds(self, body: dict[str, Any], pointer: Pointer, scope: Scope, around: _Around) -> None:
        loop = loop_of(body)
        if loop is None:
            return self._resource(body, pointer, scope, around)
        rounds = scope.declared.budget.rounds(scope.value(loop.count, (*pointer, "copy", "count")))
        if isinstance(rounds, Unknown):
            why = f"it is not known how many of them there are: {rounds.reason}"
            self.notes.append((pointer, text(body, "type").rpartition("/")[2], why))
            return None
        for index in rounds:
            self._resource(body, pointer, scope.round(loop.name, index), around)
        return None

    def _resource(self, body: dict[str, Any], pointer: Pointer, scope: Scope, around: _Around) -> None:
        own = text(body, "type")
        kind = own.lower() if not around.kind or "." in own.partition("/")[0] else f"{around.kind}/{own.lower()}"
        wanted = _condition(body, pointer, scope)
        perhaps = wanted if isinstance(wanted, Unknown) else around.perhaps
        name = scope.value(pick(body, "name"), (*pointer, "name"))
        if around.kind:
            name = joined([around.name, "/", name])
        if wanted is not False and pick(body, "existing") is not True:
            if kind == NESTED:
                self._nested(body, pointer, scope, perhaps)
            elif self._wanted(kind):
                item = self._deployed(body, pointer, scope, around)
                self.found.append(msgspec.structs.replace(item, kind=kind, name=name, condition=perhaps))
        below = _Around(kind=kind, name=name, perhaps=around.perhaps)
        self._resources(pick(body, "resources"), (*pointer, "resources"), scope, below)

    def _deployed(self, body: dict[str, Any], pointer: Pointer, scope: Scope, around: _Around) -> Deployed:
        places: dict[Pointer, Pointer] = {(): pointer}
        about = pick(body, "scope")
        return Deployed(
            kind="",
            name="",
            body={
                key: scope.value(held, (*pointer, key), (key,), places)
                for key, held in body.items()
                if key.lower() not in _NOT_BODY
            },
            file=self._file,
            lines=_BodyLines(places, self._lines),
            api_version=shown(scope.value(text(body, "apiVersion"), pointer)),
            parent=joined([around.kind, "/", around.name]) if around.kind else "",
            scope=scope.value(about or "", (*pointer, "scope")),
        )

    def _nested(self, body: dict[str, Any], pointer: Pointer, scope: Scope, perhaps: Unknown | None) -> None:
        properties = pick(body, "properties")
        template = pick(properties, "template")
        if not isinstance(template, dict):
            why = "what it deploys is in another file or place, which Seawall does not follow"
            self.notes.append((pointer, f"linked template of deployment {text(body, 'name')}", why))
            return
        inside = (*pointer, "properties", "template")
        if text(pick(properties, "expressionEvaluationOptions"), "scope").lower() == "inner":
            entries = scope.value(pick(properties, "parameters") or {}, (*pointer, "properties", "parameters"))
            given = _given(template, entries)
            scope = Scope(Declarations(template, inside, given, scope.declared.budget))
        self.template(template, inside, scope, perhaps)


def _given(template: dict[str, Any], entries: Any) -> Parameters:
    if isinstance(entries, dict):
        return {name: given_value(name, entry) for name, entry in entries.items()}
    return dict.fromkeys(pick(template, "parameters") or {}, entries)


def _condition(body: dict[str, Any], pointer: Pointer, scope: Scope) -> bool | Unknown:
    """Whether the resource is deployed."""
    held = pick(body, "condition")
    try:
        return True if held is None else truth(scope.value(held, (*pointer, "condition")))
    except ValueError:
        return Unknown("its condition is neither true nor false")
