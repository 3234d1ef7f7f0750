"""One file with the values of its parameters: what its names stand for, and what it deploys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from seawall.errors import InputError, LimitExceeded
from seawall.model import Location, NotAssessed, Unknown
from seawall.sources.clusters.bicep.evaluate import Evaluation
from seawall.sources.clusters.bicep.loads import Loads
from seawall.sources.clusters.bicep.modules import Files, Source, is_remote
from seawall.sources.clusters.bicep.symbols import Budget, Symbol
from seawall.sources.clusters.bicep.syntax import Declaration, Node, Type
from seawall.sources.clusters.deployed import Deployed
from seawall.sources.clusters.unknown_text import UnknownText

Values = Mapping[str, Any]
"""Name, in lower case, to value."""

_TYPES: Final = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


class Run(msgspec.Struct, kw_only=True):
    """What one reading shares and comes to. `wanted` says which kinds of resources are asked for."""

    budget: Budget
    files: Files
    wanted: Callable[[str], bool]
    deployed: list[Deployed] = []
    not_assessed: dict[NotAssessed, None] = {}

    def note(self, what: str, file: str, line: int, why: str) -> None:
        """Something that was not looked at, said once."""
        self.not_assessed[NotAssessed(what=what, where=str(Location(file=file, line=line)), why=why)] = None


class Template(Evaluation):
    """One file being evaluated. `chain` holds the files that led here, itself last; `doubt` why it may not be deployed.

    What a name stands for is worked out when it is asked for, once.
    """

    def __init__(
        self, source: Source, given: Values, run: Run, *, chain: tuple[str, ...] = (), doubt: Unknown | None = None
    ) -> None:
        super().__init__(run.budget)
        self.source = source
        self.given = given
        self.run = run
        self.chain = (*chain, source.file)
        self.doubt = doubt
        self._known: dict[str, Any] = {}
        if len(self.chain) > run.budget.limits.bicep_modules:
            raise LimitExceeded("bicep_modules", run.budget.limits.bicep_modules, where=source.file)

    def deploy(self) -> None:
        """Add what the file deploys, and what in it cannot be read, to the run."""
        from seawall.sources.clusters.bicep.instances import Deployable, symbol_of

        self.budget.spend(len(self.source.declared))
        for fault in self.source.tree.faults:
            self.note("Bicep statement", fault, fault.message)
        for declaration in self.source.tree.declarations:
            if declaration.keyword in ("resource", "module"):
                symbol = self.lookup(declaration.name)
                if not isinstance(symbol, Deployable) or symbol.declaration is not declaration:  # a name taken twice
                    symbol = symbol_of(self, declaration, None, {})
                symbol.deploy()

    def note(self, what: str, node: Node, why: str) -> None:
        """Something in this file that was not looked at."""
        self.run.note(what, self.source.file, node.line, why)

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self._once(f"output {name}", lambda: self._output(name))

    def lookup(self, name: str) -> Any:
        return self._once(name, lambda: self._find(name))

    def function(self, name: str) -> Callable[..., Any] | None:
        declaration = self.source.declared.get(name)
        if declaration is None:
            return Loads(self.loaded, self.budget.limits).named(name)
        if declaration.keyword == "func" and declaration.value is not None:
            body, names = declaration.value, declaration.parameters
            return lambda *values: self.value(body, dict(zip(names, values, strict=False)))
        if declaration.keyword == "import":
            return self._imported_function(declaration, name)
        return None

    def loaded(self, reference: str) -> bytes:
        """The bytes of a file that this one names. Raises InputError."""
        return self.run.files.load(self.run.files.named_in(self.source.file, reference))

    def imported(self, declaration: Declaration) -> Template | Unknown:
        """The file that an import names."""

        def load() -> Template | Unknown:
            try:
                file = self.run.files.named_in(self.source.file, declaration.reference)
                if file in self.chain:
                    return Unknown(f"{declaration.reference} imports itself")
                return Template(self.run.files.source(file), {}, self.run, chain=self.chain)
            except LimitExceeded:
                raise
            except InputError as error:
                self.note(f"import of {declaration.reference}", declaration, error.message)
                return Unknown(f"it is imported: {error.message}")

        found: Template | Unknown = self._once(f"import {declaration.reference}", load)
        return found

    def _once(self, key: str, work: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = Unknown(f"'{key}' needs itself to be worked out")
            self._known[key] = work()
        return self._known[key]

    def _find(self, name: str) -> Any:
        from seawall.sources.clusters.bicep.instances import symbol_of

        declaration = self.source.declared.get(name)
        if declaration is None:
            return Unknown(f"'{name}' is not declared, or its declaration cannot be read")
        match declaration.keyword:
            case "param":
                return self.budget.spend_on(self._parameter(declaration))
            case "var" if declaration.value is not None:
                return self.budget.spend_on(self.value(declaration.value, {}))
            case "resource" | "module":
                return symbol_of(self, declaration, None, {})
            case "import":
                return self._imported(declaration, name)
            case _:
                return Unknown(f"'{name}' is no value")

    def _parameter(self, declaration: Declaration) -> Any:
        """What is given, or else the default, also for null; unknown where the deployment would refuse it."""
        name = declaration.name
        kind = self._meaning(declaration.type)
        value = self.given.get(name.lower())
        if value is None and declaration.value is not None:
            value = self.value(declaration.value, {})
        elif value is None and name.lower() not in self.given and not (kind and kind.nullable):
            value = UnknownText(f"parameter '{name}' has no default", f"{{{name}}}")
        if declaration.decorator("secure"):
            return UnknownText(f"parameter '{name}' is a secret", f"{{{name}}}")
        if isinstance(value, Unknown) or value is None:
            return value
        expected = _TYPES.get(kind.name) if kind else None
        if expected and type(value) is not expected:
            why = f"parameter '{name}' is declared as {kind.name if kind else ''} and given something else"
            return UnknownText(why, f"{{{name}}}")
        allowed = declaration.decorator("allowed")
        if allowed and _refuses([self.value(each, {}) for each in allowed.arguments], value):
            return UnknownText(f"parameter '{name}' is given what it does not allow", f"{{{name}}}")
        return value

    def _meaning(self, kind: Type | None, hops: int = 10) -> Type | None:
        """The type that the name of a type stands for, nullable as soon as one of the names on the way is."""
        named = self.source.declared.get(kind.name) if kind else None
        if kind is None or named is None or named.keyword not in ("type", "import") or not hops:
            return kind
        inner: Type | None = Type(kind.line, kind.column)
        if named.keyword == "type":
            inner = self._meaning(named.type, hops - 1)
        elif not is_remote(named.reference) and isinstance(other := self.imported(named), Template):
            theirs = other.source.declared.get(_theirs(named, kind.name))
            inner = other._meaning(theirs.type, hops - 1) if theirs else inner
        return inner and msgspec.structs.replace(inner, nullable=kind.nullable or inner.nullable)

    def _output(self, name: str) -> Any:
        declaration = self.source.outputs.get(name)
        if declaration is None or declaration.value is None:
            return Unknown(f"there is no output '{name}', or it cannot be read")
        return self.budget.spend_on(self.value(declaration.value, {}))

    def _imported(self, declaration: Declaration, name: str) -> Any:
        other = self.imported(declaration)
        if isinstance(other, Unknown):
            return other
        theirs = _theirs(declaration, name)
        return _Namespace(name, other) if theirs == "*" else other.lookup(theirs)

    def _imported_function(self, declaration: Declaration, name: str) -> Callable[..., Any]:
        other = self.imported(declaration)
        if isinstance(other, Unknown):
            return lambda *values: other
        return other.function(_theirs(declaration, name)) or (lambda *values: Unknown(f"'{name}' is no function"))


class _Namespace(Symbol):
    """`import * as name`."""

    def __init__(self, name: str, template: Template) -> None:
        super().__init__(name)
        self._template = template

    def member(self, name: str) -> Any:
        return self._template.lookup(name)

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        own = self._template.function(name)
        return own(*arguments) if own else Unknown(f"'{name}' is no function")


def _refuses(allowed: list[Any], value: Any) -> bool:
    """True where `allowed`, in a list of one, is known and does not hold the value, in whatever case."""
    words = allowed[0] if len(allowed) == 1 and isinstance(allowed[0], list) else [value]
    if isinstance(value, list) or any(isinstance(word, Unknown) for word in words):
        return False
    return str(value).lower() not in {str(word).lower() for word in words}


def _theirs(declaration: Declaration, ours: str) -> str:
    return next((theirs for theirs, name in declaration.imported if name == ours), ours)
