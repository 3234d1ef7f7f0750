"""Laws of the Terraform columns: what azurerm writes is read back, in every version, and absence means what is said."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.model import Unknown
from seawall.sources.clusters.field import AS_ABSENT, Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.terraform import attributes

OURS = [field for field in FIELDS if not field.resource]
WRITTEN = [(field, name) for field in OURS for name in (field.terraform, *field.terraform_older) if name]


def read(field: Field, values: dict[str, Any], majors: frozenset[int] = frozenset({5})) -> attributes.Read:
    return (attributes.of_pool if field.group == "pool" else attributes.of_cluster)(values, majors, None)


def setting(field: Field, values: dict[str, Any], majors: frozenset[int] = frozenset({5})) -> object:
    return read(field, values, majors).values[field.group][field.name]


def at(field: Field, name: str, value: Any) -> dict[str, Any]:
    """`value` at the attribute's path, blocks being lists of one object, as plans have them; tags are a map."""
    first, *way = name.removeprefix("default_node_pool.").split(".")
    for step in reversed(way):
        value = {step: value} if first == "tags" else [{step: value}]
    return {first: value}


def samples(field: Field, name: str) -> list[tuple[Any, object]]:
    """What azurerm writes, and what the model makes of it."""
    back = {ours: theirs for theirs, ours in field.terraform_values.items()}
    kind = field.terraform_kind or field.kind if name == field.terraform else field.kind
    match kind:
        case Kind.BOOL | Kind.BOOL_TEXT:
            return [(back.get(value, value), value) for value in (True, False)]
        case Kind.PRESENT:
            return [([{}], True)]
        case Kind.ENUM if field.terraform_values and name in field.terraform_older:
            return [(back[word], word) for word in field.words]
        case Kind.ENUM:
            return [(word, word) for word in field.words]
        case Kind.NUMBER:
            return [(3, 3), ("3", 3)]
        case Kind.PORTS:
            return [([{"port_start": 80, "port_end": 81, "protocol": "UDP"}], ("80-81/UDP",))]
        case Kind.KEYS:
            return [([{"key_data": "ssh-rsa x"}], ("ssh-rsa x",))]
        case Kind.TEXTS:
            return [(["a", "b"], ("a", "b"))]
        case _:
            return [("text", "text")]


@pytest.mark.parametrize("major", [3, 4, 5])
@pytest.mark.parametrize(("field", "name"), WRITTEN, ids=[f"{field.path}-{name}" for field, name in WRITTEN])
def test_what_azurerm_writes_is_read_back(field: Field, name: str, major: int) -> None:
    for theirs, ours in samples(field, name):
        found = read(field, at(field, name, theirs), frozenset({major}))
        assert found.values[field.group][field.name] == ours
        assert not found.wrong
        assert found.places[field.path], "its line is known"


@pytest.mark.parametrize(("field", "name"), WRITTEN, ids=[f"{field.path}-{name}" for field, name in WRITTEN])
def test_what_is_unknown_is_unknown_with_its_reason(field: Field, name: str) -> None:
    found = setting(field, at(field, name, Unknown("because")))
    assert isinstance(found, Unknown)
    assert found.reason == "because"


@pytest.mark.parametrize("odd", ["odd", 1.5, [7], {"a": "b"}, [None], True, "", [], {}])
def test_no_odd_value_raises(odd: object) -> None:
    for field, name in WRITTEN:
        path = name.removeprefix("default_node_pool.").split(".")
        for depth in range(1, len(path) + 1):
            read(field, at(field, ".".join(path[:depth]), odd))


@pytest.mark.parametrize("major", [3, 4, 5])
@pytest.mark.parametrize("field", OURS, ids=lambda field: field.path)
def test_null_is_absent(field: Field, major: int) -> None:
    name = field.terraform or next(iter(field.terraform_older), "unheard_of")
    around = name.rpartition(".")[0]
    without = at(field, around, {} if name.startswith("tags") else [{}]) if around else {}
    assert setting(field, at(field, name, None), frozenset({major})) == setting(field, without, frozenset({major}))


@pytest.mark.parametrize("field", OURS, ids=lambda field: field.path)
def test_absence_in_a_broken_resource_tells_nothing(field: Field) -> None:
    broken = Unknown("line 4 is not valid HCL")
    found = (attributes.of_pool if field.group == "pool" else attributes.of_cluster)({}, frozenset({4}), broken)
    assert isinstance(found.values[field.group][field.name], Unknown)


@pytest.mark.parametrize("field", OURS, ids=lambda field: field.path)
def test_where_versions_differ_and_none_is_fixed_the_default_is_unknown(field: Field) -> None:
    answers = [setting(field, {}, frozenset({major})) for major in (3, 4, 5)]
    together = setting(field, {}, frozenset({3, 4, 5}))
    assert together == answers[0] if all(a == answers[0] for a in answers) else isinstance(together, Unknown)


def test_defaults_of_azurerm() -> None:
    def default(path: str, major: int) -> object:
        (field,) = (field for field in FIELDS if field.path == path)
        return setting(field, {}, frozenset({major}))

    assert [default("access.rbac", major) for major in (3, 4, 5)] == [True, True, True]
    assert [default("identity.oidc_issuer", major) for major in (3, 4, 5)] == [False, False, True]
    assert [default("upkeep.node_os_channel", major) for major in (4, 5)] == ["NodeImage", "NodeImage"]
    assert isinstance(default("upkeep.node_os_channel", 3), Unknown)
    assert default("access.local_accounts_disabled", 4) is False
    assert default("api_server.run_command_disabled", 4) is False
    assert default("addons.azure_policy", 4) is False
    assert default("network.policy", 4) is None
    assert default("network.plugin", 4) == "kubenet"
    assert default("network.load_balancer_sku", 4) == "standard"
    assert default("pool.mode", 4) == "User"
    assert default("pool.os_disk_type", 4) == "Managed"


def test_every_fact_of_azurerm_is_cited() -> None:
    for field in FIELDS:
        if field.terraform_absent is not AS_ABSENT or "4.0" in field.terraform_source:
            assert field.terraform_source, field.path


def test_names_tell_the_version() -> None:
    assert attributes.majors_by_names(["enable_auto_scaling"]) == {3}
    assert attributes.majors_by_names(["automatic_channel_upgrade", "name"]) == {3}
    assert attributes.majors_by_names(["auto_scaling_enabled"]) == {4, 5}
    assert attributes.majors_by_names(["node_os_upgrade_channel"]) == {4, 5}
    assert attributes.majors_by_names(["name", "dns_prefix"]) == {3, 4, 5}
