"""The laws of the table of AKS settings: every row is whole, true to the facts, and reads back what it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.model import UNKNOWN, Cluster, Cost, Pool, Unknown
from seawall.model.paths import GROUPS, all_paths
from seawall.sources.clusters import az_json
from seawall.sources.clusters.arm_body import to_arm
from seawall.sources.clusters.field import AS_ABSENT, Field, Kind
from seawall.sources.clusters.fields import BY_PATH, FIELDS

FACTS = next(
    (p / "shared/reference/facts" for p in Path(__file__).resolve().parents if (p / "shared/reference/facts").is_dir()),
    None,
)
needs_facts = pytest.mark.skipif(FACTS is None, reason="../shared/reference/facts is not here")
every_row = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
WHOLE = re.compile(
    r"az (aks (enable-addons|disable-addons|upgrade|approuting (enable|disable|update)|safeguards (update|delete)"
    r"|maintenanceconfiguration add|nodepool (upgrade|scale))|monitor diagnostic-settings create) "
)


def facts(name: str) -> Any:
    assert FACTS is not None
    return json.loads((FACTS / name).read_text())


def test_every_setting_of_the_model_has_one_row() -> None:
    assert sorted(field.path for field in FIELDS) == sorted(all_paths())


@needs_facts
def test_every_setting_of_the_mutability_map_has_a_row() -> None:
    ids = {row["id"] for row in facts("aks_settings_mutability.json")}
    assert len(ids) == 84
    assert {setting for field in FIELDS for setting in field.settings} == ids


@every_row
def test_a_row_is_whole(field: Field) -> None:
    assert field.meaning.endswith(".")
    assert field.source
    assert field.arm or field.resource
    assert field.cost is not Cost.UNKNOWN
    if isinstance(field.absent, Unknown):
        assert field.absent.reason != UNKNOWN.reason
    else:
        assert field.absent_source, "what absence means needs a citation"
    if field.kind is Kind.ENUM:
        assert field.words


@needs_facts
@every_row
def test_az_has_the_flags(field: Field) -> None:
    known = facts("az_cli_flags_create_vs_update.json")
    kind = "nodepool" if field.group == "pool" else "cluster"
    in_core = True
    for verb, texts in (("create", field.az_create), ("update", field.az_update)):
        for text in texts:
            if text.startswith("az "):
                assert WHOLE.match(text)
                continue
            for flag in re.findall(r"--[a-z0-9-]+", text):
                core = known[f"{kind}_core"].get(flag, {}).get(verb, False)
                assert core or known[f"{kind}_preview"].get(flag, {}).get(verb, False), f"{flag} on {verb}"
                in_core &= core
    assert field.preview is not in_core, "preview says that a flag is only in the aks-preview extension"


@needs_facts
def test_creation_only_settings_have_no_way_to_update() -> None:
    fixed = {row["id"] for row in facts("aks_settings_mutability.json") if row["mutability"] == "CREATE_ONLY"}
    rows = [field for field in FIELDS if fixed & set(field.settings)]
    assert rows
    assert all(field.cost is Cost.NEW_CLUSTER and field.az_update == ("", "") for field in rows)


WORD = st.from_regex(r"[a-z][a-z0-9./-]{2,12}", fullmatch=True).filter(lambda word: word not in ("none", "msi"))
WORDS = st.lists(WORD, max_size=3, unique=True).map(lambda words: tuple(sorted(words)))
PORTS = st.lists(st.tuples(st.integers(1, 99), st.sampled_from(("TCP", "UDP"))), max_size=2).map(
    lambda ports: tuple(f"{port}-{port + 1}/{protocol}" for port, protocol in ports)
)


def values(field: Field, *, known: bool = False) -> st.SearchStrategy[Any]:
    """What the setting can be in the model; unknown only where absence tells nothing, and never where `known`."""
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: WORD,
        Kind.ENUM: st.sampled_from(field.words or ("",)),
        Kind.NUMBER: st.integers(0, 500),
        Kind.TEXTS: WORDS,
        Kind.KEYS: WORDS,
        Kind.LOGS: WORDS,
        Kind.WINDOWS: WORDS.map(lambda names: tuple(sorted({name.replace("/", "-") for name in names}))),
        Kind.PORTS: PORTS,
        Kind.ROLE: st.just(True),
    }
    choices = [by_kind.get(field.kind, st.booleans())]
    if field.kind in (Kind.TEXT, Kind.ENUM) and (field.none or not isinstance(field.absent, str)):
        choices.append(st.none())
    if isinstance(field.absent, Unknown) and not known:
        choices.append(st.just(UNKNOWN))
    return st.one_of(choices)


def group(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({field.name: values(field) for field in FIELDS if field.group == name})


POOLS = st.lists(st.tuples(WORD, group("pool")), max_size=3, unique_by=lambda pool: pool[0]).map(
    lambda pools: tuple(Pool(name=name, **settings) for name, settings in pools)
)
CLUSTERS = st.builds(
    lambda name, region, tags, pools, groups: Cluster(
        name=name,
        resource_group=f"rg-{name}",
        id=f"/subscriptions/1/resourceGroups/rg-{name}/providers/Microsoft.ContainerService/managedClusters/{name}",
        region=region,
        tags=tags,
        pools=pools,
        **{key: type(getattr(Cluster(name=""), key))(**found) for key, found in groups.items()},
    ),
    WORD.map(lambda word: word.replace("/", "-")),
    WORD,
    st.dictionaries(WORD, WORD, max_size=2),
    POOLS | st.just(UNKNOWN),
    st.fixed_dictionaries({name: group(name) for name in GROUPS}),
)
many = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def read_one(body: Any) -> Cluster:
    reading = az_json.read(json.dumps(body).encode(), file="x.json")
    assert not reading.not_assessed
    (cluster,) = reading.clusters
    return msgspec.structs.replace(cluster, file="", lines={})


@many
@given(CLUSTERS)
def test_what_is_written_is_read_back(cluster: Cluster) -> None:
    assert read_one(to_arm(cluster)) == cluster


@many
@given(CLUSTERS)
def test_the_flat_form_of_az_reads_the_same(cluster: Cluster) -> None:
    body = to_arm(cluster)
    assert read_one([{**body.pop("properties"), **body}]) == cluster


@many
@given(CLUSTERS, st.sampled_from((str.lower, str.upper, lambda key: key[:1].upper() + key[1:])))
def test_the_case_of_keys_does_not_matter(cluster: Cluster, case: Any) -> None:
    cluster = msgspec.structs.replace(cluster, tags={})

    def recased(value: Any) -> Any:
        if isinstance(value, dict):
            return {case(key): recased(held) for key, held in value.items()}
        return [recased(item) for item in value] if isinstance(value, list) else value

    assert read_one(recased(to_arm(cluster))) == cluster


def full() -> Cluster:
    """A cluster with every setting known, so that every property of the table is written."""
    truth: dict[Kind, Any] = {
        Kind.NUMBER: 3,
        Kind.TEXT: "text",
        Kind.TEXTS: ("text",),
        Kind.KEYS: ("key",),
        Kind.LOGS: ("guard",),
        Kind.WINDOWS: ("default",),
        Kind.PORTS: ("80-81/TCP",),
    }
    found: dict[str, dict[str, Any]] = {}
    for field in FIELDS:
        value = field.words[0] if field.kind is Kind.ENUM else truth.get(field.kind, True)
        found.setdefault(field.group, {})[field.name] = value
    pool = Pool(name="one", **found.pop("pool"))
    groups = {key: type(getattr(Cluster(name=""), key))(**held) for key, held in found.items()}
    return Cluster(name="full", pools=(pool,), **groups)


def holder(body: Any, path: str) -> tuple[Any, str]:
    *way, last = path.split(".")
    for name in way:
        body = body[name]
    return body, last


PARTS = sorted(
    {
        ("pool" if field.group == "pool" else "cluster", ".".join(path.split(".")[:depth]))
        for field in FIELDS
        if not field.resource
        for path in field.arm[:1]
        for depth in range(1, len(path.split(".")) + 1)
    }
)


@pytest.mark.parametrize("odd", [None, "", 7, 1.5, True, "[parameters('x')]", "odd", [], [7], [None], {}, {"a": []}])
def test_no_odd_value_anywhere_raises(odd: object) -> None:
    for owner, path in PARTS:
        body = to_arm(full())
        at = body["properties"]["agentPoolProfiles"][0] if owner == "pool" else body
        where, last = holder(at, path)
        where[last] = odd
        reading = az_json.read(json.dumps(body).encode(), file="x.json")
        assert reading.clusters or reading.not_assessed


@pytest.mark.parametrize("wrong", ["[parameters('x')]", 1.5, {"a": "b"}, [7]])
@every_row
def test_a_value_of_the_wrong_type_is_unknown_and_reported(field: Field, wrong: object) -> None:
    if field.resource or (field.kind is Kind.PRESENT and isinstance(wrong, dict)):
        return
    body = to_arm(full())
    at = body["properties"]["agentPoolProfiles"][0] if field.group == "pool" else body
    where, last = holder(at, field.arm[0])
    where[last] = wrong
    reading = az_json.read(json.dumps(body).encode(), file="x.json")
    (cluster,) = reading.clusters
    (pool,) = cluster.pools  # type: ignore[misc]
    found = getattr(pool if field.group == "pool" else getattr(cluster, field.group), field.name)
    assert isinstance(found, Unknown)
    assert "found" in found.reason
    (note,) = reading.not_assessed
    assert field.name in note.what
    assert note.why == found.reason
    assert note.where.startswith("x.json")


@every_row
def test_absence_means_what_the_row_says(field: Field) -> None:
    body = to_arm(full())
    if field.resource:
        body["resources"] = []
    else:
        at = body["properties"]["agentPoolProfiles"][0] if field.group == "pool" else body
        where, last = holder(at, field.arm[0])
        where[last] = None
    cluster = read_one(body)
    (pool,) = cluster.pools  # type: ignore[misc]
    held = pool if field.group == "pool" else getattr(cluster, field.group)
    expected = field.absent(msgspec.structs.asdict(held)) if callable(field.absent) else field.absent
    assert getattr(held, field.name) == expected


def test_rows_are_found_by_path() -> None:
    assert BY_PATH["network.policy"].settings == ("network_policy", "npm_retirement")


# the same through a template


def whole(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """A group with every setting known: much of what a template leaves out, Azure decides."""
    return st.fixed_dictionaries({field.name: values(field, known=True) for field in FIELDS if field.group == name})


WHOLE_CLUSTERS = st.builds(
    lambda name, pools, groups: Cluster(
        name=name,
        pools=tuple(Pool(name=pool, **settings) for pool, settings in pools),
        **{
            key: type(getattr(Cluster(name=""), key))(**found | ({"sku": "Base"} if key == "upkeep" else {}))
            for key, found in groups.items()
        },
    ),
    st.from_regex(r"[a-z][a-z0-9-]{2,12}", fullmatch=True),
    st.lists(st.tuples(WORD, whole("pool")), max_size=2, unique_by=lambda pool: pool[0]),
    st.fixed_dictionaries({name: whole(name) for name in GROUPS}),
)
TYPES = {str: "string", bool: "bool", int: "int", list: "array", dict: "object"}
TEMPLATE = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template(resource: Any, **more: Any) -> dict[str, Any]:
    return {"$schema": TEMPLATE, "resources": [{"apiVersion": "2026-05-01", **resource}], **more}


def spread(value: Any, found: dict[str, Any], write: str) -> Any:
    """`value` with everything in it that has a value of its own taken out into `found`, and put in by an expression."""
    if isinstance(value, dict) and value:
        return {key: spread(held, found, write) for key, held in value.items()}
    name = f"n{len(found)}"
    found[name] = value
    return f"[{write}('{name}')]"


@many
@given(WHOLE_CLUSTERS, st.sampled_from(("plain", "defaults", "given", "variables")))
def test_a_template_reads_as_what_it_creates(cluster: Cluster, way: str) -> None:
    body = to_arm(cluster)
    found: dict[str, Any] = {}
    given_values: dict[str, Any] = {}
    more: dict[str, Any] = {}
    if way != "plain":
        body["properties"] = spread(body["properties"], found, "variables" if way == "variables" else "parameters")
    if way == "variables":
        more["variables"] = found
    elif way != "plain":
        more["parameters"] = {name: {"type": TYPES[type(value)]} for name, value in found.items()}
        given_values = found
    if way == "defaults":
        for name, value in found.items():
            more["parameters"][name]["defaultValue"] = value
        given_values = {}
    data = json.dumps(template(body, **more)).encode()
    reading = az_json.read(data, file="x.json", parameters=given_values)
    assert not reading.not_assessed
    (read,) = reading.clusters
    assert msgspec.structs.replace(read, file="", lines={}) == cluster


@pytest.mark.parametrize("odd", [None, "", 7, "[parameters('x')]", "[reference('x').y]", "[[x]", [], [None], {}])
def test_no_odd_value_in_a_template_raises_and_what_is_unknown_has_a_line(odd: object) -> None:
    for owner, path in PARTS:
        body = to_arm(full())
        at = body["properties"]["agentPoolProfiles"][0] if owner == "pool" else body
        where, last = holder(at, path)
        where[last] = odd
        document = template(body, parameters={"x": {"type": "string"}})
        reading = az_json.read(json.dumps(document).encode(), file="x.json")
        assert reading.clusters
        unresolved = isinstance(odd, str) and odd.startswith("[") and not odd.startswith("[[")
        if unresolved and "tags" not in path:
            assert reading.not_assessed
        assert all(note.where == "x.json:1" for note in reading.not_assessed)


@every_row
def test_what_a_template_leaves_out_is_known_with_a_citation_or_unknown_with_a_reason(field: Field) -> None:
    if isinstance(field.created, Unknown):
        assert field.created.reason != UNKNOWN.reason
    elif field.created is not AS_ABSENT:
        assert field.created_source
