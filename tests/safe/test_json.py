"""JSON: what shells write reads right, faults have a place, and lines are where they are."""

from __future__ import annotations

import contextlib
import json as stdlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed
from seawall.safe import json
from seawall.safe.limits import Limits
from shared_data import SHARED
from work import grows_in_step

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(VALUES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]), st.booleans())
def test_every_encoding_that_shells_write_reads_the_same(value: Any, encoding: str, escaped: bool) -> None:
    data = stdlib.dumps(value, ensure_ascii=escaped).encode(encoding)
    assert json.load(data, where="a.json") == value


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"", "the file is empty", "failed"),
        (b"\xff\xfe", "the file is empty", "failed"),
        (b'{\n  "a": 1,\n}', "line 3, column 1: ", ""),
        (b'{\n  "a": [1, 2', "line 2, column 13: Input data was truncated", "stopped"),
        (b'{"a": NaN}', "line 1, column 7: invalid character", "NaN"),
        (b"<html>", "line 1, column 1: invalid character", "web page"),
        (b"Name    Location\n", "invalid character", "table"),
        (b'{"a": "\xe4"}', "not UTF-8", "save"),
        (b'\xff\xfe{\0"\0', "truncated", "stopped"),
        (b"\xff\xfe{", "not UTF-8", "save"),
        (b"1e999", "out of range", ""),
    ],
)
def test_a_fault_says_where_and_what_to_do(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(Malformed) as caught:
        json.load(data, where="a.json")
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_the_last_of_two_keys_counts_and_large_numbers_are_kept() -> None:
    assert json.load(b'{"a": 1, "a": 123456789012345678901234567890}', where="") == {
        "a": 123456789012345678901234567890
    }


@pytest.mark.parametrize("noise", [b"", b',"[[[["', b',{"]":"{\\"[\\\\"}', b",[],[],[]" * 90])
def test_depth_is_bounded_to_the_level(noise: bytes) -> None:
    for depth in (199, 200, 201, 400):
        data = b"[1" + noise + b"," + b'[{"a":[' * ((depth - 1) // 3)
        data += b"[" * ((depth - 1) % 3) + b"]" * ((depth - 1) % 3) + b"]}]" * ((depth - 1) // 3) + b"]"
        if depth <= 200:
            assert json.load(data, where="")[0] == 1
        else:
            with pytest.raises(LimitExceeded, match="nesting"):
                json.load(data, where="")
    with pytest.raises(LimitExceeded, match="nesting"):
        json.load(b"[" * 100_000, where="")


@given(VALUES, st.integers(0, 5))
def test_depth_agrees_with_a_walk(value: Any, bound: int) -> None:
    def depth(value: Any) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inner is None else 1 + max(map(depth, inner), default=0)

    data = stdlib.dumps(value).encode()
    if depth(value) > bound:
        with pytest.raises(LimitExceeded):
            json.load(data, where="", limits=Limits(nesting=bound))
    else:
        assert json.load(data, where="", limits=Limits(nesting=bound)) == value


def test_size_is_bounded() -> None:
    with pytest.raises(LimitExceeded, match="json_bytes"):
        json.load(b"[1, 2]", where="", limits=Limits(json_bytes=5))


class Record(msgspec.Struct):
    id: str
    severity: float = 0


def test_decode_gives_a_type_and_names_the_field_that_does_not_fit() -> None:
    assert json.decode(b'{"id": "A", "other": 1}', Record, where="") == Record("A")
    assert json.decode('[{"id": "ü"}]'.encode("utf-16"), list[Record], where="") == [Record("ü")]
    with pytest.raises(Malformed, match=r"\$\.id"):
        json.decode(b'{"id": 1}', Record, where="a.json")


@given(st.binary() | st.builds(lambda value, cut: stdlib.dumps(value).encode()[cut:], VALUES, st.integers(1, 9)))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for prefix in (b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b'{"a":'):
        with contextlib.suppress(InputError):
            json.load(prefix + data, where="")
        with contextlib.suppress(InputError):
            json.decode(prefix + data, Record, where="")
        json.lines(prefix + data, [(), (0,), ("a",), ("a", 0)])


SPACE = st.text(" \t\r\n", max_size=4)


@st.composite
def laid_out(draw: st.DrawFn) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A JSON text with space anywhere, and the line of every key and item, noted while it was written."""
    value, lines, text = draw(VALUES), {}, draw(SPACE)

    def write(value: Any, path: tuple[str | int, ...]) -> None:
        nonlocal text
        if isinstance(value, dict):
            text += "{" + draw(SPACE)
            for number, (key, inner) in enumerate(value.items()):
                text += ("," if number else "") + draw(SPACE)
                lines[(*path, key)] = text.count("\n") + 1
                text += stdlib.dumps(key, ensure_ascii=draw(st.booleans())) + draw(SPACE) + ":" + draw(SPACE)
                write(inner, (*path, key))
            text += "}"
        elif isinstance(value, list):
            text += "[" + draw(SPACE)
            for index, inner in enumerate(value):
                text += ("," if index else "") + draw(SPACE)
                lines[(*path, index)] = text.count("\n") + 1
                write(inner, (*path, index))
            text += "]"
        else:
            text += stdlib.dumps(value, ensure_ascii=draw(st.booleans()))
        text += draw(SPACE)

    lines[()] = text.count("\n") + 1
    write(value, ())
    return text, lines


@given(laid_out(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.randoms())
def test_lines_are_where_they_were_written(made: Any, encoding: str, random: Any) -> None:
    text, expected = made
    asked = random.sample(sorted(expected, key=repr), random.randint(0, len(expected)))
    absent = [(*pointer, "no such key") for pointer in asked] + [(*pointer, 99) for pointer in asked]
    found = json.lines(text.encode(encoding), [*asked, *absent])
    assert found == {pointer: expected[pointer] for pointer in asked}


def test_lines_of_a_key_that_is_written_twice_are_those_that_count() -> None:
    data = b'{"a": {"b": 1,\n"c": 2},\n"a":\n{"b": 3}, "\\u0061\\"": [\n7\n,8]}'
    assert json.load(data, where="") == {"a": {"b": 3}, 'a"': [7, 8]}
    asked = [(), ("a",), ("a", "b"), ("a", "c"), ('a"',), ('a"', 0), ('a"', 1), ('a"', "0"), ("a", 0)]
    assert json.lines(data, asked) == {(): 1, ("a",): 3, ("a", "b"): 4, ('a"',): 4, ('a"', 0): 5, ('a"', 1): 6}


def test_lines_are_found_in_one_pass() -> None:
    cluster = {
        "name": "a",
        "properties": {"pools": [{"count": 3, "tags": {"a": 'b"['}}] * 9, "network": {"policy": None}},
    }

    def found(count: int) -> None:
        data = msgspec.json.format(msgspec.json.encode([cluster] * count), indent=2)
        lines = data.split(b"\n")
        asked = [(number, "properties", "network", "policy") for number in range(count)]
        found = json.lines(data, asked)
        assert len(found) == count
        assert all(lines[line - 1].lstrip().startswith(b'"policy"') for line in found.values())

    assert grows_in_step(lambda: found(500), lambda: found(1000))


def test_real_files_read_as_the_standard_library_reads_them() -> None:
    if SHARED is None:
        pytest.skip("no shared data")
    paths = sorted((SHARED / "aks").rglob("*.json"))
    assert len(paths) > 100
    for path in paths:
        data = path.read_bytes()
        try:
            expected = stdlib.loads(data.decode("utf-8-sig"))
        except ValueError:
            with pytest.raises(Malformed):
                json.load(data, where=path.name)
            continue
        assert json.load(data, where=path.name) == expected
        asked = list(pointers(expected))
        assert set(json.lines(data, asked)) == set(asked)


def pointers(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from pointers(inner, (*path, step))
