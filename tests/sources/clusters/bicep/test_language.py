"""The language: what statements are read, what expressions come to, and what a fault in one costs the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed
from seawall.model import Unknown
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.bicep.modules import Files
from seawall.sources.clusters.bicep.parser import parse
from seawall.sources.clusters.bicep.symbols import Budget
from seawall.sources.clusters.bicep.template import Run, Template
from shared_data import SHARED

FILES = sorted(SHARED.rglob("*.bicep*")) if SHARED else []
needs_data = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")


def template(
    source: str, parameters: dict[str, Any] | None = None, limits: Limits = DEFAULT, **others: str
) -> Template:
    """The file `main.bicep` with other files beside it; `_` stands for the dot in their names."""
    held = {"main.bicep": source} | {name.replace("_", "."): text for name, text in others.items()}

    def load(file: str) -> bytes:
        if file not in held:
            raise Malformed("no such file", where=file)
        return held[file].encode()

    run = Run(budget=Budget(limits, "main.bicep"), files=Files(load, limits), wanted=lambda kind: True)
    return Template(run.files.source("main.bicep"), parameters or {}, run)


def value(expression: str, before: str = "", **others: str) -> Any:
    """What an expression comes to after the statements `before`."""
    return template(f"{before}\nvar it = {expression}\n", **others).lookup("it")


EXPRESSIONS: list[tuple[str, Any]] = [
    ("'a'", "a"),
    (r"'it\'s \u{1F600}\t\\ $ \${x}'", "it's \U0001f600\t\\ $ ${x}"),
    ("'${1}-${true}-${'in ${'side'}'}-${{a: 'b'}.a}'", "1-True-in side-b"),
    ("'{x} ${1}'", "{x} 1"),
    ("'''\nline ${x} 'y'\n'''", "line ${x} 'y'\n"),
    ("''''quoted''''", "'quoted'"),
    ("$'''a ${1 + 1} {b}'''", "a 2 {b}"),
    ("$$'''a ${no} $${'yes'}'''", "a ${no} yes"),
    ("1 + 2 * 3 - 4 / 2 % 2", 7),
    ("-3 - -2", -1),
    ("(1 + 2) * 3", 9),
    ("!true || 1 < 2 && 'a' == 'a'", True),
    ("'A' =~ 'a' && 'A' !~ 'b' && 'A' != 'a'", True),
    ("null ?? false ? 1 : 2", 2),
    ("true\n  ? 1\n  : 2", 1),
    ("true ? false ? 1 : 2 : 3", 2),
    ("null ?? 'x'", "x"),
    ("{a: {b: 1}}.a.b", 1),
    ("{a: null}.?a.?b", None),
    ("{a: null}.?a.b", None),
    ("{a: [1, 2]}.a[1]", 2),
    ("[1][?3]", None),
    ("{a: 1}[?'b'] ?? 'none'", "none"),
    ("{'a b': 1, '${'c'}d': 2}", {"a b": 1, "cd": 2}),
    ("{\n  a: 1 // one\n  /* two\n  */ b: 2\n\n  c: 3,\n}", {"a": 1, "b": 2, "c": 3}),
    ("[\n  1\n  -1\n  !true\n  2, 3\n]", [1, -1, False, 2, 3]),
    ("{...{a: 1, b: 1}, b: 2, ...{c: 3}}", {"a": 1, "b": 2, "c": 3}),
    ("[0, ...[1, 2], ...[]]", [0, 1, 2]),
    ("[for x in ['a', 'b']: '${x}!']", ["a!", "b!"]),
    ("[for (x, i) in ['a', 'b']: {\n  '${x}': i\n}]", [{"a": 0}, {"b": 1}]),
    ("[for x in [1, 2]: [for y in [3]: x * y]]", [[3], [6]]),
    ("map(range(1, 3), x => x * 2)", [2, 4, 6]),
    ("map(['a'], (x, i) => '${x}${i}')", ["a0"]),
    ("filter([1, 2, 3], x => x > 1)", [2, 3]),
    ("reduce([1, 2, 3], 0, (sum, x) => sum + x)", 6),
    ("sort([3, 1, 2], (a, b) => a < b)", [1, 2, 3]),
    ("toObject(['a'], k => k, k => '${k}!')", {"a": "a!"}),
    ("groupBy(['ab', 'ac'], k => take(k, 1))", {"a": ["ab", "ac"]}),
    ("mapValues({a: 1}, v => v + 1)", {"a": 2}),
    ("objectKeys({b: 1, a: 2})", ["a", "b"]),
    ("union({a: {b: 1}}, {a: {c: 2}})", {"a": {"b": 1, "c": 2}}),
    ("contains(sys.concat('a', 'b'), 'b') && az.empty('')", True),
    ("any('x')", "x"),
    ("split('a/b', '/')[?1]!", "b"),
    ("json('[1]')[0]", 1),
    ("length(\n  'abc'\n)", 3),
    ("union(\n  [1],\n  [2]\n)", [1, 2]),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS, ids=[each for each, _ in EXPRESSIONS])
def test_expressions(expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("p", "parameter 'p' has no default"),
        ("'x${p}'", "parameter 'p' has no default"),
        ("p ? 1 : 2", "parameter 'p' has no default"),
        ("p.a.b", "parameter 'p' has no default"),
        ("nobody", "'nobody' is not declared"),
        ("{a: 1}.b", "no 'b' in it"),
        ("loop", "'loop' needs itself"),
        ("readEnvironmentVariable('HOME')", "environment variable 'HOME'"),
        ("resourceGroup().location", "only a deployment tells"),
        ("loadTextContent('gone.txt')", "gone.txt cannot be loaded"),
        ("loadTextContent(p)", "parameter 'p' has no default"),
        ("1 + 'a'", "add()"),
        ("noSuchFunction()", "does not know the function"),
        ("secret", "is a secret"),
        ("loadTextContent()", "wrong arguments"),
        ("any(x => x)", "a lambda is no value"),
        ("reduce([], x => x, (a, b) => a)", "a lambda is no value"),
        ("reduce([1], x => x, (a, b) => [a])[0]", "a lambda is no value"),
        ("[for x in p: x]", "parameter 'p' has no default"),
        ("{...p}", "parameter 'p' has no default"),
    ],
)
def test_what_is_not_known_is_unknown_with_its_reason(expression: str, reason: str) -> None:
    found = value(expression, "param p object\nvar loop = loop\n@secure()\nparam secret string = 'x'")
    assert isinstance(found, Unknown)
    assert reason in found.reason


@pytest.mark.parametrize(
    "expression", ["p || true", "!(p && false)", "empty(p) ? true : true", "contains(['a', p], 'a')"]
)
def test_what_cannot_matter_is_decided(expression: str) -> None:
    assert value(expression, "param p bool") is True


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("param p string = 'd'", {}, "d"),
        ("param p string = 'd'", {"p": "g"}, "g"),
        ("param p bool = true", {"p": None}, True),
        ("param p string?", {}, None),
        ("param p ('a' | null)", {}, None),
        ("type t = string?\nparam p t", {}, None),
        ("import {t} from 'lib.bicep'\nparam p t", {}, None),
        ("param p string", {"p": 1}, Unknown()),
        ("param p int[]", {"p": "[1]"}, Unknown()),
        ("param p object = 'x'", {}, Unknown()),
        ("@allowed(['a', 'b'])\nparam p string", {"p": "A"}, "A"),
        ("@allowed(['a', 'b'])\nparam p string", {"p": "c"}, Unknown()),
    ],
)
def test_parameters(declared: str, given: dict[str, Any], expected: Any) -> None:
    assert template(declared, given, lib_bicep="@export()\ntype t = {\n  a: string\n}?").lookup("p") == expected


def test_imports_and_functions() -> None:
    library = (
        "@export()\nvar names = ['x']\n@export()\nfunc greet(who string, n int) string => '${who}${n}${names[0]}'\n"
    )
    before = "import {names as theirs, greet} from 'lib.bicep'\nimport * as lib from 'lib.bicep'\n"
    before += "func twice(s string) string => '${s}${s}'"
    assert value("[theirs, greet('a', 1), lib.greet('b', 2), lib.names, twice('c')]", before, lib_bicep=library) == [
        ["x"],
        "a1x",
        "b2x",
        ["x"],
        "cc",
    ]


def test_files_that_are_loaded() -> None:
    held = {"a_txt": "text", "b_json": '{"a": {"b": [1]}}', "c_yaml": "a: yes\n"}
    assert value("loadTextContent('a.txt')", **held) == "text"
    assert value("loadFileAsBase64('./a.txt')", **held) == "dGV4dA=="
    assert value("loadJsonContent('b.json', '$.a.b')", **held) == [1]
    assert value("loadYamlContent('c.yaml')", **held) == {"a": True}


STATEMENTS = """\
targetScope = 'subscription'
metadata name = 'x'
using none
extension kubernetes with {
  namespace: 'default'
} as k8s
provider 'microsoftGraph'
import 'az@1.0.0' as azure
import { a, 'b-c' as d } from 'br/public:types:1.0'
@description('''long''')
@minLength(3)
@sys.secure()
param one string
param two 'a' | 'b' | null = 'a'
param three resourceInput<'Microsoft.Network/virtualNetworks@2025-05-01'>.properties.subnets[*].name?
param four {
  @description('x')
  *: (string | int)[]?
  'odd name': sys.int
  nested: [string, { a: bool }]
}
param five (
  | 'a'
  | 'b')[] = []
