"""Resources and modules: what each is called, which there are, and what they hold, with the line of every value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias

from seawall.errors import InputError, LimitExceeded
from seawall.model import Unknown
from seawall.sources.clusters.bicep.evaluate import Local, Symbol
from seawall.sources.clusters.bicep.syntax import (
    Array,
    Call,
    Declaration,
    Expression,
    For,
    If,
    Name,
    Object,
    Property,
    Spread,
    Ternary,
)
from seawall.sources.clusters.bicep.template import Template
from seawall.sources.clusters.deployed import Deployed
from seawall.sources.clusters.template_functions.lists import member
from seawall.sources.clusters.template_functions.resources import SUBSCRIPTION
from seawall.sources.clusters.unknown_text import UnknownText, joined, shown

Path: TypeAlias = tuple[str | int, ...]

_GROUPS: Final = "microsoft.resources/resourcegroups"
_NOT_BODY: Final = frozenset({"parent", "scope", "dependsOn"})
_IDS: Final = {
    "resourceGroup": "resourceId",
    "subscription": "subscriptionResourceId",
    "managementGroup": "managementGroupResourceId",
    "tenant": "tenantResourceId",
}


class Deployable(Symbol):
    """A resource or module, or a list of them."""

    def deploy(self) -> None:
        """Add what it deploys to the run."""
        raise NotImplementedError


def symbol_of(template: Template, declaration: Declaration, parent: Resource | None, local: Local) -> Deployable:
    """What the name of a resource or module stands for; `parent` is the resource around it."""
    make = Module if declaration.keyword == "module" else Resource
    if isinstance(declaration.value, For):
        return Loop(template, declaration, parent, local)
    return make(template, declaration, declaration.value, parent, local)


class Loop(Deployable):
    """Resources or modules made by a loop."""

    def __init__(self, template: Template, declaration: Declaration, parent: Resource | None, local: Local) -> None:
        super().__init__(declaration.name)
        self._template = template
        self._declaration = declaration
        self._parent = parent
        self._local = local

    @cached_property
    def turns(self) -> list[Instance]:
        """One for each turn; where it is unknown how many there are, one that stands for all."""
        loop = self._declaration.value
        assert isinstance(loop, For)
        turns = self._template.items(loop, self._local)
        doubt = None
        if isinstance(turns, Unknown):
            doubt = Unknown(f"it is not known how many of them there are: {turns.reason}")
            index = UnknownText(turns.reason, f"{{{loop.index or loop.item}}}")
            turns = [{**self._local, loop.item: UnknownText(turns.reason, f"{{{loop.item}}}"), loop.index: index}]
        make = Module if self._declaration.keyword == "module" else Resource
        return [make(self._template, self._declaration, loop.body, self._parent, names, doubt) for names in turns]

    def deploy(self) -> None:
        for turn in self.turns:
            turn.deploy()

    def member(self, name: str) -> Any:
        return Unknown(f"'{self.name}' is a list")

    def item(self, index: Any) -> Any:
        if type(index) is int and 0 <= index < len(self.turns) and self.turns[index].doubt is None:
            return self.turns[index]
        why = index.reason if isinstance(index, Unknown) else f"there is no {index!r} in the list"
        return _Somewhere(f"{self.name}[{shown(index)}]", why)


class _Somewhere(Symbol):
    """One of a loop, it is not known which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self._why = why

    def member(self, name: str) -> Any:
        return UnknownText(self._why, f"{{{self.name}.{name}}}")


class Instance(Deployable):
    """One resource or module. `doubt` is set where it is one of nobody knows how many."""

    def __init__(
        self,
        template: Template,
        declaration: Declaration,
        body: Expression | None,
        parent: Resource | None,
        local: Local,
        doubt: Unknown | None = None,
    ) -> None:
        super().__init__(declaration.name)
        self.template = template
        self.declaration = declaration
        self.around = parent
        self.local = local
        self.doubt = doubt
        self._condition = body.condition if isinstance(body, If) else None
        inner = body.body if isinstance(body, If) else body
        self.body = inner if isinstance(inner, Object) else None

    @cached_property
    def wanted(self) -> bool | Unknown:
        """Whether it is deployed, by its own condition and that of the resource around it."""
        around = True if self.around is None else self.around.wanted
        if around is False or self._condition is None:
            return around
        own = self.template.decide(self._condition, self.local)
        return own if own is False or around is True else around

    @property
    def why_perhaps(self) -> Unknown | None:
        """Why it is unknown whether it is deployed; None where that is known."""
        doubts = (self.wanted, self.doubt, self.template.doubt)
        return next((doubt for doubt in doubts if isinstance(doubt, Unknown)), None)

    def expression(self, key: str) -> Expression | None:
        """What its body has at `key`."""
        items = self.body.items if self.body else ()
        return next((item.value for item in items if isinstance(item, Property) and item.key == key), None)

    def own(self, key: str) -> Any:
        """The value that its body has at `key`; None where it has none."""
        node = self.expression(key)
        return None if node is None else self.template.value(node, self.local)


