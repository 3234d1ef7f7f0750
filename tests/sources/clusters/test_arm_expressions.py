"""The grammar of template expressions, and what they come to."""

# ruff: noqa: E501 — expressions on one line

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import Malformed
from seawall.model import Unknown
from seawall.sources.clusters.arm_expressions import evaluate, is_expression, parse, plain
from seawall.sources.clusters.template_functions import call
from seawall.sources.clusters.unknown_text import UnknownText


class Plain:
    """A scope with one parameter that is known and nothing else."""

    def call(self, name: str, args: Sequence[Any]) -> Any:
        if name == "parameters":
            known = {"it": {"Name": "x", "list": [1, {"deep": True}]}}
            return known.get(args[0], UnknownText(f"parameter '{args[0]}' has no default", f"{{{args[0]}}}"))
        return call(name, args)


def value(text: str) -> Any:
    return evaluate(parse(text), Plain())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("['text']", "text"),
        ("['it''s']", "it's"),
        ("[concat('a(', ']', ',')]", "a(],"),
        ("[ add( 1 ,\n\t-2 ) ]", -1),
        ("[parameters('it').Name]", "x"),
        ("[parameters('it').NAME]", "x"),
        ("[parameters('it')['name']]", "x"),
        ("[parameters('it').list[1].deep]", True),
        ("[parameters('it').list[sub(1, 1)]]", 1),
        ("[createArray(createObject('a', 'b')).a]", None),
        ("[if(true(), 'yes', int('no number'))]", "yes"),
        ("[if(equals(parameters('it').name, 'x'), createArray(), 'no')]", []),
        ("[map(range(0, 3), lambda('i', mul(lambdaVariables('i'), 2)))]", [0, 2, 4]),
        ("[map(createArray('a'), lambda('x', 'i', format('{0}{1}', lambdaVariables('x'), lambdaVariables('i'))))]", ["a0"]),
        ("[map(range(0, 2), lambda('i', map(range(0, 2), lambda('j', add(lambdaVariables('i'), lambdaVariables('j'))))))]",
         [[0, 1], [1, 2]]),
        ("[reduce(createArray(1, 2), 0, lambda('sum', 'next', add(lambdaVariables('sum'), lambdaVariables('next'))))]", 3),
        ("[toObject(createArray('a'), lambda('x', lambdaVariables('x')), lambda('x', 1))]", {"a": 1}),
    ],
)  # fmt: skip
def test_values(text: str, expected: Any) -> None:
    answer = value(text)
    if expected is None:
        assert isinstance(answer, Unknown)
    else:
        assert answer == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[parameters('p')]", "{p}"),
        ("[parameters('p').a.b]", "{p.a.b}"),
        ("[format('{0}-{1}', parameters('p'), 'aks')]", "{p}-aks"),
        ("[toLower(concat('AKS-', parameters('p')))]", "aks-{p}"),
        ("[resourceGroup().location]", "{resourceGroup.location}"),
    ],
)
def test_what_is_unknown_can_be_shown(text: str, shown: str) -> None:
    answer = value(text)
    assert isinstance(answer, UnknownText)
    assert answer.text == shown


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[ ]",
        "[concat('a' 'b')]",
        "[concat('a',]",
        "[concat('a'))]",
        "[parameters(]",
        "[parameters('x']",
        "[parameters('x').]",
        "[parameters('x')[]]",
        "['open]",
        "[name]",
        "[#]",
        "[1 2]",
        "[a.b]",
        "[(1)]",
    ],
)
def test_what_is_no_expression_says_where(text: str) -> None:
    with pytest.raises(Malformed, match="column"):
        parse(text)


@settings(deadline=None)
@given(st.text(alphabet="abc('),[].{}0 -\"\n$", max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(Malformed):
        value(f"[{text}]")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_text_in_quotes_is_itself(text: str) -> None:
    quoted = text.replace("'", "''")
    assert value(f"['{quoted}']") == text


def test_brackets_are_escaped_by_doubling() -> None:
    assert is_expression("[a]")
    assert not is_expression("[[a]")
    assert not is_expression("[a")
    assert plain("[[a]") == "[a]"
    assert plain("[a") == "[a"
