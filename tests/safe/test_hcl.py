"""HCL: what is written, where, and what is not valid."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.errors import LimitExceeded, SeawallError
from seawall.safe import hcl
from seawall.safe.limits import Limits
from shared_data import SHARED


def load(text: str) -> hcl.Body:
    return hcl.load(text.encode(), where="x.tf")


def texts(source: str) -> list[str | int | float | bool | None]:
    """The literal parts of the value of `x`."""
    found = load(source).attributes["x"]
    parts = found.parts if isinstance(found, hcl.Template) else (found,)
    return [part.value if isinstance(part, hcl.Literal) else "•" for part in parts]


def test_blocks_attributes_and_lines() -> None:
    body = load('# a comment\nresource "a" b {\n  c = 1\n\n  d {\n    e = [\n      2,\n    ]\n  }\n}\n')
    (block,) = body.blocks
    assert (block.kind, block.labels, block.line) == ("resource", ("a", "b"), 2)
    assert block.body.attributes["c"] == hcl.Literal(3, 1)
    (inner,) = block.body.blocks
    assert inner.line == 5
    assert inner.body.attributes["e"] == hcl.List(6, (hcl.Literal(7, 2),))
    assert not body.faults


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('x = "a"', ["a"]),
        ('x = ""', [""]),
        ('x = " a  b "', [" a  b "]),
        (r'x = "a\n\t\"\\ \u0041\U0001F600"', ['a\n\t"\\ A😀']),
        ('x = "$${a} %%{b} $5"', ["${a} %{b} $5"]),
        ('x = "a ${b} c"', ["a ", "•", " c"]),
        ('x = "${b} ${c}"', ["•", " ", "•"]),
        ('x = "a ${~ b ~} c"', ["a", "•", "c"]),
        ('x = "${b}"', ["•"]),
        ("x = <<E\n  a\n b ${c} d\nE\n", ["  a\n b ", "•", " d\n"]),
        ("x = <<-E\n    a\n      b\n  E\n", ["a\n  b\n"]),
        ("x = <<-E\n    a ${b}\n    c\n  E\n", ["a ", "•", "\nc\n"]),
        ('x = <<E\n"a\\n"\nE\n', ['"a\\n"\n']),
        ("x = true", [True]),
        ("x = null", [None]),
        ("x = 1.5", [1.5]),
        ("x = 10", [10]),
    ],
)
def test_texts(source: str, expected: list[object]) -> None:
    assert texts(source + "\n") == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = [1,,2]\nb = 1\n", (1,)),
        ('resource "a" "b" {\n  c = ))\n}\nresource "d" "e" {\n  f = 1\n}\n', (1,)),
        ("}}}}\n", (1,)),
    ],
)
def test_what_is_not_valid_is_told_by_line(text: str, lines: tuple[int, ...]) -> None:
    assert load(text).faults == lines


def test_a_mistake_does_not_take_the_next_block_with_it() -> None:
    body = load('resource "a" "b" {\n  c = [1,,\n}\n\nresource "d" "e" {\n  f = 1\n}\n')
    assert [block.labels for block in body.blocks if not block.body.faults] == [("d", "e")]
    assert body.blocks[-1].body.attributes["f"].line == 6


def test_templates_of_json() -> None:
    assert hcl.template("plain", line=3, where="x") == hcl.Literal(3, "plain")
    assert hcl.template('${a["b"]}', line=3, where="x") == hcl.Index(3, hcl.Variable(3, "a"), hcl.Literal(3, "b"))
    found = hcl.template("a ${b}\n", line=3, where="x")
    assert isinstance(found, hcl.Template)
    assert [part.value for part in found.parts if isinstance(part, hcl.Literal)] == ["a ", "\n"]
    assert hcl.template("${a", line=3, where="x") is None
    assert hcl.template("END\n${a}", line=1, where="x") is not None


@pytest.mark.parametrize(
    "text", ["[" * 200 + "]" * 200, "(" * 150 + "1" + ")" * 150, "1" + "+1" * 500, "!" * 300 + "a"]
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(LimitExceeded) as error:
        load(f"x = {text}\n")
    assert error.value.limit == "hcl_nesting"


def test_size_is_bounded() -> None:
    with pytest.raises(LimitExceeded) as error:
        hcl.load(b"a = 1\n" * 10, where="x.tf", limits=Limits(hcl_bytes=10))
    assert error.value.limit == "hcl_bytes"


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "a {\n" * 20_000, 'a = "${' * 20_000, "(" * 50_000, "a = <<E\n" * 10_000]
)
def test_hostile_input_ends_soon(text: str) -> None:
    assert load(text).faults


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet='ab "$%{}[]()=?:.,*~\n<E-!&|#\\1') | st.binary())
def test_nothing_raises_but_our_own_errors(found: str | bytes) -> None:
    data = found if isinstance(found, bytes) else found.encode()
    with contextlib.suppress(SeawallError):
        hcl.load(data, where="x.tf")


@pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_file_is_read_or_told(data: st.DataObject) -> None:
    assert SHARED is not None
    whole = (SHARED / "aks/terraform-azurerm-aks/examples/startup/main.tf").read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 200, len(whole))))
    damaged = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    body = hcl.load(damaged, where="x.tf")
    assert body.faults or body.blocks