var typed string = 'x'
type union = | 'a'
  | -1
func f(a string, b union) string => 'x'
#disable-next-line BCP081
resource r 'A.B/c@2020-01-01' existing = {
  name: 'r'
  resource child 'd' = {
    name: 'child'
    @description('deep')
    resource grandchild 'e' = if (true) {
      name: 'g'
    }
  }
}
module m './m.bicep' = [for i in range(0, 2): if (i > 0) {
  name: 'm${i}'
}]
output o string = r::child::grandchild.id
assert fine = one == 'x'
"""


def test_every_statement_is_read() -> None:
    tree = parse(STATEMENTS.encode(), where="x")
    assert tree.faults == ()
    keywords = [each.keyword for each in tree.declarations]
    assert " ".join(keywords) == (
        "targetScope metadata using extension extension extension import param param param param param var type func "
        "resource module output assert"
    )
    assert {name.line for name in tree.declarations if name.name == "one"} == {13}


@pytest.mark.parametrize(
    "broken",
    [
        "var x = 'never ends",
        "var x = ",
        "var x = 'a ${b",
        "var x = {\n  a: (1 + \n  b: 2\n}",
        "resource x 'a@b' = {\n  name: 'x'\n  p: [\n    1 2\n  ]\n}",
        "param other string = 'x' 'y'",
        "nonsense here",
        "var x = ???",
        "var x = '''never ends\nat all",
        "/* never ends\nat all",
        "var x = 99999999999999999999",
        "@description('x')\nvar x = 1 1",
    ],
)
def test_one_bad_statement_is_one_fault_and_the_rest_is_read(broken: str) -> None:
    tree = parse(f"var before = 1\n{broken}\nvar after = 2\nvar last = 3\n".encode(), where="x")
    assert len(tree.faults) == 1
    assert 2 <= tree.faults[0].line <= 6
    assert tree.faults[0].message
    assert [each.name for each in tree.declarations if each.name in ("before", "after", "last")] == [
        "before",
        "after",
        "last",
    ]


def test_line_ends_of_every_kind() -> None:
    for end in ("\n", "\r\n", "\r"):
        tree = parse(end.join(["var a = {", "  b: 1", "}", "", "var c = [", " 1", "]"]).encode(), where="x")
        assert (len(tree.declarations), tree.faults) == (2, ())


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SHARED)))
def test_real_files_have_no_fault(path: Path) -> None:
    tree = parse(path.read_bytes(), where=str(path))
    assert tree.faults == ()
    assert tree.declarations


HOSTILE = {
    "deep brackets": "var x = " + "[" * 5_000,
    "deep unary": "var x = " + "!" * 5_000 + "true",
    "deep ternaries": "var x = " + "true ? 1 : " * 5_000 + "1",
    "deep types": "param x " + "(" * 5_000,
    "deep texts": "var x = " + "'${" * 5_000,
    "long chain of variables": "\n".join(f"var x{i} = x{i + 1}" for i in range(3_000)) + "\nvar it = x0",
    "text doubled": "var x0 = 'ab'\n"
    + "\n".join(f"var x{i + 1} = '${{x{i}}}${{x{i}}}'" for i in range(64))
    + "\nvar it = x64",
    "object doubled": "var x0 = {}\n"
    + "\n".join(f"var x{i + 1} = {{a: x{i}, b: x{i}}}" for i in range(64))
    + "\nvar it = x64",
    "list doubled in a lambda": "var it = reduce(range(0, 64), [1], (a, x) => [a, a])",
    "list doubled by concat": "var it = reduce(range(0, 64), [1], (a, x) => concat(a, a))",
    "loops in loops": "var r = range(0, 1000)\nvar it = [for a in r: [for b in r: [for c in r: a]]]",
    "a function of itself": "func f(x int) int => f(x) + f(x)\nvar it = f(1)",
    "lines in vain": "var it = [\n" + "var\n" * 50_000 + "[" * 200,
    "comments that nobody closes": "var x = 1 /*\n" * 100_000 + "var it = " + "[" * 200,
    "dollars": "$" * 1_000_000 + "\nvar it = " + "[" * 200,
    "names in vain": "var o = {" + ", ".join(f"a{i}: 1" for i in range(2_000)) + "}\n"
    "var it = map(range(0, 10000), i => o.b)",
    "a long line of parents": "\n".join(
        f"resource r{i} 'a/b@1' = {{\n  parent: r{i + 1}\n  name: 'x'\n}}" for i in range(4_000)
    )
    + "\nvar it = r0.id",
    "huge range": "var it = range(0, 2000000000)",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_exhaust_us_is_stopped(source: str) -> None:
    from seawall.sources.clusters.bicep.read import evaluate

    with pytest.raises(InputError) as caught:
        evaluate("main.bicep", lambda file: f"{source}\nresource made 'a/b@1' = {{ name: it }}\n".encode())
    assert isinstance(caught.value, LimitExceeded)


def test_the_size_of_a_file_is_bounded() -> None:
    with pytest.raises(LimitExceeded, match="bicep_bytes"):
        parse(b"var x = 1\n" * 10, where="x", limits=Limits(bicep_bytes=50))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ax'\"${}[]()\n@=.:,?!|&<>*/#\\ 1", max_size=60))
def test_the_parser_takes_any_text(text: str) -> None:
    tree = parse(f"{text}\nvar last = 1\n".encode(), where="x")
    assert tree.declarations or tree.faults
