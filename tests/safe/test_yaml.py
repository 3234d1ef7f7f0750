"""YAML: values as Kubernetes reads them, the line of every key and item, and an end to every bomb."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed
from seawall.safe import yaml
from seawall.safe.limits import Limits
from shared_data import SHARED


def load(text: str | bytes, **limits: int) -> Any:
    data = text.encode() if isinstance(text, str) else text
    (document,) = yaml.load_all(data, where="a.yaml", limits=Limits(**limits))
    return document.value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", True),
        ("oN", "oN"),
        ("~", None),
        ("", None),
        ("NULL", None),
        ("nil", "nil"),
        ("0", 0),
        ("-12", -12),
        ("0644", 420),
        ("-0644", -420),
        ("0o644", 420),
        ("0888", 888.0),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("+1", 1),
        ("0x", "0x"),
        ("+", "+"),
        ("1e3", 1000.0),
        ("1.50", 1.5),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("12:30:00", "12:30:00"),
        ("2024-01-31", "2024-01-31"),
        ("1.2.3", "1.2.3"),
        ("1.29", 1.29),
        ("500m", "500m"),
        ("1Gi", "1Gi"),
        ("'yes'", "yes"),
        ('"0644"', "0644"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("!!binary aGk=", "aGk="),
        ("! 12", "12"),
        ("!Ref name", "name"),
        ("!Sub {a: 1}", {"a": 1}),
        ("|\n  12\n", "12\n"),
    ],
)
def test_words_mean_what_they_mean_to_kubernetes(word: str, value: Any) -> None:
    loaded = load(f"- {word}")
    assert loaded == [value]
    assert type(loaded[0]) is type(value)


def test_keys_are_text() -> None:
    assert load("{1: a, yes: b, ~: c, 1.5: d, '2': e, 0x10: f}") == {
        "1": "a",
        "true": "b",
        "null": "c",
        "1.5": "d",
        "2": "e",
        "16": "f",
    }


MANIFESTS = """\
# two documents
kind: Deployment
spec:
  containers:
  - name: a
    args: [one,
           two]
  -
    name: b
