"""The page of HTML: well-formed, whole in one file, and nobody's name is taken for markup."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from seawall.gate import judge
from seawall.model import (
    Base,
    Coverage,
    DockerfileCoverage,
    Finding,
    FleetGroup,
    FleetMember,
    FleetSetting,
    FleetValue,
    ImageCoverage,
    Location,
    NotAssessed,
    Outdated,
    PackageRef,
    Points,
    Report,
    Run,
    Severity,
    Started,
    Subject,
)
from seawall.model.vex import Attached
from seawall.reports import render

VOID = {"meta", "input", "br"}
SVG = {"svg", "path"}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!-- &amp;"


class Reader(HTMLParser):
    """What is in the page: its elements with their attributes, and its text; it fails on what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG
        self.elements.append((tag, {}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_it_is_well_formed_and_ids_are_unique(estate: Report) -> None:
    page = Reader(render(estate, "html"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for _, attributes in page.elements if attributes.get("href", "").startswith("#")}
    assert targets <= set(ids)
    assert {"estate", "fleet", "problems", "vulnerabilities", "undecided", "not-assessed"} <= targets


def test_nothing_is_loaded_and_only_its_own_script_may_run(estate: Report) -> None:
    text = render(estate, "html")
    page = Reader(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"}
    attributes = [(name, value) for _, given in page.elements for name, value in given.items()]
    assert not [name for name, _ in attributes if name == "src" or name.startswith("on")]
    assert all(re.match("https://|#", value) for name, value in attributes if name == "href")
    assert "url(" not in text
    assert "@import" not in text
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = (given["content"] for tag, given in page.elements if given.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}';" in policy


@settings(deadline=None, max_examples=50)
@given(name=st.sampled_from([EVIL, "a\x1b[2J\u202eb", "<b>", "javascript:alert(1)"]) | st.text(max_size=20))
def test_names_are_text_wherever_they_stand(name: str) -> None:
    subject = Subject(kind=name, name=name)
    finding = Finding(rule=name, title=name, severity=Severity.HIGH, subject=subject, message=name, refs=(name,))
    members = tuple(FleetMember(name=f"{name}{number}", environment=name) for number in range(12))
    different = tuple(FleetValue(value=f"{name}{each.name}", clusters=(each.name,)) for each in members)
    groups = [
        FleetGroup(
            name=name,
            clusters=some,
            compared=1,
            differ=1,
            settings=(FleetSetting(path=name, differs=True, values=different[: len(some)], odd_one_out=name),),
        )
        for some in (members, members[:2])
    ]
    gap = NotAssessed(what=name, where=name, why=name)
    report = Report(
        verdict=judge((finding,), (gap,)),
        findings=(finding,),
        not_assessed=(gap,),
        coverage=Coverage(files=1),
        fleet=tuple(groups),
    )
    plain = Reader(render(report, "html"))
    assert [tag for tag, _ in plain.elements].count("script") == 1
    assert not [tag for tag, _ in plain.elements if tag in ("img", "b>", "object")]


def named(name: str) -> Report:
    """Everything that a stranger's image or Dockerfile names, what is waived of it and what is newer than it."""
    image = ImageCoverage(
        name=name,
        file=name + "/",
        platform=name,
        distro=name,
        layers=1,
        packages=1,
        matched=0,
        exploitability=5,
        points=(Points(what=name, points=5, why=(name,) * 9),),
        trace=Started(
            runs=tuple(Run(path=name, command=(name,), phase=phase, why=name) for phase in ("start", "main")),
            unknown=(name, name),
        ),
        attached=(Attached(kind=name, type=name, digest=name),),
        base=Base(name=name, layers=1, why=name),
        from_base=1,
    )
    package = PackageRef(purl=name, name=name, version=name, path=name, layer=name, from_base=True)
    findings = tuple(
        Finding(
            rule=name,
            title=name,
            severity=Severity.LOW,
            subject=Subject(kind=kind, name=name),
            field=name,
            message=name,
            location=Location(file=name, line=3),
            package=package if kind == "image" else None,
            scored_by=name,
            waived=waived,
        )
        for kind in ("image", "dockerfile")
        for waived in ("", name or "so")
    )
    newer = {"newest": name, "newest_in_line": name, "released": name, "where": name, "withdrawn": name, "path": name}
    return Report(
        verdict=judge(findings, ()),
        findings=findings,
        coverage=Coverage(
            images=(image,),
            dockerfiles=(DockerfileCoverage(file=name, stages=1, instructions=1, passed=0, failed=1, undecided=0),),
        ),
        outdated=(Outdated(image=name, type=name, name=name, installed=name, **newer),),
    )


@settings(deadline=None, max_examples=50)
@given(name=st.sampled_from([EVIL, "a\x1b[2J\u202eb", "<b>", "javascript:alert(1)"]) | st.text(max_size=20))
def test_names_in_images_and_dockerfiles_are_text(name: str) -> None:
    page, plain = (Reader(render(named(each), "html")) for each in (name, "plain"))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in plain.elements}
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [key for _, given in page.elements for key in given if key.startswith("on")]
    assert "\x1b" not in "".join(page.text)


def test_an_image_tells_what_it_gives_what_it_runs_and_what_it_stands_on(estate: Report) -> None:
    text = " ".join(" ".join(Reader(render(estate, "html")).text).split())
    assert "exploitability 35 what adds to it +20 shell /bin/sh (dash) +15 root the image names no user" in text
    assert "/usr/bin/java via /bin/dash" in text
    assert "java -jar <b>" in text
    assert "not followed: /start.sh, line 3: $HOOK is not known" in text
    assert "debian:12 by its labels; 88 of 143 packages came with it" in text
    assert "1 sbom no signature was checked" in text


def test_files_that_were_not_read_are_not_harmless(estate: Report) -> None:
    (image,) = estate.coverage.images
    unread = structs.replace(image, exploitability=None, points=(), trace=None)
    page = render(structs.replace(estate, coverage=structs.replace(estate.coverage, images=(unread,))), "html")
    assert "not known: its files were not read" in page
    assert '<div class="score">' not in page


def test_what_is_waived_is_told_once_with_whose_word_it_is(estate: Report) -> None:
    page = render(estate, "html")
    before, _, waived = page.partition('<section id="waived">')
    assert "CVE-2023-0464" not in before
    assert 'comment in the file</span><span class="title">renewed every night, &lt;b&gt;see ticket 12' in waived
    assert 'VEX statement</span><span class="title">not_affected, says Contoso &lt;security&gt;' in waived
    assert "Dockerfile&lt;img&gt;:7</td>" in waived
    assert '<span class="mono">shop/Dockerfile&lt;img&gt;:1</span>' in before


def test_newer_versions_are_there_where_someone_asked(estate: Report) -> None:
    section = '<section id="outdated">'
    assert section in render(estate, "html")
    assert section not in render(structs.replace(estate, outdated=None), "html")
    assert "Nothing newer was found." in render(structs.replace(estate, outdated=()), "html")


def test_what_is_found_can_be_filtered_by_image_and_by_dockerfile(estate: Report) -> None:
    page = Reader(render(estate, "html"))
    offered = {given["value"] for tag, given in page.elements if tag == "option"}
    assert {"image", "dockerfile"} <= offered
    assert {"image", "dockerfile"} <= {given.get("data-k", "") for _, given in page.elements}


def test_the_matrix_tells_unknown_from_none_and_marks_the_weaker_side(estate: Report) -> None:
    text = render(estate, "html")
    assert '<td class="weak">▼ none</td>' in text
    assert '<td class="dark">not known</td>' in text
    assert '<td class="other">none</td>' in text
    assert "to cilium" in text


def test_many_clusters_are_grouped_by_value() -> None:
    members = tuple(
        FleetMember(name=f"c{number:04}", environment="prod" if number % 3 else "dev") for number in range(1000)
    )
    names = [member.name for member in members]
    settings_ = tuple(
        FleetSetting(
            path=f"network.{number}",
            differs=True,
            values=(
                FleetValue(value="on", clusters=tuple(names[number + 1 :])),
                FleetValue(value="off", clusters=tuple(names[: number + 1]), weaker=True),
            ),
        )
        for number in range(12)
    )
    group = FleetGroup(name="all", clusters=members, compared=33, differ=12, settings=settings_)
    report = Report(verdict=judge((), ()), fleet=(group,))
    text = render(report, "html")
    assert "<b>on</b> 999 <small>666 prod, 333 dev</small>" in text
    assert len(text) < 250_000
    table = render(report, "table")
    assert "network.0: on in 999 clusters (666 prod, 333 dev); off ▼ in c0000" in table
    assert len(table) < 5_000
