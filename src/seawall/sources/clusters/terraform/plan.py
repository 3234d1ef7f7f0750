"""A plan or state of Terraform in JSON (`terraform show -json`): what it makes, with all values worked out.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import NotAssessed
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.terraform import versions
from seawall.sources.clusters.terraform.resource import KINDS, Path, Planned, Resource
from seawall.sources.clusters.terraform.values import Later, Pending

_LINKS = ("kubernetes_cluster_id", "target_resource_id", "principal_id", "parent_id", "resource_id")
_KEY = re.compile(r"\[[^\]]*\]")
_CALL = re.compile(r"module\.([^.]+)\.")
_STEPS = 20
"""Variables and outputs gone through to find the resource that a reference means."""


def recognises(value: object) -> bool:
    """True for the decoded JSON of a plan or state."""
    return isinstance(value, dict) and "format_version" in value and bool(value.keys() & {"planned_values", "values"})


def read(data: bytes, file: str, limits: Limits, *, plan: _Plan | None = None) -> Planned:
    """The resources of a plan or state. Raises Malformed, LimitExceeded."""
    plan = plan or _Plan(_object(json.load(data, where=file, limits=limits)), file)
    found = list(plan.resources())
    lines = json.lines(data, {pointer for _, pointers in found for pointer in pointers.values()})
    placed = []
    for resource, pointers in found:
        known = {path: lines[pointer] for path, pointer in pointers.items() if pointer in lines}
        placed.append(msgspec.structs.replace(resource, lines=known))
    return Planned(resources=tuple(placed), not_assessed=tuple(plan.notes))


def read_changes(data: bytes, file: str, limits: Limits) -> tuple[Planned, Planned, list[dict[str, Any]]]:
    """What is there, what will be, and the changes between, those of other resources left out; each has a `line`.

    Raises Malformed, Unsupported, LimitExceeded.
    """
    document = json.load(data, where=file, limits=limits)
    if not recognises(document) or "planned_values" not in document:
        state = recognises(document)
        what = "this is a state, which changes nothing" if state else "this is no plan of Terraform"
        hint = "write one with: terraform plan -out tfplan && terraform show -json tfplan > plan.json"
        raise Malformed(what, where=file, hint=hint)
    version = str(document["format_version"])
    if version.partition(".")[0] not in ("0", "1"):
        raise Unsupported(f"a plan of format_version {version[:20]}; Seawall reads 0 and 1", where=file)
    plan = _Plan(document, file)
    pointers: dict[int, json.Pointer] = {}
    changes: list[dict[str, Any]] = []
    for at, found in _indexed(document.get("resource_changes")):
        if found.get("type") in KINDS and found.get("mode") == "managed":
            pointers[len(changes)] = ("resource_changes", at)
            changes.append(found)
    lines = json.lines(data, set(pointers.values()))
    placed = [{**found, "line": lines.get(pointers[at], 0)} for at, found in enumerate(changes)]
    before = Planned(resources=tuple(plan.before(each) for each in changes if _is_there(each)))
    if document.get("deferred_changes"):
        why = "Terraform has put off some changes: this plan does not tell them"
        plan.notes.append(NotAssessed(what="Terraform plan", where=file, why=why))
    return before, read(data, file, limits, plan=plan), placed


def _is_there(change: dict[str, Any]) -> bool:
    return isinstance(_object(change.get("change")).get("before"), dict) and not change.get("deposed")


class _Plan:
    """One document being read."""

    def __init__(self, document: dict[str, Any], file: str) -> None:
        self._file = file
        self._state = "planned_values" not in document
        self._top = "values" if self._state else "planned_values"
        self._values = _object(document.get(self._top))
        configuration = _object(document.get("configuration"))
        self._root = _object(configuration.get("root_module"))
        self._providers = _object(configuration.get("provider_config"))
        self._unknown: dict[str, Any] = {}
        for change in _objects(document.get("resource_changes")):
            self._unknown[str(change.get("address"))] = _object(change.get("change")).get("after_unknown")
        self.notes: list[NotAssessed] = []
        if document.get("errored") is True:
            why = "Terraform stopped with an error while it planned: resources may be missing"
            self.notes.append(NotAssessed(what="Terraform plan", where=file, why=why))
        if document.get("complete") is False:
            why = "the plan is not complete: resources may be missing"
            self.notes.append(NotAssessed(what="Terraform plan", where=file, why=why))

    def resources(self) -> Iterator[tuple[Resource, dict[Path, json.Pointer]]]:
        """Each resource of interest, with the pointers of its values."""
        pending: list[tuple[dict[str, Any], json.Pointer]] = [
            (_object(self._values.get("root_module")), (self._top, "root_module"))
        ]
        while pending:
            module, pointer = pending.pop()
            for at, resource in _indexed(module.get("resources")):
                if str(resource.get("type")) in KINDS and resource.get("mode") == "managed":
                    yield self._resource(resource, (*pointer, "resources", at))
            children = list(_indexed(module.get("child_modules")))
            pending += [(child, (*pointer, "child_modules", at)) for at, child in reversed(children)]

    def _resource(self, found: dict[str, Any], pointer: json.Pointer) -> tuple[Resource, dict[Path, json.Pointer]]:
        address, kind = str(found.get("address")), str(found.get("type"))
        module, configured = self._configured(address)
        values = _merged(
            _object(found.get("values")), _object(self._unknown.get(address)), configured.get("expressions")
        )
        for name in _LINKS:
            expression = _object(_object(configured.get("expressions")).get(name))
            target = None if isinstance(values.get(name), str) else self._target(expression, module, address)
            if target is not None:
                values[name] = target
        pointers = {path: (*pointer, "values", *path) for path in _paths(values)} | {(): pointer}
        provider = self._provider(configured, kind)
        resource = Resource(
            kind=kind, address=address, values=values, file=self._file, majors=provider.majors, version=provider.version
        )
        return resource, pointers

    def before(self, change: dict[str, Any]) -> Resource:
        """The resource as it is now; all of it is known."""
        address, kind = str(change.get("address")), str(change.get("type"))
        provider = self._provider(self._configured(address)[1], kind)
        values = _object(_object(change.get("change")).get("before"))
        return Resource(
            kind=kind,
            address=address,
            values=values,
            file=self._file,
            majors=provider.majors,
            version=provider.version,
        )

    def _configured(self, address: str) -> tuple[tuple[str, ...], dict[str, Any]]:
        """The calls on the way to the resource's module, and its configuration."""
        plain = _KEY.sub("", address)
        calls = tuple(_CALL.findall(plain))
        resources = _objects(self._module(calls).get("resources"))
        mine = (each for each in resources if plain.endswith(f"{each.get('type')}.{each.get('name')}"))
        return calls, next(mine, {})

    def _module(self, calls: tuple[str, ...]) -> dict[str, Any]:
        module = self._root
        for call in calls:
            module = _object(_object(_object(module.get("module_calls")).get(call)).get("module"))
        return module

    def _provider(self, configured: dict[str, Any], kind: str) -> versions.Provider:
        key = str(configured.get("provider_config_key") or kind.partition("_")[0])
        named = [_object(self._providers.get(name)) for name in (key, key.rpartition(":")[2], kind.partition("_")[0])]
        constraints = [str(each["version_constraint"]) for each in named if "version_constraint" in each]
        return versions.Provider().within(constraints[:1])

    def _target(self, expression: dict[str, Any], calls: tuple[str, ...], address: str) -> Pending | None:
        """The resource that an expression refers to, through variables of modules and their outputs."""
        keys = _KEY.findall(address)
        for _ in range(_STEPS):
            references = [str(each) for each in _list(expression.get("references"))]
            first = references[0] if references else ""
            head, _, rest = first.partition(".")
            if head == "var" and calls:
                call = _object(_object(self._module(calls[:-1]).get("module_calls")).get(calls[-1]))
                expression = _object(_object(call.get("expressions")).get(rest.partition(".")[0]))
                calls = calls[:-1]
            elif head == "module" and "." in rest:
                name, _, output = _KEY.sub("", rest).partition(".")
                calls = (*calls, name)
                outputs = _object(self._module(calls).get("outputs"))
                expression = _object(_object(outputs.get(output.partition(".")[0])).get("expression"))
            elif head and head not in ("var", "module", "local", "data", "each", "count"):
                return self._pending(first, calls, keys)
            else:
                return None
        return None

    def _pending(self, reference: str, calls: tuple[str, ...], keys: list[str]) -> Pending | None:
        """Among the instances of the resource the only one, or the one with the key of who refers to it."""
        kind, _, rest = reference.partition(".")
        plain = f"{kind}.{_KEY.sub('', rest).partition('.')[0]}"
        before = "".join(f"module.{call}." for call in calls)
        found = [each for each in self._addresses() if _KEY.sub("", each) == before + plain]
        written = re.match(r"[^.\[]*(\[[^\]]*\])", rest)
        wanted = [*([written[1]] if written else []), *keys]
        matching = [each for each in found if not wanted or all(key in wanted for key in _KEY.findall(each))]
        chosen = found if len(found) == 1 else matching
        path = "." + _KEY.sub("", rest).partition(".")[2]
        return Pending(chosen[0], path) if len(chosen) == 1 else None

    def _addresses(self) -> Iterator[str]:
        pending = [_object(self._values.get("root_module"))]
        while pending:
            module = pending.pop()
            yield from (str(each.get("address")) for each in _objects(module.get("resources")))
            pending += _objects(module.get("child_modules"))


def _merged(values: Any, unknown: Any, written: Any) -> Any:
    """The values with what is known only later marked so; what nobody has written is left out: it gets its default.

    `written` are the expressions of the configuration, by attribute; None where they do not tell (dynamic blocks).
    """
    if unknown is True:
        return Later()
    if isinstance(unknown, dict) and isinstance(values, dict):
        told = written if isinstance(written, dict) and not written.keys() & {"references", "constant_value"} else None
        later = {name for name, held in unknown.items() if held is True}
        names = [
            name for name in (*values, *(later - values.keys())) if name not in later or told is None or name in told
        ]
        return {name: _merged(values.get(name), unknown.get(name), told and told.get(name)) for name in names}
    if isinstance(unknown, list) and isinstance(values, list):
        told_items = written if isinstance(written, list) else []
        rest = zip_longest(values, unknown[: len(values)], told_items[: len(values)])
        return [_merged(value, later, told) for value, later, told in rest]
    return values


def _paths(values: Any, path: Path = ()) -> Iterator[Path]:
    pairs = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, held in pairs:
        yield (*path, key)
        yield from _paths(held, (*path, key))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _indexed(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for at, each in enumerate(_list(value)):
        if isinstance(each, dict):
            yield at, each
