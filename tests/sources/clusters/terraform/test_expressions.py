"""Expressions and functions, beside what Terraform 1.11.4 makes of them (`terraform console`)."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe import hcl
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.terraform.expressions import Evaluator
from seawall.sources.clusters.terraform.values import Budget, Failure, Namespace, Pending, Value

REFUSED = object()

# fmt: off
AS_TERRAFORM: list[tuple[str, Any]] = [
    ('upper("a")', 'A'),
    ('1 + 2 * 3', 7),
    ('10 / 4', 2.5),
    ('10 % 3', 1),
    ('-7 % 3', -1),
    ('"${1}-${true}"', '1-true'),
    ('"a%{ if true }b%{ else }c%{ endif }d"', 'abd'),
    ('"%{ for x in ["a", "b"] ~}  ${x}, %{ endfor }"', 'a, b, '),
    ('[for k, v in {b = 1, a = 2} : "${k}${v}"]', ['a2', 'b1']),
    ('{for k, v in {b = 1, a = 2} : v => k...}', {'1': ['b'], '2': ['a']}),
    ('[for i, v in ["x", "y"] : i if v != "x"]', [1]),
    ('[{a = 1}, {a = 2}][*].a', [1, 2]),
    ('null == null', True),
    ('1 == true', False),
    ('1 == 1.0', True),
    ('"1" == 1', False),
    ('try(null.a, "x")', 'x'),
    ('can(1 + "a")', False),
    ('coalesce(null, "", "b")', 'b'),
    ('lookup({a = 1}, "b", 3)', 3),
    ('merge({a = 1, b = 2}, {b = 3}, null)', {'a': 1, 'b': 3}),
    ('concat([1], [2, 3])', [1, 2, 3]),
    ('flatten([1, [2, [3]]])', [1, 2, 3]),
    ('toset(["b", "a", "b"])', ['a', 'b']),
    ('format("%s-%03d-%5.1f-%t", "a", 7, 1.25, true)', 'a-007-  1.2-true'),
    ('join(",", ["a", "b"], ["c"])', 'a,b,c'),
    ('split(",", "a,b,,c")', ['a', 'b', '', 'c']),
    ('replace("abab", "a", "x")', 'xbxb'),
    ('replace("abab", "/(a)(b)/", "$2$1")', 'baba'),
    ('contains(["a"], "a")', True),
    ('keys({b = 1, a = 2})', ['a', 'b']),
    ('values({b = 1, a = 2})', [2, 1]),
    ('element(["a", "b"], 3)', 'b'),
    ('slice([1, 2, 3], 1, 2)', [2]),
    ('cidrsubnet("10.0.0.0/16", 8, 3)', '10.0.3.0/24'),
    ('cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ['10.1.0.0/20', '10.1.16.0/20', '10.1.32.0/24', '10.1.48.0/20']),
    ('cidrhost("10.0.0.0/24", -2)', '10.0.0.254'),
    ('cidrnetmask("10.0.0.0/20")', '255.255.240.0'),
    ('jsonencode({b = 1, a = [true, null]})', '{"a":[true,null],"b":1}'),
    ('jsondecode("{\\"a\\": [1, 2.5]}")', {'a': [1, 2.5]}),
    ('startswith("abc", "ab")', True),
    ('regex("[a-z]+", "12abc")', 'abc'),
    ('regex("([a-z])([0-9])", "a1")', ['a', '1']),
    ('regex("(?P<x>[a-z])", "a1")', {'x': 'a'}),
    ('regexall("[a-z]", "ab")', ['a', 'b']),
    ('one([])', None),
    ('one(["a"])', 'a'),
    ('compact(["a", "", null])', ['a']),
    ('distinct([1, 2, 1])', [1, 2]),
    ('range(3)', [0, 1, 2]),
    ('range(1, 4)', [1, 2, 3]),
    ('range(5, 1, -2)', [5, 3]),
    ('zipmap(["a", "b"], [1, 2])', {'a': 1, 'b': 2}),
    ('min(1, 2)', 1),
    ('max("3", 2)', 3),
    ('trimprefix("abc", "a")', 'bc'),
    ('trim("??a??", "?")', 'a'),
    ('title("hello world")', 'Hello World'),
    ('substr("hello", 1, 3)', 'ell'),
    ('substr("hello", -2, -1)', 'lo'),
    ('strrev("abc")', 'cba'),
    ('reverse([1, 2])', [2, 1]),
    ('setproduct(["a", "b"], [1, 2])', [['a', 1], ['a', 2], ['b', 1], ['b', 2]]),
    ('setunion(["a"], ["b"])', ['a', 'b']),
    ('setintersection(["a", "b"], ["b"])', ['b']),
    ('setsubtract(["a", "b"], ["b"])', ['a']),
    ('sum([1, 2])', 3),
    ('tobool("true")', True),
    ('tonumber("12")', 12),
    ('tostring(1)', '1'),
    ('tolist(toset(["b", "a"]))', ['a', 'b']),
    ('transpose({a = ["x", "y"], b = ["x"]})', {'x': ['a', 'b'], 'y': ['a']}),
    ('chunklist([1, 2, 3], 2)', [[1, 2], [3]]),
    ('coalescelist([], [1])', [1]),
    ('alltrue([true, "true"])', True),
    ('anytrue([])', False),
    ('base64encode("a")', 'YQ=='),
    ('base64decode("YQ==")', 'a'),
    ('urlencode("a b/c")', 'a+b%2Fc'),
    ('yamldecode("a: [1, yes]")', {'a': [1, True]}),
    ('floor(1.5)', 1),
    ('ceil(1.5)', 2),
    ('signum(-2)', -1),
    ('abs(-3)', 3),
    ('pow(2, 3)', 8),
    ('parseint("ff", 16)', 255),
    ('length("héllo")', 5),
    ('length({a = 1})', 1),
    ('true && false || true', True),
    ('!true', False),
    ('-(3)', -3),
    ('1 < 2', True),
    ('"a" < "b"', REFUSED),
    ('[1, 2][1]', 2),
    ('{a = 1}["a"]', 1),
    ('{a = {b = 1}}.a.b', 1),
    ('{"x.y" = 1, (upper("a")) = 2}', {'A': 2, 'x.y': 1}),
    ('"a\\nb\\t\\"q\\" \\\\ $${x} %%{y} \\u00e9"', 'a\nb\t"q" \\ ${x} %{y} é'),
    ('"\\u0041"', 'A'),
    ('1.5', 1.5),
    ('100000000000000000000', 100000000000000000000),
    ('index(["a", "b"], "b")', 1),
    ('sort(["b", "a"])', ['a', 'b']),
    ('basename("a/b.txt")', 'b.txt'),
    ('dirname("a/b.txt")', 'a'),
    ('null', None),
    ('[]', []),
    ('{}', {}),
    ('try({a = 1}.b, {a = 2}["a"], 5)', 2),
    ('[for x in [1, 2, 3] : x * 2 if x > 1]', [4, 6]),
    ('{for x in ["a"] : x => upper(x)}', {'a': 'A'}),
    ('["a", "b"].0', 'a'),
    ('[{a = [1, 2]}].0.a[1]', 2),
    ('[[1, 2], [3]][*][0]', [1, 3]),
    ('null[*]', []),
    ('"x"[*]', ['x']),
    ('{a = 1}[*].a', [1]),
    ('lower("ÀB")', 'àb'),
    ('chomp("a\\n\\n")', 'a'),
    ('indent(2, "a\\nb")', 'a\n  b'),
    ('format("%q", "a\\"b")', '"a\\"b"'),
    ('formatlist("%s-x", ["a", "b"])', ['a-x', 'b-x']),
    ('nonsensitive(1)', 1),
    ('length(toset(["a", "a"]))', 1),
    ('merge([{a = 1}, {b = 2}]...)', {'a': 1, 'b': 2}),
    ('trimspace("  a ")', 'a'),
    ('endswith("abc", "c")', True),
    ('strcontains("abc", "b")', True),
    ('element([], 0)', REFUSED),
]
# fmt: on


def root(name: str) -> Value:
    """`var.u` is unknown, `azurerm_x.main` a resource that is not made yet."""
    if name == "var":
        return Namespace(lambda inner: Unknown(f"nobody gave {inner}"))
    if name == "azurerm_x":
        return Namespace(lambda inner: Pending(f"azurerm_x.{inner}"))
    raise Failure(f"{name} is not defined")


def no_file(path: str) -> bytes:
    if path == "a.txt":
        return b"content"
    raise Failure("no such file")


def evaluate(text: str, limits: Limits = DEFAULT) -> Value:
    body = hcl.load(f"x = {text}\n".encode(), where="x.tf", limits=limits)
    assert not body.faults, text
    return Evaluator(root, Budget(limits, "x.tf"), no_file).value(body.attributes["x"], {})


@pytest.mark.parametrize(("text", "expected"), AS_TERRAFORM)
def test_as_terraform_has_it(text: str, expected: Any) -> None:
    found = evaluate(text)
    if expected is REFUSED:
        assert isinstance(found, Unknown)
    else:
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "var.u",
        "var.u.a[0].b",
        "upper(var.u)",
        '"a${var.u}"',
        "var.u == 1",
        "var.u && true",
        "!var.u",
        "var.u ? 1 : 2",
        "-var.u",
        "[for x in var.u : x]",
        "{for x in [1] : var.u => x}",
        "[for x in [1] : x if var.u]",
        "merge({a = 1}, var.u)",
        "concat([1], var.u)",
        'join(",", ["a", var.u])',
        'contains(["a", var.u], "b")',
        "toset([var.u])",
        "try(var.u, 1)",
        "coalesce(var.u, 1)",
        "lookup(var.u, 1)",
        "f(var.u...)",
        "var.u[*].a",
        '"%{ if var.u }a%{ endif }"',
        '"%{ for x in [1] }${var.u}%{ endfor }"',
        "jsonencode({a = var.u})",
        "distinct([var.u])",
        "flatten([[1], var.u]) == []",
        "range(var.u)",
    ],
)
def test_unknown_in_unknown_out_with_the_reason(text: str) -> None:
    found = evaluate(text)
    assert isinstance(found, Unknown)
    assert found.reason in ("nobody gave u", "the function f is not evaluated")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var.u && false", False),
        ("var.u || true", True),
        ('contains(["a", var.u], "a")', True),
        ('lookup({a = 1, b = var.u}, "a")', 1),
        ("[1, var.u][0]", 1),
        ("length([1, var.u])", 2),
        ("true ? 1 : var.u", 1),
        ('try(nothing.a, "x")', "x"),
        ("can(nothing.a)", False),
        ('coalesce("a", var.u)', "a"),
        ("azurerm_x.main.id == null", False),
        ("null != azurerm_x.main.id", True),
        ("keys({a = var.u})", ["a"]),
        ("merge({a = var.u}, {a = 1})", {"a": 1}),
        ("element([1, var.u], 2)", 1),
        ('file("a.txt")', "content"),
        ('{a = 1}["a"]', 1),
    ],
)
def test_what_can_be_decided_without_the_unknown_is(text: str, expected: Any) -> None:
    assert evaluate(text) == expected


def test_what_is_made_later_keeps_its_address() -> None:
    found = evaluate('azurerm_x.main[0].identity[0]["id"]')
    assert isinstance(found, Pending)
    assert (found.address, found.path) == ("azurerm_x.main", "[0].identity[0][id]")
    joined = evaluate('"${azurerm_x.main.id}/agentPools/${"a"}"')
    assert isinstance(joined, Pending)
    assert joined.path == ".id/agentPools/a"


@pytest.mark.parametrize(
    "text",
    ["uuid()", "timestamp()", 'templatefile("a", {})', "nothing", "nothing.a", "1 + null", "upper()", "upper(1, 2)",
     "element([], 0)", "1 / 0", '"a" + 1', "range(100000)", 'parseint("z", 10)', "null.a", "[1][5]", "{}.a", "[][0]",
     'file("../../etc/passwd")', 'base64decode("?")', 'jsondecode("{")', 'cidrsubnet("10.0.0.0/16", 200, 1)',
     'cidrhost("10.0.0.0/30", 99)', 'cidrsubnet("x", 1, 1)', "pow(10, 400)", "1e308 * 10", 'tobool("x")',
     '"${null} "', '"${[1]} "', "[for x in 1 : x]", 'yamldecode("a: [")', "one([1, 2])", "azurerm_x"],
)  # fmt: skip
def test_what_terraform_refuses_or_we_do_not_evaluate_is_unknown(text: str) -> None:
    body = hcl.load(f"x = {text}\n".encode(), where="x.tf")
    found = Evaluator(root, Budget(DEFAULT, "x.tf"), no_file).value(body.attributes["x"], {})
    assert isinstance(found, Unknown | Namespace) or body.faults


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("(a+)+$", "a" * 30 + "!"), ("(a|a)*b", "a" * 40), ("a*a*a*a*a*b", "a" * 300), ("(.*)(.*)(.*)x", "y" * 3000)],
)
def test_a_regular_expression_that_could_take_long_is_not_run(pattern: str, text: str) -> None:
    assert isinstance(evaluate(f'regex("{pattern}", "{text}")'), Unknown)


def test_the_budget_stops_what_multiplies() -> None:
    deep = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]"
    with pytest.raises(LimitExceeded) as error:
        evaluate(deep, Limits(terraform_steps=10_000))
    assert error.value.limit == "terraform_steps"


def test_a_value_that_grows_too_large_is_unknown() -> None:
    text = '"x"'
    for _ in range(20):
        text = f'replace({text}, "x", "xxxx")'
    found = evaluate(text, Limits(terraform_items=1_000))
    assert isinstance(found, Unknown)
    assert "terraform_items" in found.reason
