"""The functions of templates, on the examples of Microsoft's documentation, and on what is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe.limits import Limits
from seawall.sources.clusters.template_functions import call
from seawall.sources.clusters.unknown_text import UnknownText

P = UnknownText("parameter 'p' has no default", "{p}")

DOCUMENTED: list[tuple[str, list[Any], Any]] = [
    ("array", [1], [1]),
    ("array", ["efgh"], ["efgh"]),
    ("array", [{"a": "b"}], [{"a": "b"}]),
    ("concat", [["1-1", "1-2"], ["2-1"]], ["1-1", "1-2", "2-1"]),
    ("concat", ["prefix", "-", "x"], "prefix-x"),
    ("contains", ["OneTwoThree", "e"], True),
    ("contains", ["OneTwoThree", "z"], False),
    ("contains", [{"one": "a", "two": "b"}, "TWO"], True),
    ("contains", [["one", "two"], "three"], False),
    ("createObject", ["intProp", 1, "nullProp", None], {"intProp": 1, "nullProp": None}),
    ("empty", [[]], True),
    ("empty", [{}], True),
    ("empty", [""], True),
    ("empty", [None], True),
    ("first", [["one", "two"]], "one"),
    ("first", ["One Two Three"], "O"),
    ("first", [""], ""),
    ("indexFromEnd", [["apple", "orange", "banana"], 2], "orange"),
    (
        "intersection",
        [{"one": "a", "two": "b", "three": "c"}, {"one": "a", "two": "z", "three": "c"}],
        {"one": "a", "three": "c"},
    ),
    ("intersection", [["one", "two", "three"], ["two", "three"]], ["two", "three"]),
    ("items", [{"item002": 2, "item001": 1}], [{"key": "item001", "value": 1}, {"key": "item002", "value": 2}]),
    ("last", [["one", "two", "three"]], "three"),
    ("length", [["one", "two", "three"]], 3),
    ("length", ["One Two Three"], 13),
    ("length", [{"propA": "one", "propB": "two"}], 2),
    ("max", [[0, 3, 2, 5, 4]], 5),
    ("max", [0, 3, 2, 5, 4], 5),
    ("min", [0, 3, 2, 5, 4], 0),
    ("objectKeys", [{"b": 1, "a": 2}], ["a", "b"]),
    ("range", [5, 3], [5, 6, 7]),
    ("shallowMerge", [[{"one": {"a": 1}}, {"one": {"b": 2}}]], {"one": {"b": 2}}),
    ("skip", [["one", "two", "three"], 2], ["three"]),
    ("skip", ["one two three", 4], "two three"),
    ("skip", ["one", -2], "one"),
    ("take", [["one", "two", "three"], 2], ["one", "two"]),
    ("take", ["one two three", 2], "on"),
    ("tryGet", [{"a": {"b": 1}}, "a", "b"], 1),
    ("tryGet", [{"a": 1}, "z", "y"], None),
    ("tryGet", [["x"], 4], None),
    ("tryGet", [None, "x"], None),
    (
        "union",
        [{"one": "a", "three": {"x": 1}}, {"three": {"y": 2}, "four": "d"}],
        {"one": "a", "three": {"x": 1, "y": 2}, "four": "d"},
    ),
    ("union", [["one", "two"], ["two", "three"]], ["one", "two", "three"]),
    ("flatten", [[["one", "two"], ["three"], ["four"]]], ["one", "two", "three", "four"]),
    ("coalesce", [None, None, "first"], "first"),
    ("coalesce", [None, None], None),
    ("equals", [1, 1], True),
    ("equals", ["a", "A"], False),
    ("equals", [["a", "b"], ["a", "b"]], True),
    ("equals", [{"a": "b"}, {"a": "b"}], True),
    ("equals", [True, 1], False),
    ("greater", [1, 2], False),
    ("greater", ["banana", "apple"], True),
    ("lessOrEquals", [2, 2], True),
    ("parseCidr", ["10.144.0.0/20"], {
        "network": "10.144.0.0", "netmask": "255.255.240.0", "broadcast": "10.144.15.255",
        "firstUsable": "10.144.0.1", "lastUsable": "10.144.15.254", "cidr": 20,
    }),
    ("cidrSubnet", ["10.144.0.0/20", 24, 0], "10.144.0.0/24"),
    ("cidrSubnet", ["10.144.0.0/20", 24, 4], "10.144.4.0/24"),
    ("cidrHost", ["10.144.3.0/24", 0], "10.144.3.1"),
    ("cidrHost", ["10.144.3.0/24", 4], "10.144.3.5"),
    ("dateTimeAdd", ["2020-04-07 14:53:14Z", "P3Y"], "2023-04-07T14:53:14Z"),
    ("dateTimeAdd", ["2020-04-07 14:53:14Z", "-P9D"], "2020-03-29T14:53:14Z"),
    ("dateTimeAdd", ["2020-04-07 14:53:14Z", "PT1H"], "2020-04-07T15:53:14Z"),
    ("dateTimeFromEpoch", [1683040573], "2023-05-02T15:16:13Z"),
    ("dateTimeToEpoch", ["2023-05-02T15:16:13Z"], 1683040573),
    ("and", [True, True, False], False),
    ("or", [False, True], True),
    ("not", [False], True),
    ("bool", ["true"], True),
    ("bool", [0], False),
    ("if", [True, "yes", "no"], "yes"),
    ("add", [5, 3], 8),
    ("div", [8, 3], 2),
    ("div", [-8, 3], -2),
    ("mod", [7, 3], 1),
    ("mul", [5, 3], 15),
    ("sub", [7, 3], 4),
    ("int", ["4"], 4),
    ("base64", ["one, two, three"], "b25lLCB0d28sIHRocmVl"),
    ("base64ToString", ["b25lLCB0d28sIHRocmVl"], "one, two, three"),
    ("base64ToJson", ["eyJvbmUiOiJhIn0="], {"one": "a"}),
    ("dataUriToString", ["data:text/plain;base64,SGVsbG8="], "Hello"),
    ("endsWith", ["abcdef", "F"], True),
    ("startsWith", ["abcdef", "AB"], True),
    ("format", ["{0}, {1}. Formatted number: {2:D5}", "Hello", "User", 81], "Hello, User. Formatted number: 00081"),
    ("format", ["{{0}} {0,4}|{0,-4}|", 7], "{0}    7|7   |"),
    ("indexOf", ["abcdef", "CD"], 2),
    ("indexOf", ["abcdef", "z"], -1),
    ("lastIndexOf", ["abcdef", "AB"], 0),
    ("join", [["one", "two", "three"], ","], "one,two,three"),
    ("join", [["one", "two", "three"], ";"], "one;two;three"),
    ("json", ['{"a":"b"}'], {"a": "b"}),
    ("json", ["null"], None),
    ("padLeft", ["123", 10, "0"], "0000000123"),
    ("replace", ["123-123-1234", "-", ""], "1231231234"),
    ("split", ["one,two,three", ","], ["one", "two", "three"]),
    ("split", ["one;two,three", [",", ";"]], ["one", "two", "three"]),
    ("string", [5], "5"),
    ("string", [["a", "b"]], '["a","b"]'),
    ("substring", ["one two three", 4, 3], "two"),
    ("toLower", ["One"], "one"),
    ("toUpper", ["One"], "ONE"),
    ("trim", ["    one two three   "], "one two three"),
    ("uri", ["http://contoso.com/resources/", "nested/azuredeploy.json"], "http://contoso.com/resources/nested/azuredeploy.json"),
    ("uriComponent", ["http://contoso.com/a b"], "http%3A%2F%2Fcontoso.com%2Fa%20b"),
    ("uriComponentToString", ["http%3A%2F%2Fcontoso.com"], "http://contoso.com"),
    (
        "resourceId",
        ["otherGroup", "Microsoft.Storage/storageAccounts", "store"],
        "/subscriptions/{subscription}/resourceGroups/otherGroup/providers/Microsoft.Storage/storageAccounts/store",
    ),
    (
        "resourceId",
        ["1234", "rg", "Microsoft.SQL/servers/databases", "server", "db"],
        "/subscriptions/1234/resourceGroups/rg/providers/Microsoft.SQL/servers/server/databases/db",
    ),
    (
        "subscriptionResourceId",
        ["Microsoft.Authorization/roleDefinitions", "7f95"],
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/7f95",
    ),
    ("tenantResourceId", ["Microsoft.Authorization/x", "y"], "/providers/Microsoft.Authorization/x/y"),
    ("extensionResourceId", ["/a/b", "Microsoft.Insights/diagnosticSettings", "d"],
     "/a/b/providers/Microsoft.Insights/diagnosticSettings/d"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "value"), DOCUMENTED, ids=lambda held: held if isinstance(held, str) else "")
def test_the_documentation_says_so(name: str, args: list[Any], value: Any) -> None:
    answer = call(name, args)
    assert answer == value
    assert type(answer) is type(value)
    assert call(name.upper(), args) == value


def test_lambdas_are_callables() -> None:
    assert call("map", [[1, 2], lambda item: item * 10]) == [10, 20]
    assert call("filter", [[1, 2, 3], lambda item: item > 1]) == [2, 3]
    assert call("reduce", [[1, 2, 3], 0, lambda total, item: total + item]) == 6
    assert call("sort", [[3, 1, 2], lambda left, right: left < right]) == [1, 2, 3]
    assert call("toObject", [["a", "b"], lambda item: item, lambda item: item * 2]) == {"a": "aa", "b": "bb"}
    assert call("groupBy", [["ab", "b", "ac"], lambda item: item[0]]) == {"a": ["ab", "ac"], "b": ["b"]}
    assert call("mapValues", [{"a": 1}, lambda item: item + 1]) == {"a": 2}


@pytest.mark.parametrize(
    ("name", "args", "value"),
    [
        ("and", [False, P], False),
        ("or", [P, True], True),
        ("if", [P, "same", "same"], "same"),
        ("if", [True, "a", P], "a"),
        ("coalesce", ["a", P], "a"),
        ("contains", [["a", P], "a"], True),
        ("length", [["a", P]], 2),
        ("empty", [[P]], False),
        ("equals", [["a", P], ["b", P]], False),
        ("equals", [{"a": P}, {"b": P}], False),
        ("createArray", [1, P], [1, P]),
        ("first", [["a", P]], "a"),
        ("tryGet", [{"a": 1, "b": P}, "a"], 1),
        ("union", [{"a": P}, {"a": 1}], {"a": 1}),
    ],
)
def test_what_does_not_matter_may_be_unknown(name: str, args: list[Any], value: Any) -> None:
    answer = call(name, args)
    assert not isinstance(answer, Unknown)
    assert answer == value


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("and", [True, P]),
        ("or", [False, P]),
        ("if", [P, "a", "b"]),
        ("if", [False, "a", P]),
        ("coalesce", [None, P]),
        ("contains", [["a", P], "b"]),
        ("equals", ["a", P]),
        ("equals", [P, P]),
        ("empty", [P]),
        ("string", [["a", P]]),
        ("join", [["a", P], ","]),
        ("format", ["{0}", P]),
        ("concat", [["a"], P]),
        ("union", [{"a": 1}, P]),
        ("add", [1, P]),
        ("resourceId", ["Microsoft.Network/virtualNetworks", P]),
        ("toLower", [P]),
    ],
)
def test_what_matters_makes_it_unknown_with_its_reason(name: str, args: list[Any]) -> None:
    answer = call(name, args)
    assert isinstance(answer, Unknown)
    assert answer.reason == P.reason


@pytest.mark.parametrize("name", ["reference", "listKeys", "utcNow", "newGuid", "subscription", "deployment", "nope"])
def test_what_only_azure_knows_is_unknown(name: str) -> None:
    answer = call(name, ["Microsoft.Storage/storageAccounts"])
    assert isinstance(answer, Unknown)
    assert name in answer.reason


@pytest.mark.parametrize("odd", [None, 7, 1.5, True, "odd", [], [None], {}, {"a": [1]}, P, [P], "9" * 5000, -(2**80)])
@pytest.mark.parametrize("count", range(5))
def test_wrong_arguments_never_raise(odd: Any, count: int) -> None:
    for name in {row[0] for row in DOCUMENTED} | {"map", "filter", "sort", "reduce", "toObject", "float", "guid"}:
        call(name, [odd] * count)
        call(name, ["a/b", 3, *[odd] * count])


def test_unknown_texts_made_in_the_same_way_look_the_same() -> None:
    pool = call("format", ["{0}/{1}", P, "user"])
    assert isinstance(pool, UnknownText)
    assert pool.text == "{p}/user"
    first = call("uniqueString", [call("resourceGroup", [])])
    assert isinstance(first, UnknownText)
    assert first.text == call("uniqueString", [call("resourceGroup", [])]).text
    assert first.text != call("uniqueString", ["other"]).text


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("range", [0, 10**9]),
        ("format", ["{0}" * 2_000, "x" * 2_000]),
        ("join", [["x"] * 900, "y" * 5_000]),
        ("replace", ["a" * 5_000, "a", "b" * 5_000]),
        ("concat", ["x" * 600_000, "y" * 600_000]),
        ("createArray", [["x" * 1_000] * 1_500]),
    ],
)
def test_growth_is_bounded(name: str, args: list[Any]) -> None:
    with pytest.raises(LimitExceeded, match="template_"):
        call(name, args)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("padLeft", ["x", 17, "0"]),
        ("format", ["{0:D999999999}", 1]),
        ("int", ["9" * 5_000]),
        ("mul", [2**62, 2**62]),
        ("dateTimeFromEpoch", [10**18]),
        ("dateTimeAdd", ["2020-04-07 14:53:14Z", "P9999999Y"]),
        ("cidrSubnet", ["10.0.0.0/8", 24, 10**12]),
    ],
)
def test_what_azure_refuses_has_no_value(name: str, args: list[Any]) -> None:
    assert isinstance(call(name, args), Unknown)


def test_what_grows_by_sharing_is_bounded() -> None:
    value: Any = {"a": "b"}
    for _ in range(60):
        value = [value, value]
    for name in ("string", "equals", "union", "contains"):
        with pytest.raises(LimitExceeded, match="template_items"):
            call(name, [value, value])


def test_a_limit_can_be_raised() -> None:
    assert len(call("range", [0, 200_000], limits=Limits(template_items=300_000))) == 200_000