class Resource(Instance):
    """One resource."""

    @cached_property
    def parent(self) -> Resource | None:
        """The resource that it is a child of."""
        if self.around is not None:
            return self.around
        node = self.expression("parent")
        found = self.template.resolve(node, self.local) if node is not None else None
        return found if isinstance(found, Resource) and found is not self else None

    @cached_property
    def kind(self) -> str:
        """Its type as it is written, the parent's in front of a child declared inside it."""
        own = self.declaration.reference.partition("@")[0]
        return f"{self.around.kind}/{own}" if self.around else own

    @cached_property
    def api_version(self) -> str:
        """The version of the API that creates it."""
        return self.declaration.reference.partition("@")[2] or (self.around.api_version if self.around else "")

    @cached_property
    def names(self) -> list[Any]:
        """Its name and, before it, those of its parents."""
        return [*(self.parent.names if self.parent else ()), self.own_name]

    @cached_property
    def own_name(self) -> Any:
        """What its body says that it is called."""
        name = self.own("name")
        return Unknown("it has no name") if name is None else name

    @property
    def full_name(self) -> str | Unknown:
        """`parent/child`."""
        parts: list[Any] = []
        for name in self.names:
            parts += ["/", name]
        return joined(parts[1:])

    @cached_property
    def id(self) -> Any:
        """Its resource id; what only the deployment knows of it is left open."""
        top = self
        while top.parent:
            top = top.parent
        names = self._one_name_a_segment()
        scope = top.expression("scope")
        if scope is None:
            return self.template.call(_IDS.get(self.template.source.target, "resourceId"), self.kind, *names)
        if isinstance(scope, Call) and scope.name in _IDS and scope.target is None and not scope.arguments:
            return self.template.call(_IDS[scope.name], self.kind, *names)
        return self.template.call("extensionResourceId", top.scope, self.kind, *names)

    def _one_name_a_segment(self) -> list[Any]:
        """The names, a `parent/child` written as one name taken apart."""
        names, wanted = self.names, self.kind.count("/")
        if len(names) == wanted:
            return names
        found: list[Any] = []
        for name in names:
            if isinstance(name, UnknownText) and name.text.count("/") == wanted - len(names) + 1:
                found += [UnknownText(name.reason, part) for part in name.text.split("/")]
            else:
                found += name.split("/") if isinstance(name, str) else [name]
        return found

    @cached_property
    def scope(self) -> Any:
        """The id of what an extension resource is about; "" where it is deployed into its file's own scope."""
        node = self.expression("scope")
        if node is None:
            return self.parent.scope if self.parent else ""
        if isinstance(node, Call) and node.target is None and node.name in _IDS:
            return self._scope_called(node)
        found = self.template.resolve(node, self.local)
        if isinstance(found, Resource):
            if found.kind.lower() == _GROUPS:
                return joined([SUBSCRIPTION, "/resourceGroups/", found.own_name])
            return found.id
        return found.plain() if isinstance(found, Symbol) else found

    def _scope_called(self, node: Call) -> Any:
        """`resourceGroup('name')`, `subscription('id')` and so on."""
        values = [self.template.value(argument, self.local) for argument in node.arguments]
        if node.name == "resourceGroup" and values:
            before = ["/subscriptions/", values[0]] if len(values) > 1 else [SUBSCRIPTION]
            return joined([*before, "/resourceGroups/", values[-1]])
        if node.name == "subscription" and values:
            return joined(["/subscriptions/", values[0]])
        if node.name == "managementGroup" and values:
            return joined(["/providers/Microsoft.Management/managementGroups/", values[0]])
        return "/" if node.name == "tenant" else ""

    @cached_property
    def content(self) -> tuple[dict[str, Any], dict[Path, int]]:
        """Its body as a GET would answer it, and the line of everything in it."""
        trace = _Trace(self.template)
        body: dict[str, Any] = {}
        for item in self.body.items if self.body else ():
            if isinstance(item, Property) and isinstance(item.key, str):
                if item.key not in _NOT_BODY:
                    trace.lines[(item.key,)] = item.line
                    body[item.key] = trace.value(item.value, self.local, (item.key,))
            elif isinstance(item, Spread) and isinstance(more := self.template.value(item.value, self.local), dict):
                body |= more
        trace.lines[()] = self.declaration.line
        return {**body, "name": self.full_name}, trace.lines

    @cached_property
    def children(self) -> dict[str, Deployable]:
        """The resources declared inside it."""
        inside = self.body.children if self.body else ()
        return {child.name: symbol_of(self.template, child, self, self.local) for child in inside}

    def deploy(self) -> None:
        if self.wanted is False:
            return
        for child in self.children.values():
            child.deploy()
        kind = self.kind.lower()
        if self.declaration.existing or not self.template.run.wanted(kind):
            return
        if self.body is None:
            self.template.note(f"resource {self.name}", self.declaration, "its body is no object")
            return
        body, lines = self.content
        self.template.run.deployed.append(
            Deployed(
                kind=kind,
                name=self.full_name,
                body=body,
                file=self.template.source.file,
                lines=lines,
                api_version=self.api_version,
                condition=self.why_perhaps,
                scope=self.scope,
            )
        )

    def member(self, name: str) -> Any:
        match name:
            case "id":
                return self.id
            case "name":
                return self.own_name
            case "type":
                return self.kind
            case "apiVersion":
                return self.api_version
        held = {} if self.declaration.existing or self.wanted is False else self.content[0]
        return _Held(self, name, held).found()

    def nested(self, name: str) -> Any:
        return self.children.get(name) or super().nested(name)

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        return UnknownText(f"only a deployment tells {self.name}.{name}()", f"{{{shown(self.id)}.{name}()}}")