---
kind: Service
"""


def test_lines_of_keys_and_items() -> None:
    first, second = yaml.load_all(MANIFESTS.encode(), where="a.yaml")
    assert first.value["spec"]["containers"] == [{"name": "a", "args": ["one", "two"]}, {"name": "b"}]
    containers = ("spec", "containers")
    assert dict(first.lines) == {
        (): 2,
        ("kind",): 2,
        ("spec",): 3,
        containers: 4,
        (*containers, 0): 5,
        (*containers, 0, "name"): 5,
        (*containers, 0, "args"): 6,
        (*containers, 0, "args", 0): 6,
        (*containers, 0, "args", 1): 7,
        (*containers, 1): 9,
        (*containers, 1, "name"): 9,
    }
    assert len(first.lines) == 11
    assert first.lines.get(("kind", "deeper")) is None
    assert ("nothing",) not in first.lines
    assert dict(second.lines) == {(): 11, ("kind",): 11}


def test_empty_files_and_documents() -> None:
    assert yaml.load_all(b"", where="") == ()
    assert yaml.load_all(b"# nothing\n", where="") == ()
    assert [document.value for document in yaml.load_all(b"---\n---\na: 1\n...\n", where="")] == [None, {"a": 1}]


def test_merges_and_aliases() -> None:
    (document,) = yaml.load_all(
        b"a: &a {p: 1, q: 1}\nb: &b {q: 2, r: 2}\nc:\n  <<: *a\n  q: 3\nd:\n  <<: [*a, *b]\ne: [*a]\n'<<': 5\n",
        where="",
    )
    assert document.value["c"] == {"p": 1, "q": 3}
    assert document.value["d"] == {"p": 1, "q": 1, "r": 2}
    assert document.value["e"] == [{"p": 1, "q": 1}]
    assert document.value["<<"] == 5
    assert [document.lines["c", key] for key in "pq"] == [1, 5]
    assert [document.lines["d", key] for key in "pqr"] == [1, 1, 2]
    assert [document.lines[pointer] for pointer in [("e", 0), ("e", 0, "p")]] == [8, 1]
    assert document.duplicates == ()


def test_keys_written_twice_are_reported_and_the_last_counts() -> None:
    (document,) = yaml.load_all(b"a: 1\nb:\n- c: 1\n  c: 2\na: 3\n", where="")
    assert document.value == {"a": 3, "b": [{"c": 2}]}
    assert document.duplicates == ((("b", 0, "c"), 4), (("a",), 5))
    assert document.lines["a",] == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings(encoding: str) -> None:
    data = "name: Zürich\n".encode(encoding)
    assert load(b"\xff\xfe" + data if encoding == "utf-16-le" else data) == {"name": "Zürich"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n b: 2\n", "line 2, column 3: "),
        ("a: [1\nb: 2", "line 2"),
        ("a:\n\t- b\n", "line 2, column 1: "),
        ("- *nobody\n", r"line 1, column 3: \*nobody is not defined"),
        ("a: &a [*a]\n", "holds itself"),
        ("<<: 1\n", "<< merges"),
        ("<<: [1]\n", "<< merges"),
        ("? [a]\n: 1\n", "cannot be a key"),
        ("&a {}: 1\n", "cannot be a key"),
        ("a: &a {}\n*a : 1\n", "cannot be a key"),
        ("a: !!int x\n", "line 1, column 4: .*!!int"),
        ("a: !!bool 1\n", "!!bool"),
        ("a: !!python/object/apply:os.system [ls]\n", "python"),
        ("a: !!python/name:os.system\n", "python"),
        ("a: \x01\n", "special characters|control characters"),
        ("a: \udcff", "UTF-8|utf-8"),
    ],
)
def test_a_fault_says_where(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        load(text.encode(errors="surrogateescape"))


def test_a_template_is_recognised() -> None:
    with pytest.raises(Malformed) as caught:
        load("{{- if .Values.enabled }}\na: {{ .Values.a }}\n{{- end }}\n")
    assert "helm template" in caught.value.hint


def test_aliases_are_counted_as_what_they_stand_for() -> None:
    laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for number in range(1, 9):
        laughs += f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n"
    with pytest.raises(LimitExceeded) as caught:
        load(laughs)
    assert caught.value.limit == "yaml_nodes"
    assert load("a: &a [1, 2]\nb: [*a, *a]\n", yaml_nodes=13) == {"a": [1, 2], "b": [[1, 2], [1, 2]]}
    with pytest.raises(LimitExceeded, match="yaml_nodes"):
        load("a: &a [1, 2]\nb: [*a, *a]\n", yaml_nodes=12)


def test_depth_is_bounded_through_aliases_too() -> None:
    assert load("[" * 5 + "]" * 5, nesting=4) == [[[[[]]]]]
    for text in ("[" * 6 + "]" * 6, "a: &a [[[1]]]\nb: [*a]\n", "[" * 1_000_000):
        with pytest.raises(LimitExceeded, match="nesting"):
            load(text, nesting=4)
    assert load("a: &a [[[1]]]\nb: *a\n", nesting=4)["b"] == [[[1]]]


def test_size_is_bounded() -> None:
    with pytest.raises(LimitExceeded, match="yaml_bytes"):
        load("a: 1", yaml_bytes=3)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, True, False]))
def test_what_pyyaml_writes_is_read_with_lines(value: Any, flow: bool | None) -> None:
    text = pyyaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=30)
    value = pyyaml.safe_load(text)  # "y" is unquoted by one who takes it for text
    (document,) = yaml.load_all(text.encode(), where="")
    if not any(f"{word}" in text for word in ("y", "Y", "n", "N", "e", "_", ":")):
        assert document.value == value
    for pointer, line in document.lines.items():
        assert 1 <= line <= text.count("\n") + 1
        found = document.value
        for step in pointer:
            found = found[step]


YAMLISH = st.text("ab:-[]{}&*!|>#%@`'\"?,~<\n \t01._", max_size=60)


@pytest.mark.parametrize("pure", [False, True])
@given(text=YAMLISH, junk=st.binary(max_size=40), place=st.integers(0, len(MANIFESTS)))
def test_no_bytes_raise_anything_else(text: str, junk: bytes, place: int, pure: bool) -> None:
    manifest = MANIFESTS.encode()
    for data in (text.encode(), junk, manifest[:place] + junk + manifest[place:], b'"\\U' + junk + b'"', b"%" + junk):
        with contextlib.suppress(InputError):
            yaml.load_all(data, where="", pure=pure)


def test_real_manifests_read_as_pyyaml_reads_them() -> None:
    if SHARED is None:
        pytest.skip("no shared data")

    class Loader(pyyaml.CSafeLoader):
        """Text for what Kubernetes does not read as PyYAML does."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(("timestamp", ":float", ":int"))]
        for first, resolvers in Loader.yaml_implicit_resolvers.items()
    }
    read = 0
    for path in sorted((SHARED / "workloads").rglob("*.y*ml")):
        data = path.read_bytes()
        try:
            expected = list(pyyaml.load_all(data, Loader))
        except pyyaml.YAMLError:
            continue
        documents = yaml.load_all(data, where=path.name)
        assert [plain(document.value) for document in documents] == [plain(value) for value in expected]
        read += 1
    assert read > 300


def plain(value: Any) -> Any:
    """The shape with its texts and truths; numbers are left out, they have a test of their own."""
    if isinstance(value, dict):
        return {yaml.yaml_scalars.key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        value = yaml.yaml_scalars.resolve(value)
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else value
