"""Resources and modules: what each is called, which there are, and what they hold, with the line of every value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from seawall.model import Unknown
from seawall.sources.clusters import arm_parameters, arm_template
from seawall.sources.clusters.bicep.instances import Deployable, Instance, symbol_of
from seawall.sources.clusters.bicep.symbols import ITSELF, Symbol, once
from seawall.sources.clusters.bicep.syntax import Call, Property, Spread
from seawall.sources.clusters.bicep.trace import Path, Trace
from seawall.sources.clusters.bicep.uses import Compiled
from seawall.sources.clusters.deployed import Deployed
from seawall.sources.clusters.template_functions.lists import member
from seawall.sources.clusters.template_functions.resources import SUBSCRIPTION
from seawall.sources.clusters.unknown_text import UnknownText, joined, shown
from seawall.sources.clusters.values import pick

_GROUPS: Final = "microsoft.resources/resourcegroups"
_NOT_BODY: Final = frozenset({"parent", "scope", "dependsOn"})
_IDS: Final = {
    "resourceGroup": "resourceId",
    "subscription": "subscriptionResourceId",
    "managementGroup": "managementGroupResourceId",
    "tenant": "tenantResourceId",
}


class Resource(Instance):
    """One resource."""

    @once(None)
    def parent(self) -> Resource | None:
        """The resource that it is a child of."""
        if self.around is not None:
            return self.around
        node = self.expression("parent")
        found = self.template.resolve(node, self.local) if node is not None else None
        return found if isinstance(found, Resource) else None

    @once(())
    def lineage(self) -> tuple[Resource, ...]:
        """The resource, its parent, the parent's parent and so on."""
        found = {self: None}
        next_one = self.parent
        while next_one and next_one not in found:
            self.template.budget.spend(1)
            found[next_one] = None
            next_one = next_one.parent
        return tuple(found)

    @property
    def kind(self) -> str:
        """Its type as it is written, the parent's in front of a child declared inside it."""
        own = self.declaration.reference.partition("@")[0]
        return f"{self.around.kind}/{own}" if self.around else own

    @property
    def api_version(self) -> str:
        """The version of the API that creates it."""
        return self.declaration.reference.partition("@")[2] or (self.around.api_version if self.around else "")

    @property
    def names(self) -> list[Any]:
        """Its name and, before it, those of its parents."""
        own = [each.own_name for each in reversed(self.lineage)]
        top = self.lineage[-1]
        node = top.expression("parent")
        if node is None:
            return own
        found = top.template.resolve(node, top.local)
        name = found.member("name") if isinstance(found, Symbol) else found
        return [name if isinstance(name, Unknown) else Unknown("its parent is not known"), *own]

    @once(ITSELF)
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

    @once(ITSELF)
    def id(self) -> Any:
        """Its resource id; what only the deployment knows of it is left open."""
        top = self.lineage[-1]
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

    @once(ITSELF)
    def scope(self) -> Any:
        """The id of what an extension resource is about; "" where it is deployed into its file's own scope."""
        node = self.expression("scope")
        if node is None:
            top = self.lineage[-1]
            return top.scope if top is not self else ""
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

    @once(({}, {}))
    def content(self) -> tuple[dict[str, Any], dict[Path, int]]:
        """Its body as a GET would answer it, and the line of everything in it."""
        trace = Trace(self.template)
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

    @once(())
    def children(self) -> tuple[Deployable, ...]:
        """The resources declared inside it."""
        inside = self.body.children if self.body else ()
        return tuple(symbol_of(self.template, child, self, self.local) for child in inside)

    def deploy(self) -> None:
        if self.wanted is False:
            return
        if not self.declaration.existing:
            self._deploy_own(self.kind.lower())
        for child in self.children:
            child.deploy()

    def _deploy_own(self, kind: str) -> None:
        if kind == arm_template.NESTED:
            self._deploy_inline()
        if not self.template.run.wanted(kind):
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

    def _deploy_inline(self) -> None:
        """Deploy the ARM template that a deployment holds."""
        held = self.content[0].get("properties")
        template = pick(held, "template")
        if isinstance(template, dict) and template.get("resources") not in (None, [], {}):
            entries = pick(held, "parameters")
            entries = entries if isinstance(entries, dict) else {}
            given = {name: arm_parameters.given_value(name, each) for name, each in entries.items()}
            file = self.template.source.file
            Compiled(template=template, data=b"", file=file, given=given).deploy(self.template.run, self.why_perhaps)

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
        return self._children_by_name.get(name) or super().nested(name)

    @once({})
    def _children_by_name(self) -> dict[str, Deployable]:
        return {child.name: child for child in self.children}

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