class _Held(Symbol):
    """A property of a resource, at `path`. What the template sets is known; Azure may add to it."""

    def __init__(self, resource: Resource, path: str, around: Any) -> None:
        super().__init__(f"{resource.name}.{path}")
        self._resource = resource
        self._path = path
        try:
            self._value = member(around, path.rpartition(".")[2])
        except LookupError:
            self._value = None

    def found(self) -> Any:
        """What the template sets; for an object, itself."""
        if self._value is None:
            return self.plain()
        return self if isinstance(self._value, dict) else self._value

    def member(self, name: str) -> Any:
        return _Held(self._resource, f"{self._path}.{name}", self._value).found()

    def plain(self) -> Unknown:
        return UnknownText(f"only a deployment tells {self.name}", f"{{{shown(self._resource.id)}.{self._path}}}")


class _Trace:
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
        if isinstance(node, Ternary) and not isinstance(wanted := self._template.decide(node.condition, local), Unknown):
            return self.value(node.yes if wanted else node.no, local, path)
        if isinstance(node, Name) and node.name not in local:
            declaration = self._template.source.declared.get(node.name)
            if declaration and declaration.keyword == "var" and isinstance(declaration.value, Object | Array):
                if isinstance(known := self._template.lookup(node.name), dict | list):
                    _Lines(self.lines).add(declaration.value, known, path)
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


class _Lines:
    """The lines of a value that has been worked out, by the expression that wrote it."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines

    def add(self, node: Expression, value: Any, path: Path) -> None:
        """Those of everything in `value`."""
        if isinstance(node, Object) and isinstance(value, dict):
            for item in node.items:
                if isinstance(item, Property) and isinstance(item.key, str) and item.key in value:
                    self._lines[(*path, item.key)] = item.line
                    self.add(item.value, value[item.key], (*path, item.key))
        elif isinstance(node, Array) and isinstance(value, list) and len(value) == len(node.items):
            for index, item in enumerate(node.items):
                self._lines[(*path, index)] = item.line
                self.add(item, value[index], (*path, index))


class Module(Instance):
    """One use of another file."""

    @cached_property
    def inner(self) -> Template | Unknown:
        """The other file with the parameters that are passed to it, or why it is not known."""
        run, file, reference = self.template.run, self.template.source.file, self.declaration.reference
        what = f"module {self.name} ({reference})"
        try:
            path = run.files.named_in(file, reference)
            if path in self.template.chain:
                self.template.note(what, self.declaration, "it uses itself")
                return Unknown(f"{what} uses itself")
            source = run.files.source(path)
        except LimitExceeded:
            raise
        except InputError as error:
            self.template.note(what, self.declaration, error.message + (f" ({error.hint})" if error.hint else ""))
            return Unknown(f"{what}: {error.message}")
        return Template(source, self._given(source.declared), run, chain=self.template.chain, doubt=self.why_perhaps)

    def _given(self, declared: Any) -> dict[str, Any]:
        given = self.own("params")
        if isinstance(given, Unknown):
            return {name.lower(): given for name, each in declared.items() if each.keyword == "param"}
        return {name.lower(): value for name, value in given.items()} if isinstance(given, dict) else {}

    def deploy(self) -> None:
        if self.wanted is not False and isinstance(self.inner, Template):
            self.inner.deploy()

    def member(self, name: str) -> Any:
        if name == "name":
            return self.own("name") or Unknown(f"module '{self.name}' has no name")
        return _Outputs(self) if name == "outputs" else Unknown(f"a module has no '{name}'")


class _Outputs(Symbol):
    """The outputs of a module."""

    def __init__(self, module: Module) -> None:
        super().__init__(f"{module.name}.outputs")
        self._module = module

    def member(self, name: str) -> Any:
        if self._module.wanted is False:
            return Unknown(f"module '{self._module.name}' is not deployed")
        inner = self._module.inner
        return inner if isinstance(inner, Unknown) else inner.output(name)
