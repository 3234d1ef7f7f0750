"""A module with the values of its variables: its resources and the modules that it calls, as often as they are made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from seawall.model import NotAssessed, Unknown
from seawall.safe import hcl
from seawall.sources.clusters.terraform import versions
from seawall.sources.clusters.terraform.blocks import block_values
from seawall.sources.clusters.terraform.constraints import converted
from seawall.sources.clusters.terraform.copies import Copy, copies
from seawall.sources.clusters.terraform.expressions import Evaluator
from seawall.sources.clusters.terraform.functions import Files
from seawall.sources.clusters.terraform.module import Module, Placed
from seawall.sources.clusters.terraform.resource import KINDS, Resource
from seawall.sources.clusters.terraform.values import Budget, Failure, Namespace, Pending, Value


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What all modules of one configuration share.

    `load` gives the module of a folder, or the reason why there is none; `installed` the folder in which
    `terraform init` put a module, by its key (`network.subnets`).
    """

    root: Path
    budget: Budget
    files: Files
    most_instances: int
    load: Callable[[Path], Module | str]
    installed: dict[str, Path]
    notes: list[NotAssessed]


class Instance:
    """One module with its inputs. `address` is "" for the root, else it ends with a dot."""

    def __init__(
        self,
        module: Module,
        inputs: dict[str, Value],
        around: Surroundings,
        *,
        address: str = "",
        key: str = "",
        above: tuple[Path, ...] = (),
        provider: versions.Provider,
        condition: Unknown | None = None,
    ) -> None:
        self._module = module
        self._inputs = inputs
        self._around = around
        self._address = address
        self._key = key
        self._above = (*above, module.folder)
        self._condition = condition
        self._provider = provider.within(versions.required(module.requirements, "azurerm"))
        self._evaluator = Evaluator(self._root, around.budget, around.files)
        self._worked_out: dict[tuple[str, ...], Value] = {}
        self._copies: dict[int, list[Copy] | Unknown] = {}
        self._children: dict[tuple[str, str], Instance] = {}

    def resources(self) -> Iterator[Resource]:
        """All resources of interest here and in the modules below."""
        for (kind_, name), placed in self._module.resources.items():
            if kind_ in KINDS:
                for copy in self._copied(placed, f"{kind_}.{name}"):
                    yield self._resource(kind_, name, placed, copy)
        for name, placed in self._module.modules.items():
            for copy in self._copied(placed, f"module.{name}"):
                child = self._child(name, placed, copy)
                if child is not None:
                    yield from child.resources()

    def output(self, name: str) -> Value:
        """The value of an output. Raises Failure where there is none."""
        placed = self._module.outputs.get(name)
        if placed is None:
            raise Failure(f"{self._address or 'this module'} has no output {name!r}")
        return self._once(("output", name), lambda: self._attribute(placed, "value"))

    def _resource(self, kind_: str, name: str, placed: Placed, copy: Copy) -> Resource:
        self._around.budget.step(_COST_OF_A_RESOURCE)
        values, lines = block_values(placed.block.body, self._evaluator, copy.names)
        lines[()] = placed.block.line
        faults = placed.block.body.faults
        return Resource(
            kind=kind_,
            address=f"{self._address}{kind_}.{name}{copy.key}",
            values=values,
            file=placed.file,
            lines=lines,
            broken=Unknown(f"line {faults[0]} is not valid HCL and may say so") if faults else None,
            condition=self._condition if copy.condition is None else copy.condition,
            majors=self._provider.majors,
            version=self._provider.version,
        )

    def _root(self, name: str) -> Value:
        """The meaning of a name at the beginning of a reference."""
        match name:
            case "var":
                return Namespace(self._variable)
            case "local":
                return Namespace(self._local)
            case "module":
                return Namespace(self._module_value)
            case "data":
                return Namespace(lambda kind_: Namespace(lambda inner: self._resource_value(f"data.{kind_}", inner)))
            case "path":
                return Namespace(self._path)
            case "terraform":
                return Unknown("the workspace is not known")
            case "each" | "count" | "self":
                raise Failure(f"{name} has no meaning here")
            case _:
                return Namespace(lambda inner: self._resource_value(name, inner))

    def _once(self, key: tuple[str, ...], work: Callable[[], Value]) -> Value:
        """The value, worked out once; something that refers to itself has none."""
        if key not in self._worked_out:
            name = ".".join(key)
            self._worked_out[key] = Unknown(f"{name} refers to itself")
            self._worked_out[key] = work()
        return self._worked_out[key]

    def _attribute(self, placed: Placed, name: str) -> Value:
        expression = placed.block.body.attributes.get(name)
        return None if expression is None else self._evaluator.value(expression, {})

    def _variable(self, name: str) -> Value:
        placed = self._module.variables.get(name)
        if placed is None:
            raise Failure(f"the variable {name!r} is not declared")
        return self._once(("var", name), lambda: self._variable_value(name, placed))

    def _variable_value(self, name: str, placed: Placed) -> Value:
        body = placed.block.body
        if name in self._inputs:
            value = self._inputs[name]
            fixed = body.attributes.get("nullable")
            if value is None and isinstance(fixed, hcl.Literal) and fixed.value is False:
                value = self._attribute(placed, "default")
        elif "default" in body.attributes:
            value = self._attribute(placed, "default")
        else:
            return Unknown(f"the variable {name!r} has no default, and no value is given")
        constraint = body.attributes.get("type")
        try:
            return (
                converted(value, constraint, lambda node: self._evaluator.evaluate(node, {})) if constraint else value
            )
        except Failure as failure:
            return Unknown(f"the variable {name!r} has a value that does not fit its type: {failure}")

    def _local(self, name: str) -> Value:
        expression = self._module.locals.get(name)
        if expression is None:
            raise Failure(f"local.{name} is not defined in this folder")
        return self._once(("local", name), lambda: self._evaluator.value(expression, {}))

    def _path(self, name: str) -> Value:
        if name == "module":
            return Path(os.path.relpath(self._module.folder, self._around.root)).as_posix()
        return "." if name in ("root", "cwd") else Unknown(f"path.{name} is not known")

    def _resource_value(self, kind_: str, name: str) -> Value:
        placed = self._module.resources.get((kind_, name))
        if placed is None:
            raise Failure(f"{kind_}.{name} is not defined in this folder")
        address = f"{self._address}{kind_}.{name}"
        return self._combined(
            placed, lambda copy: Namespace(lambda inner: self._made(placed, copy, f"{address}{copy.key}", inner))
        )

    def _combined(self, placed: Placed, make: Callable[[Copy], Value]) -> Value:
        """The copies as a reference sees them: one, a list, or an object by key."""
        found = self._expanded(placed)
        if isinstance(found, Unknown):
            return found
        attributes = placed.block.body.attributes
        if "count" in attributes:
            return [make(copy) for copy in found]
        if "for_each" in attributes:
            return {str(copy.names["each"]["key"]): make(copy) for copy in found}
        return make(found[0])

    def _made(self, placed: Placed, copy: Copy, address: str, name: str) -> Value:
        """An attribute of a resource, as written; what is not written is known when it is made."""
        body = placed.block.body
        if name in body.attributes:
            key = (address, name)
            return self._once(key, lambda: self._evaluator.value(body.attributes[name], copy.names))
        blocks = tuple(
            block for block in body.blocks if block.kind == name or (block.kind, block.labels) == ("dynamic", (name,))
        )
        if not blocks:
            return Pending(address, f".{name}")
        of_kind = hcl.Body(attributes={}, blocks=blocks)
        found = self._once((address, name), lambda: block_values(of_kind, self._evaluator, copy.names)[0].get(name))
        return [_open(item, address, f".{name}[{at}]") for at, item in enumerate(found)] if _is_list(found) else found

    def _module_value(self, name: str) -> Value:
        placed = self._module.modules.get(name)
        if placed is None:
            raise Failure(f"module.{name} is not defined in this folder")

        def outputs(copy: Copy) -> Value:
            child = self._child(name, placed, copy)
            return Namespace(child.output) if child else Unknown(f"the code of module.{name} is not here")

        return self._combined(placed, outputs)

    def _child(self, name: str, placed: Placed, copy: Copy) -> Instance | None:
        if (name, copy.key) in self._children:
            return self._children[name, copy.key]
        key = f"{self._key}.{name}".removeprefix(".")
        module = self._source(key, placed)
        if module is None:
            return None
        names = placed.block.body.attributes.keys() - _META
        inputs = {each: self._evaluator.value(placed.block.body.attributes[each], copy.names) for each in names}
        self._around.budget.step(_COST_OF_A_MODULE)
        child = Instance(
            module,
            inputs,
            self._around,
            address=f"{self._address}module.{name}{copy.key}.",
            key=key,
            above=self._above,
            provider=self._provider,
            condition=self._condition if copy.condition is None else copy.condition,
        )
        self._children[name, copy.key] = child
        return child

    def _source(self, key: str, placed: Placed) -> Module | None:
        source = self._attribute(placed, "source")
        found: Module | str
        if isinstance(source, str) and source.startswith(("./", "../")):
            found = self._around.load(Path(os.path.normpath(self._module.folder / source)))
        elif key in self._around.installed:
            found = self._around.load(self._around.installed[key])
        else:
            named = source if isinstance(source, str) else "a source that is not known"
            found = f"its code ({named}) is not here: run `terraform init`, or hand in a plan"
        if isinstance(found, Module) and (found.folder in self._above or len(self._above) > _DEEPEST_MODULE):
            found = "modules call themselves, or are nested too deeply"
        if isinstance(found, Module):
            return found
        self._note(f"{self._address}module.{placed.block.labels[0]}", placed, found)
        return None

    def _note(self, what: str, placed: Placed, why: str) -> None:
        note = NotAssessed(what=what, where=placed.where, why=why)
        if note not in self._around.notes:
            self._around.notes.append(note)

    def _copied(self, placed: Placed, what: str) -> list[Copy]:
        found = self._expanded(placed)
        if not isinstance(found, Unknown):
            return found
        each = {"key": found, "value": found}
        unknown = Copy(key="[?]", names={"count": {"index": found}, "each": each}, condition=found)
        why = f"{found.reason}; it is read as one"
        self._note(f"how often {self._address}{what} is made", placed, why)
        return [unknown]

    def _expanded(self, placed: Placed) -> list[Copy] | Unknown:
        """The copies that `count` or `for_each` make; unknown where they are."""
        at = id(placed.block)
        if at not in self._copies:
            self._copies[at] = Unknown("it refers to itself")
            attributes = placed.block.body.attributes
            self._copies[at] = copies(attributes, self._evaluator, self._around.budget, self._around.most_instances)
        return self._copies[at]


_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
_DEEPEST_MODULE = 12
_COST_OF_A_MODULE = 100
_COST_OF_A_RESOURCE = 20
"""Steps: what a copy takes in memory."""


def _is_list(value: Value) -> bool:
    return isinstance(value, list)


def _open(values: Value, address: str, path: str) -> Value:
    """A block whose other attributes are known when it is made."""
    if not isinstance(values, dict):
        return values
    return Namespace(lambda name: values[name] if name in values else Pending(address, f"{path}.{name}"))
