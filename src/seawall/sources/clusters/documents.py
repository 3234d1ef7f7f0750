"""Finding managed clusters, and what belongs to them, in any JSON that Azure or its tools write.

Read are: `az aks show` and `list`, ARM GET and list bodies, Resource Graph, exports of PSRule, HTTP recordings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

from seawall.errors import InputError
from seawall.model import Unknown
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.values import pick, text

Pointer: TypeAlias = tuple[str | int, ...]

CLUSTER = "microsoft.containerservice/managedclusters"
ATTACHED = frozenset(
    {"agentpools", "maintenanceconfigurations", "diagnosticsettings", "deploymentsafeguards", "roleassignments"}
)
"""Kinds of resources that hold settings of a cluster and are not part of it."""

_WRAPPERS = ("value", "data", "interactions", "response", "body", "string")
_MORE_PAGES = ("nextLink", "$skipToken", "skip_token", "skipToken")
_MARKS = frozenset(
    {
        "addonprofiles",
        "agentpoolprofiles",
        "apiserveraccessprofile",
        "dnsprefix",
        "enablerbac",
        "identityprofile",
        "kubernetesversion",
        "networkprofile",
        "noderesourcegroup",
        "securityprofile",
        "serviceprincipalprofile",
    }
)


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource at `pointer` of the document. `kind` is its type in lower case.

    `opaque`: the resource lies inside a text, so that no line is known below the pointer. `perhaps`: it is not known
    whether it exists. `template`: its name in the template that makes it; its properties never lie beside that.
    """

    pointer: Pointer
    kind: str
    body: dict[str, Any]
    opaque: bool = False
    perhaps: Unknown | None = None
    template: str = ""

    @property
    def flat(self) -> bool:
        """True where the properties lie beside the name, as az writes them."""
        return not self.template and not isinstance(pick(self.body, "properties"), dict)

    @property
    def properties(self) -> dict[str, Any]:
        """The object that holds the properties."""
        inner = pick(self.body, "properties")
        return inner if isinstance(inner, dict) else self.body if self.flat else {}

    @property
    def id(self) -> str:
        """The ARM id, "" where there is none."""
        return text(self.body, "id", "resourceId")

    @property
    def name(self) -> str:
        """The resource's own name."""
        name = text(self.body, "name", "resourceName") or self.id
        return self.template or name.rpartition("/")[2]

    @property
    def owner(self) -> str:
        """What tells clusters apart: the id in lower case, or the name, of the cluster that this is or belongs to."""
        start, found, rest = self.id.lower().partition("/managedclusters/")
        if found:
            return start + found + rest.partition("/")[0]
        parent = text(self.body, "parentResource").rpartition("/")[2]
        return (parent or text(self.body, "name").partition("/")[0]).lower()


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """Something at `pointer` that may hold clusters and is not read."""

    pointer: Pointer
    what: str
    why: str


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """An ARM template at `pointer` that has a cluster in it."""

    pointer: Pointer
    body: dict[str, Any]


Found: TypeAlias = Resource | Template | Skipped


def find(value: object, limits: Limits) -> Iterator[Found]:
    """Every cluster, every resource that belongs to one, and what was passed over, in the order of the document."""
    return _find(value, (), False, limits)


def children(cluster: Resource) -> Iterator[Resource]:
    """The child resources that an export puts into the cluster itself."""
    nested = pick(cluster.body, "resources")
    for index, body in enumerate(nested if isinstance(nested, list) else ()):
        if isinstance(body, dict) and (kind := kind_of(body)).rpartition("/")[2] in ATTACHED:
            yield Resource(pointer=(*cluster.pointer, "resources", index), kind=kind, body=body, opaque=cluster.opaque)


def kind_of(body: dict[str, Any]) -> str:
    """The resource's type in lower case, from its id where it has one; "" where nothing tells."""
    _, provider, path = text(body, "id", "resourceId").lower().rpartition("/providers/")
    if provider:
        namespace, *rest = path.split("/")
        return "/".join([namespace, *rest[::2]])
    return text(body, "extensionResourceType", "resourceType", "type").lower()


def _find(value: object, pointer: Pointer, opaque: bool, limits: Limits) -> Iterator[Found]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find(item, pointer if opaque else (*pointer, index), opaque, limits)
    elif isinstance(value, str) and not opaque:
        yield from _inside_text(value, pointer, limits)
    elif isinstance(value, dict):
        if "$schema" in value:
            if "deploymenttemplate" in str(value["$schema"]).lower() and _mentions_cluster(value):
                yield Template(pointer=pointer, body=value)
            return
        kind = kind_of(value)
        if kind == CLUSTER or (not kind and _marks(value) >= 2):
            yield _cluster(value, pointer, opaque)
        elif "managedclusters/" in kind and kind.rpartition("/")[2] in ATTACHED:
            yield Resource(pointer=pointer, kind=kind, body=value, opaque=opaque)
        elif "columns" in value and "managedclusters" in str(value.get("rows")).lower():
            why = "the table form of Resource Graph is not read: ask for resultFormat objectArray"
            yield Skipped(pointer=pointer, what="clusters in a table", why=why)
        else:
            yield from _unwrap(value, pointer, opaque, limits)


def _cluster(value: dict[str, Any], pointer: Pointer, opaque: bool) -> Resource | Skipped:
    """A listing of names (`az resource list`) holds no setting: to read it would make everything look switched off."""
    if _marks(value) < 2:
        why = "only its name is here, not its settings; `az aks show` or `az aks list` gives them"
        return Skipped(pointer=pointer, what=f"cluster {text(value, 'name')}".strip(), why=why)
    return Resource(pointer=pointer, kind=CLUSTER, body=value, opaque=opaque)


def _unwrap(value: dict[str, Any], pointer: Pointer, opaque: bool, limits: Limits) -> Iterator[Found]:
    found = False
    for key in _WRAPPERS:
        if key in value:
            for item in _find(value[key], pointer if opaque else (*pointer, key), opaque, limits):
                found = True
                yield item
    more = next((key for key in _MORE_PAGES if value.get(key)), "")
    if found and more:
        yield Skipped(pointer=pointer, what="further pages of the list", why=f"{more} names a page that is not here")


def _inside_text(recorded: str, pointer: Pointer, limits: Limits) -> Iterator[Found]:
    """The body of a recorded HTTP answer, which is JSON inside a JSON text."""
    if "managedclusters" not in recorded.lower():
        return
    try:
        inner = json.load(recorded.encode(), where="", limits=limits)
    except InputError as error:
        yield Skipped(pointer=pointer, what="recorded answer", why=error.message)
    else:
        yield from _find(inner, pointer, True, limits)


def _marks(value: dict[str, Any]) -> int:
    inner = pick(value, "properties")
    keys = inner if isinstance(inner, dict) else value
    return len(_MARKS & {key.lower() for key, held in keys.items() if held is not None})


def _mentions_cluster(value: object) -> bool:
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if str(node.get("type") or node.get("Type")).lower().startswith(CLUSTER):
                return True
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return False
