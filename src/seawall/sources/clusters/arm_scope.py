"""What the expressions of one ARM template see: its parameters, variables, functions and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.errors import LimitExceeded, Malformed
from seawall.model import Unknown
from seawall.safe.limits import Limits
from seawall.sources.clusters import template_functions
from seawall.sources.clusters.arm_expressions import Expression, evaluate, is_expression, parse, plain
from seawall.sources.clusters.arm_parameters import Parameters, checked, not_given
from seawall.sources.clusters.documents import Pointer
from seawall.sources.clusters.unknown_text import UnknownText, shown
from seawall.sources.clusters.values import pick


class Fault(Exception):
    """An expression at `pointer` of the document that does not parse."""

    def __init__(self, pointer: Pointer, why: str) -> None:
        super().__init__(why)
        self.pointer = pointer
        self.why = why


class Budget:
    """How much one template may cost, over all that is nested in it."""

    def __init__(self, limits: Limits, file: str) -> None:
        self.limits = limits
        self.expressions: dict[str, Expression] = {}
        self._file = file
        self._steps = limits.template_steps
        self._rounds = limits.template_items

    def spend(self, steps: int) -> None:
        """Raises LimitExceeded when the template costs too much."""
        self._steps -= steps
        if self._steps < 0:
            raise LimitExceeded("template_steps", self.limits.template_steps, where=self._file)

    def rounds(self, count: Any) -> range | Unknown:
        """The indices of a loop. Raises LimitExceeded where all loops together go round too often."""
        if type(count) is not int or count < 0:
            return count if isinstance(count, Unknown) else Unknown("a loop whose count is no number")
        self._rounds -= count
        if self._rounds < 0:
            raise LimitExceeded("template_items", self.limits.template_items, where=self._file, found=count)
        return range(count)


class _Looped(msgspec.Struct, frozen=True):
    """A variable that is made in a loop."""

    loop: dict[str, Any]


class Declarations:
    """What one template declares, worked out when it is asked for, and once."""

    def __init__(self, body: Mapping[str, Any], pointer: Pointer, given: Parameters, budget: Budget) -> None:
        self.budget = budget
        self.symbols: dict[str, Any] = {}
        self._definitions = pick(body, "definitions")
        self._parameters = _by_name(body, "parameters", pointer)
        self._variables = _by_name(body, "variables", pointer)
        self._given = {name.lower(): value for name, value in given.items()}
        self._values: dict[tuple[str, str], Any] = {}
        self._open: set[tuple[str, str]] = set()
        self.functions = dict(_functions(pick(body, "functions"), (*pointer, "functions")))
        copies = pick(pick(body, "variables"), "copy")
        for index, loop in enumerate(copies if isinstance(copies, list) else ()):
            if isinstance(loop, dict) and isinstance(loop.get("name"), str):
                held = (loop["name"], _Looped(loop), (*pointer, "variables", "copy", index))
                self._variables[loop["name"].lower()] = held

    def parameter(self, name: str) -> Any:
        """Its given value or its default."""
        return self._once("parameter", name, self._parameters, self._parameter)

    def variable(self, name: str) -> Any:
        """Its value."""
        return self._once("variable", name, self._variables, self._variable)

    def _once(self, kind: str, name: str, declared: Mapping[str, Any], work: Callable[..., Any]) -> Any:
        key = (kind, name.lower())
        if key not in self._values:
            if key[1] not in declared:
                return Unknown(f"there is no {kind} '{name}'")
            if key in self._open:
                return Unknown(f"{kind} '{name}' depends on itself")
            self._open.add(key)
            try:
                self._values[key] = work(*declared[key[1]])
            finally:
                self._open.discard(key)
        return self._values[key]

    def _parameter(self, name: str, declared: Any, pointer: Pointer) -> Any:
        declared = declared if isinstance(declared, dict) else {}
        if self._given.get(name.lower()) is not None:  # null means the default
            value = self._given[name.lower()]
        elif (key := next((key for key in declared if key.lower() == "defaultvalue"), None)) is not None:
            value = Scope(self).value(declared[key], (*pointer, key))
        else:
            value = not_given(name, declared, self._definitions)
        return checked(name, declared, value)

    def _variable(self, name: str, raw: Any, pointer: Pointer) -> Any:
        if isinstance(raw, _Looped):
            return Scope(self).loop(name, raw.loop, pointer)
        return Scope(self).value(raw, pointer)


class Scope:
    """Where an expression stands: in a template, in the rounds of its loops, or in a function of the user's."""

    def __init__(
        self,
        declared: Declarations,
        loops: Mapping[str, int] | None = None,
        inside: tuple[str, ...] = (),
        own: Mapping[str, Any] | None = None,
    ) -> None:
        self.declared = declared
        self._loops = loops or {}
        self._inside = inside
        self._own = own

    def round(self, loop: str, index: int, *, inner: bool = False) -> Scope:
        """The same place in one round of a loop, which `copyIndex` names, or means without a name.

        Without a name it means the loop of the resource, also in an `inner` loop of one of its properties.
        """
        unnamed = self._loops.get("", index) if inner else index
        return Scope(self.declared, {**self._loops, loop.lower(): index, "": unnamed}, self._inside, self._own)

    def call(self, name: str, args: Sequence[Any]) -> Any:
        """The value of a function: what the template declares, or the library."""
        bare = name.lower()
        first = args[0] if args else None
        if bare in ("parameters", "variables"):
            if not isinstance(first, str):
                return first if isinstance(first, Unknown) else Unknown(f"{name}() without a name")
            if self._own is not None:
                return self._own.get(first.lower(), Unknown(f"there is no parameter '{first}'"))
            return self.declared.parameter(first) if bare == "parameters" else self.declared.variable(first)
        if bare == "copyindex":
            return self._index(args)
        if bare in self.declared.functions:
            return self._user_function(bare, args)
        if bare in ("reference", "resourceinfo") and isinstance(first, str):
            first = self.declared.symbols.get(first.partition("[")[0].lower(), first)
            return UnknownText(f"only a deployment tells {name}()", f"{{{shown(first)}}}")
        return template_functions.call(name, args, limits=self.declared.budget.limits, spend=self.declared.budget.spend)

    def _index(self, args: Sequence[Any]) -> Any:
        loop = next((arg.lower() for arg in args if isinstance(arg, str)), "")
        offset = next((arg for arg in args if type(arg) is int), 0)
        if loop not in self._loops:
            return Unknown(f"copyIndex({loop}) outside of that loop")
        return self._loops[loop] + offset

    def _user_function(self, name: str, args: Sequence[Any]) -> Any:
        declared, pointer = self.declared.functions[name]
        if name in self._inside:
            return Unknown(f"the function {name}() calls itself")
        params = pick(declared, "parameters") or []
        names = [str(pick(param, "name")).lower() for param in params]
        inner = Scope(self.declared, {}, (*self._inside, name), dict(zip(names, args, strict=False)))
        return inner.value(pick(pick(declared, "output"), "value"), (*pointer, "output", "value"))

    def value(
        self, node: Any, pointer: Pointer, path: Pointer = (), places: dict[Pointer, Pointer] | None = None
    ) -> Any:
        """What the JSON at `pointer` comes to; `places` learns where each value, by its `path`, stands in the document.

        Raises Fault for an expression that does not parse.
        """
        self.declared.budget.spend(1)
        if places is not None:
            places[path] = pointer
        if isinstance(node, str):
            return self._text(node, pointer)
        if isinstance(node, list):
            return [self.value(item, (*pointer, index), (*path, index), places) for index, item in enumerate(node)]
        return self._object(node, pointer, path, places) if isinstance(node, dict) else node

    def _text(self, text: str, pointer: Pointer) -> Any:
        if not is_expression(text):
            return plain(text)
        known = self.declared.budget.expressions
        try:
            if text not in known:
                known[text] = parse(text)
        except Malformed as error:
            raise Fault(pointer, error.message) from None
        return evaluate(known[text], self)

    def _object(
        self, node: dict[str, Any], pointer: Pointer, path: Pointer, places: dict[Pointer, Pointer] | None
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, held in node.items():
            if key == "copy" and isinstance(held, list):
                for index, loop in enumerate(held):
                    if isinstance(loop, dict):
                        name = str(loop.get("name"))
                        found[name] = self.loop(name, loop, (*pointer, key, index), (*path, name), places)
            else:
                name = shown(self._text(key, pointer)) if is_expression(key) else key
                found[name] = self.value(held, (*pointer, key), (*path, name), places)
        return found

    def loop(
        self,
        name: str,
        loop: dict[str, Any],
        pointer: Pointer,
        path: Pointer = (),
        places: dict[Pointer, Pointer] | None = None,
    ) -> Any:
        """A property, or a variable, that is a list made in a loop; otherwise as `value`."""
        if places is not None:
            places[path] = pointer
        rounds = self.declared.budget.rounds(self.value(loop.get("count"), (*pointer, "count")))
        if isinstance(rounds, Unknown):
            return rounds
        return [
            self.round(name, index, inner=True).value(loop.get("input"), (*pointer, "input"), (*path, index), places)
            for index in rounds
        ]


def _by_name(body: Mapping[str, Any], what: str, pointer: Pointer) -> dict[str, tuple[str, Any, Pointer]]:
    held = pick(body, what)
    entries = held.items() if isinstance(held, dict) else ()
    return {name.lower(): (name, entry, (*pointer, what, name)) for name, entry in entries}


def _functions(held: Any, pointer: Pointer) -> Iterator[tuple[str, tuple[Any, Pointer]]]:
    for index, space in enumerate(held if isinstance(held, list) else ()):
        members = pick(space, "members")
        for name, declared in members.items() if isinstance(members, dict) else ():
            full = f"{pick(space, 'namespace')}.{name}".lower()
            yield full, (declared, (*pointer, index, "members", name))


class Loop(msgspec.Struct, frozen=True):
    """The `copy` of a resource."""

    name: str
    count: Any


def loop_of(resource: Mapping[str, Any]) -> Loop | None:
    """The loop in which a resource is made, None where it is made once."""
    copy = pick(resource, "copy")
    return Loop(str(pick(copy, "name")), pick(copy, "count")) if isinstance(copy, dict) else None
