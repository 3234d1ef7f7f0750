"""Modules: other files that a file deploys with parameters of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from seawall.errors import InputError, LimitExceeded
from seawall.model import Unknown
from seawall.safe import json
from seawall.sources.clusters import arm_template
from seawall.sources.clusters.bicep.instances import Instance
from seawall.sources.clusters.bicep.symbols import ITSELF, Symbol, once
from seawall.sources.clusters.bicep.template import Run, Template


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """An ARM template that a Bicep file deploys: a module in JSON, or what a deployment holds."""

    template: Mapping[str, Any]
    data: bytes
    file: str
    given: Mapping[str, Any]

    def deploy(self, run: Run, doubt: Unknown | None) -> None:
        """Add what it deploys to the run; `doubt` is why it may not be. It may take as many steps as it has bytes."""
        steps = 1_000 + len(self.data)
        run.budget.spend(steps)
        deployed, notes = arm_template.evaluate(
            self.template,
            self.data,
            pointer=(),
            file=self.file,
            given=self.given,
            limits=msgspec.structs.replace(run.budget.limits, template_steps=steps),
            wanted=run.wanted,
        )
        run.deployed += [
            each if doubt is None or each.condition is not None else msgspec.structs.replace(each, condition=doubt)
            for each in deployed
        ]
        run.not_assessed.update(dict.fromkeys(notes))


class Module(Instance):
    """One use of another file."""

    @once(ITSELF)
    def inner(self) -> Template | Compiled | Unknown:
        """The other file with the parameters that are passed to it, or why it is not known."""
        what = f"module {self.name} ({self.declaration.reference})"
        files, chain = self.template.run.files, self.template.chain
        try:
            file = files.named_in(self.template.source.file, self.declaration.reference)
            if file in chain:
                self.template.note(what, self.declaration, "it uses itself")
                return Unknown(f"{what} uses itself")
            if file.lower().endswith(".json"):
                return self._compiled(files.load(file), file)
            source = files.source(file)
        except LimitExceeded:
            raise
        except InputError as error:
            self.template.note(what, self.declaration, error.message + (f" ({error.hint})" if error.hint else ""))
            return Unknown(f"{what}: {error.message}")
        names = (each.name for each in source.declared.values() if each.keyword == "param")
        return Template(source, self._given(names), self.template.run, chain=chain, doubt=self.why_perhaps)

    def _compiled(self, data: bytes, file: str) -> Compiled | Unknown:
        template = json.load(data, where=file, limits=self.template.budget.limits)
        if not isinstance(template, dict):
            return Unknown(f"{file} is no template")
        return Compiled(template=template, data=data, file=file, given=self._given(template.get("parameters") or ()))

    def _given(self, declared: Iterable[str]) -> dict[str, Any]:
        given = self.own("params")
        if isinstance(given, Unknown):
            return {name.lower(): given for name in declared}
        return {name.lower(): value for name, value in given.items()} if isinstance(given, dict) else {}

    def deploy(self) -> None:
        inner = self.inner if self.wanted is not False else None
        if isinstance(inner, Template):
            inner.deploy()
        elif isinstance(inner, Compiled):
            inner.deploy(self.template.run, self.why_perhaps)

    def member(self, name: str) -> Any:
        if name == "outputs":
            return _Outputs(self)
        known = self.own("name") if name == "name" else None
        return Unknown(f"module '{self.name}' has no {name}") if known is None else known


class _Outputs(Symbol):
    """The outputs of a module."""

    def __init__(self, module: Module) -> None:
        super().__init__(f"{module.name}.outputs")
        self._module = module

    def member(self, name: str) -> Any:
        if self._module.wanted is False:
            return Unknown(f"module '{self._module.name}' is not deployed")
        inner = self._module.inner
        if isinstance(inner, Template):
            return inner.output(name)
        return inner if isinstance(inner, Unknown) else Unknown(f"only a deployment tells {self.name}.{name}")
