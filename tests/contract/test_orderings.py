"""Every ordering of versions: its text files hold, it is a total order, and it agrees with the native tool."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seawall.advisories import versions
from seawall.advisories.versions import certain_key, compare, key
from seawall.errors import Malformed, Unsupported
from shared_data import SHARED

NODE_SEMVER = Path("/usr/lib/node_modules/npm/node_modules/semver")

FILES = {
    "alpine": "Alpine",
    "cran": "CRAN",
    "debian": "Debian",
    "hackage": "Hackage",
    "maven": "Maven",
    "nuget": "NuGet",
    "packagist": "Packagist",
    "pub": "Pub",
    "pypi": "PyPI",
    "redhat": "Red Hat",
    "rubygems": "RubyGems",
    "semver": "npm",
}
ALIKE = {"npm": "Go"}
"""Ecosystems that share the order, and so the file, of another one."""
ECOSYSTEMS = (*FILES.values(), *ALIKE.values(), "Bitnami")
WRONG_LINES: dict[str, tuple[str, ...]] = {
    "Maven since 3.9, and its specification: 1.word is 1-word, so the words and then their numbers decide": (
        "1.1.34.sec10 < 1.1.34_noneautotype",
        "1.1.46.sec10 < 1.1.46_noneautotype",
        "1.2.8.sec10_noneautotype < 1.2.8_noneautotype",
        "1.2.48.sec10 < 1.2.48_noneautotype",
        "1.2.50.sec10 < 1.2.50_noneautotype",
        "1.2.54.sec10 < 1.2.54_noneautotype",
        "1.2.57.sec10 < 1.2.57_noneautotype",
        "1.2.60.sec10 < 1.2.60_noneautotype",
        "1.5.9.RC1 < 1.5.9-RC0",
    ),
    "Maven before 3.9: 2.9-1 < 2.9.0.RC1 < 2.9 < 2.9-1 is a circle, and no order": (
        "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3",
        "2.9.0-1 < 2.9.0.RC1",
        "3.5.0-CR-2 < 3.5.0.Beta-1",
        "1.1.0-01-glassfish < 1.1.0.Beta1",
    ),
    "Composer reads BETA as beta; only PHP's own function minds the case": ("v1.9.0-BETA.1 < v1.9.0-ALPHA.2",),
    "PHP sorts words that it does not know (post) before the end": ("3.0.0b2 < 3.0.0b2.post1",),
}
REFUSED_LINES: dict[str, tuple[str, ...]] = {
    "outside apk's grammar: apk compares them up to the fault, and its releases differ in how": (
        "1-r-0 < 1-r0",
        "1-r-1 < 1-r0",
        "0.r1 < 0r2",
        "0..1..0 < 0..1..1",
        "0...1...0 < 0...1...1",
        "0...1...0.r1 < 0...1...0.r2",
        "0...1...0r1 < 0...1...0r2",
        "0..8 = 0..8",
        "0..8 > 0...8",
        "0.8.21.r2 > 0.8.21.r1",
        "10.2.24.r0 > 10.2.22.r0",
        "0.8.21.r2 < 0.8.21r2",
        "1.2.0A < 1.2.0d",
        "1.2.0D < 1.2.0d",
        "1-r2 > 1-r-1",
        "1 > 1-ruff",
        "1-r0-1 = 1-r-2",
        "1-r0-1 = 1-r0-2",
        "1-ruff2 = 1-ruff1",
        "1-ruff2 = 1--ruff1",
        "1-r0-ruff2 = 1-r0-ruff1",
        "1.2 > 1.2_blah",
        "1.2_svn1 > 1.2_csv2",
        "1.2_cvs1 > 1.2_blah",
        ".1 < 1",
        "1 > .1",
        ".2 > .1",
        "a < b",
        "c > b",
        "c = c",
        "23_foo > 4_beta",
        "1.0 < 1.0bc",
    ),
    "# stands for any number: equal to 1.2.3 and to 1.2.3.1, which differ": (
        "1.2.3.# = 1.2.3",
        "1.2.3.# = 1.2.3.#",
        "1.2.3.# = 1.2.3.1",
        "1.2.3.#.1 > 1.2.3",
        "1.2.3.#.p3 > 1.2.3",
        "1.2.3.#.beta < 1.2.3",
    ),
}


def lines() -> Iterator[tuple[str, str]]:
    """The ecosystem and the line, of every file."""
    for path in sorted(SHARED.glob("versions/*-versions*.txt")) if SHARED else ():
        kind = path.name.partition("-")[0]
        for line in path.read_text().splitlines():
            if line.strip() and not line.startswith(("#", "//")):
                yield FILES[kind], line.strip()
                if FILES[kind] in ALIKE:
                    yield ALIKE[FILES[kind]], line.strip()


def relation(ecosystem: str, a: str, b: str) -> str:
    return "=><"[compare(ecosystem, a, b)]


@pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
def test_every_line_holds_or_has_its_reason() -> None:
    wrong, refused, checked = set(), set(), 0
    for ecosystem, line in lines():
        a, expected, b = line.split()
        checked += 1
        try:
            if relation(ecosystem, a, b) != expected:
                wrong.add(line)
        except Malformed:
            refused.add(line)
    assert wrong == {line for listed in WRONG_LINES.values() for line in listed}
    assert refused == {line for listed in REFUSED_LINES.values() for line in listed}
    assert checked > 30_000


def test_every_ordering_is_tested_here() -> None:
    folder = Path(versions.__file__).parent
    orderings = {path.stem for path in folder.glob("*.py")} - {"__init__", "numbers"}
    assert orderings == {versions.ORDERINGS[ecosystem] for ecosystem in ECOSYSTEMS}


@pytest.mark.parametrize(("ecosystem", "a", "expected", "b"), [
    ("Debian:12", "1.2-3+b1", ">", "1.2-3"),
    ("Debian", "1:1.0", ">", "9.0"),
    ("Debian", "1.0~bpo1", "<", "1.0"),
    ("Debian", "1.0-01", "=", "1.0-1"),
    ("Azure Linux:3", "2.6.7-3.azl3", ">", " 2.6.7-2.azl3"),
    ("Red Hat", "1.0^20160101", "<", "1.0.1"),
    ("Red Hat", "0:1-1", "=", "1-1"),
    ("Alpine", "1.2.3-r10", ">", "1.2.3-r2"),
    ("Alpine", "1.2.3_git20200101", ">", "1.2.3"),
    ("Alpine", "1.2.3_rc1_p1", "<", "1.2.3_p1"),
    ("Wolfi", "1.10.0-r0", ">", "1.9.0-r0"),
    ("PyPI", "1.0.post1", ">", "1.0"),
    ("PyPI", "1!0.1", ">", "99"),
    ("PyPI", "1.0+cpu", ">", "1.0"),
    ("PyPI", "2.0.0.RELEASE-x", "<", "0.1.dev1"),
    ("Maven", "2.15.0", "=", "2.15"),
    ("Maven", "12.2.0.jre11", "<", "12.2.1.jre8"),
    ("Maven", "9.2.1.jre8", "<", "9.2.1.jre11"),
    ("Maven", "31.1-android", "<", "31.1-jre"),
    ("Maven", "1.2.0.redhat-00002", ">", "1.2.0"),
    ("Maven", "1-sp", ">", "1-final"),
    ("npm", "1.0.0-rc.2", "<", "1.0.0-rc.10"),
    ("npm", "1.0.0+build", "=", "1.0.0"),
    ("Go", "v0.0.0-20220101000000-abcdefabcdef", "<", "v0.1.0"),
    ("Go", "1.21.0-0", "<", "1.21.0"),
    ("Go", "v2.0.0+incompatible", "=", "2.0.0"),
    ("Go", "v1.2.4-0.20220101000000-abcdefabcdef", ">", "v1.2.3"),
    ("Go", "v1.2.4-0.20220101000000-abcdefabcdef", "<", "v1.2.4"),
    ("Go", "v1.2.4-rc.1.0.20220101000000-abcdefabcdef", ">", "v1.2.4-rc.1"),
    ("Go", "go1.22rc1", "<", "1.22.0"),
    ("Go", "go1.22rc1", ">", "1.22.0-0"),
    ("Go", "go1.22rc2", "<", "go1.22rc10"),
    ("Go", "go1.22beta1", "<", "go1.22rc1"),
    ("Go", "go1.22.1 X:boringcrypto", "=", "1.22.1"),
    ("Go", "go1.21.3-custom", "=", "1.21.3"),
    ("Go", "go1.9", "<", "1.10.0"),
    ("crates.io", "1.0.0-alpha.2", "<", "1.0.0-alpha.11"),
    ("crates.io", "0.0.0-0", "<", "0.0.1"),
    ("Hex", "1.0.0-dev", "<", "1.0.0"),
    ("Pub", "1.0.0+1", "<", "1.0.0+2"),
    ("Bitnami", "1.25.3-4", ">", "1.25.3"),
    ("Bitnami", "1.25.3-4", "<", "1.25.3-10"),
    ("Bitnami", "1.25.3-rc1", "<", "1.25.3"),
    ("NuGet", "4.0.0.1", ">", "4.0.0"),
    ("NuGet", "1.0.0-RC1", "=", "1.0-rc1"),
    ("RubyGems", "1.15.0-x86_64-linux", "=", "1.15.0"),
    ("RubyGems", "1.0.a.0.b", "<", "1.0.a"),
    ("Packagist", "1.0.0-patch1", ">", "1.0.0"),
])  # fmt: skip
def test_by_hand(ecosystem: str, a: str, expected: str, b: str) -> None:
    assert relation(ecosystem, a, b) == expected


PIECES = "0 1 9 10 01 . . - + ~ ^ _ : a b z rc alpha sp final dev post pre SNAPSHOT jre -r -1 _p _rc _git 1! v".split()  # noqa: SIM905
ANY = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join).map(lambda text: f"1{text}")
ALPINE = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,3}[a-c]?(_(rc|p|git)[0-9]?){0,2}(-r[0-9]?)?", fullmatch=True)
SEMVER = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,4}(-(rc|a|B|[0-9]{1,2})(\.(a|B|[0-9]{1,2})){0,2})?", fullmatch=True)
GEM = st.from_regex(r"[0-9]{1,2}(\.([0-9]{1,2}|a|b)){0,5}(-[0-9a])?", fullmatch=True)
GO = SEMVER | st.from_regex(r"go[0-9]\.[0-9]{1,2}(\.[0-9]|rc[0-9]{1,2}|beta[0-9]|-custom| X:x)?", fullmatch=True)
DART = st.from_regex(r"[0-9]\.[0-9]\.[0-9](-(a|[0-9]))?(\+([0-9]{1,2}|a|b)(\.[0-9])?)?", fullmatch=True)
DOTTED = st.from_regex(r"[0-9]{1,2}([.-][0-9]{1,2}){0,4}", fullmatch=True)
SHAPES = {
    "RubyGems": GEM,
    "Alpine": ALPINE,
    "npm": SEMVER,
    "NuGet": SEMVER,
    "Go": GO,
    "Bitnami": SEMVER,
    "Pub": DART,
    "CRAN": DOTTED,
    "Hackage": DOTTED,
}


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_total_order(ecosystem: str, data: st.DataObject) -> None:
    versions = data.draw(st.lists(SHAPES.get(ecosystem, ANY), min_size=3, max_size=3))
    try:
        a, b, c = sorted(versions, key=lambda version: key(ecosystem, version))
    except Malformed:
        assume(False)
    assert compare(ecosystem, a, b) <= 0
    assert compare(ecosystem, b, c) <= 0
    assert compare(ecosystem, a, c) <= 0
    assert compare(ecosystem, c, a) == -compare(ecosystem, a, c)
    assert compare(ecosystem, a, a) == 0


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@given(text=st.text(max_size=20) | st.text("019.", max_size=2000))
def test_any_text_gives_a_key_or_malformed(ecosystem: str, text: str) -> None:
    try:
        assert compare(ecosystem, text, text) == 0
    except Malformed:
        return


def test_an_unknown_ecosystem_is_no_guess() -> None:
    with pytest.raises(Unsupported, match="Nowhere"):
        key("Nowhere:1", "1")


def test_a_go_program_of_a_working_copy_has_no_version() -> None:
    with pytest.raises(Malformed, match="working copy"):
        key("Go", "(devel)")


def test_a_legacy_python_version_sorts_but_is_not_certain() -> None:
    assert certain_key("PyPI", "1.0") == key("PyPI", "1.0") > key("PyPI", "2.0.0.RELEASE-x")
    with pytest.raises(Malformed, match="before"):
        certain_key("PyPI", "2.0.0.RELEASE-x")


def sample(ecosystem: str, count: int) -> list[tuple[str, str]]:
    found = [version for owner, line in lines() if owner == ecosystem for version in line.split()[::2]]
    chance = random.Random(7)
    near = [found[at : at + 2] for at in chance.sample(range(len(found) - 1), count // 2)]
    return [(a, b) for a, b in [*near, *(chance.sample(found, 2) for _ in range(count // 2))]]


@pytest.mark.skipif(shutil.which("dpkg") is None or SHARED is None, reason="dpkg or ../shared/data is not here")
def test_debian_as_dpkg_does() -> None:
    for a, b in [*sample("Debian", 300), ("1.0-1.", "1.0-1"), ("a", "1"), ("1a", "1+"), ("1.0~~", "1.0~")]:
        dpkg = next(
            sign
            for sign, word in (("<", "lt-nl"), ("=", "eq"), (">", "gt-nl"))
            if subprocess.run(["dpkg", "--compare-versions", a, word, b], stderr=subprocess.DEVNULL).returncode == 0
        )
        assert (a, relation("Debian", a, b), b) == (a, dpkg, b)


@pytest.mark.skipif(not NODE_SEMVER.is_dir() or SHARED is None, reason="node's semver or ../shared/data is not here")
def test_npm_as_node_does() -> None:
    script = (
        f"const s=require({json.dumps(str(NODE_SEMVER))});const p=JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(p.map(([a,b])=>s.valid(a)&&s.valid(b)?s.compare(a,b):null)))"
    )
    pairs = [(a, b) for owner, line in lines() if owner == "npm" for a, b in [line.split()[::2]]]
    pairs += [("1.0.0-a-b", "1.0.0-a.b"), ("1.0.0--1", "1.0.0-1"), ("1.0.0-0", "1.0.0-a"), ("v1.0.0", "1.0.0+x")]
    output = subprocess.run(["node", "-e", script], input=json.dumps(pairs), capture_output=True, text=True, check=True)
    answers = json.loads(output.stdout)
    judged = [(pair, answer) for pair, answer in zip(pairs, answers, strict=True) if answer is not None]
    assert len(judged) > 80
    assert [(pair, answer) for pair, answer in judged if compare("npm", *pair) != answer] == []
