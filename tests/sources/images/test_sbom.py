"""SBOMs of Syft, Trivy and others, in the spellings that those write, as images."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, Malformed, Unsupported
from seawall.model import Coverage, Distro, Image, ImageCoverage, Package, Report, Verdict
from seawall.reports import render
from seawall.sources.images.sbom import is_sbom, open_sbom
from seawall.sources.images.sbom_purl import parse, without


def opened(folder: Path, document: object, name: str = "bom.json") -> Image:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    assert is_sbom(path)
    return open_sbom(path).image


def cdx(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components} | more


def library(purl: str, version: str = "", **properties: str) -> dict[str, Any]:
    told = [{"name": name, "value": value} for name, value in properties.items()]
    component = {"type": "library", "name": purl.partition("@")[0].rpartition("/")[2], "purl": purl}
    return component | ({"version": version} if version else {}) | {"properties": told}


def test_as_syft_writes_cyclonedx(tmp_path: Path) -> None:
    location = {
        "syft:location:0:path": "/var/lib/dpkg/status",
        "syft:location:0:layerID": "sha256:aa",
        "syft:metadata:source": "glibc",
    }
    libc = library(
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&upstream=glibc&distro=debian-12", "2.36-9+deb12u4", **location
    )
    rpm = library("pkg:rpm/redhat/glibc-minimal@2.34-60.el9?epoch=1&upstream=glibc-2.34-60.el9.src.rpm")
    system = {"type": "operating-system", "name": "debian", "version": "12", "purl": ""}
    tools = {"components": [{"type": "application", "name": "syft", "version": "1.18.1"}]}
    root = {"type": "container", "name": "debian:12", "version": "sha256:ff"}
    image = opened(tmp_path, cdx(libc, rpm, libc, system, metadata={"tools": tools, "component": root}))
    first, second = image.packages
    assert (image.name, image.distro) == ("debian:12", Distro(id="debian", version="12"))
    assert (first.name, first.version, first.source, first.source_version) == ("libc6", "2.36-9+deb12u4", "glibc", "")
    assert (first.path, first.layer, first.arch) == ("var/lib/dpkg/status", "sha256:aa", "amd64")
    assert first.purl == "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12"
    assert (second.version, second.source, second.source_version) == ("1:2.34-60.el9", "glibc", "2.34-60.el9")
    assert image.not_assessed == ()


def test_as_trivy_writes_cyclonedx(tmp_path: Path) -> None:
    told = {"SrcName": "gnutls28", "SrcVersion": "3.7.9", "SrcRelease": "2+deb12u1", "SrcEpoch": "1"}
    told |= {"LayerDiffID": "sha256:bb", "PkgType": "debian"}
    properties = {f"aquasecurity:trivy:{name}": value for name, value in told.items()}
    gnutls = library("pkg:deb/debian/libgnutls30@3.7.9-2%2Bdeb12u1?arch=amd64&distro=debian-12.5", **properties)
    system = {"type": "operating-system", "name": "debian", "version": "12.5"}
    lock = {"type": "application", "name": "app/package-lock.json"}
    tools = {"components": [{"type": "application", "group": "aquasecurity", "name": "trivy"}]}
    image = opened(tmp_path, cdx(system, gnutls, lock, metadata={"tools": tools}))
    (package,) = image.packages
    assert (package.source, package.source_version, package.layer) == ("gnutls28", "1:3.7.9-2+deb12u1", "sha256:bb")
    assert image.not_assessed == ()


def test_as_both_write_spdx(tmp_path: Path) -> None:
    def package(name: str, purl: str, version: str, **more: Any) -> dict[str, Any]:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        return {"SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": version, "externalRefs": [reference]} | more

    syft = "acquired package info from APK DB: /lib/apk/db/installed"
    musl = package("musl", "pkg:apk/alpine/musl@1.1.22-r3?distro=alpine-3.10.4", "1.1.22-r3", sourceInfo=syft)
    trivy = "built package from: openssl 1.1.1d-r2"
    layer = {"comment": "LayerDiffID: sha256:cc", "annotator": "Tool: trivy"}
    ssl = package("libssl1.1", "pkg:apk/alpine/libssl1.1@1.1.1d-r2?distro=3.10.4", "1.1.1d-r2", sourceInfo=trivy)
    document = {
        "spdxVersion": "SPDX-2.3",
        "name": "alpine",
        "creationInfo": {"creators": ["Tool: trivy-0.59.0"]},
        "packages": [{"SPDXID": "SPDXRef-root", "name": "alpine:3.10"}, musl, ssl | {"annotations": [layer]}],
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": "SPDXRef-root",
            }
        ],
    }
    image = opened(tmp_path, document)
    first, second = image.packages
    assert (image.name, image.distro) == ("alpine:3.10", Distro(id="alpine", version="3.10.4"))
    assert (first.path, first.source) == ("lib/apk/db/installed", "")
    assert (second.source, second.source_version, second.layer) == ("openssl", "1.1.1d-r2", "sha256:cc")
    assert image.not_assessed == ()


def test_what_a_foreign_sbom_lacks_is_reported(tmp_path: Path) -> None:
    image = opened(
        tmp_path,
        cdx(
            library("pkg:deb/debian/openssl@3.0.11-1"),
            library("pkg:pypi/django@2.2"),
            library("pkg:pypi/flask"),
            {"type": "library", "name": "left-pad", "version": "1.0"},
            {"type": "framework", "name": "spring", "version": "5", "components": [library("not a purl")]},
        ),
    )
    assert [package.name for package in image.packages] == ["openssl", "django"]
    assert {gap.what: gap.why.partition(",")[0] for gap in image.not_assessed} == {
        "distro of 1 packages": "the SBOM does not say which distro they are of",
        "source packages of 1 packages": "the SBOM names no source packages",
        "owners of 1 language packages": "the SBOM does not say which of them the distro brought and patches; all "
        "were judged as not its own",
        "components of the SBOM (1)": "it does not say their versions",
        "components of the SBOM (3)": "it gives no package URL for them that can be read",
    }
    empty = opened(tmp_path, cdx())
    assert [gap.why for gap in empty.not_assessed] == ["the SBOM lists none"]


BAD = {
    "1.9.json": (json.dumps(cdx(specVersion="1.9")), Unsupported, "CycloneDX 1.9"),
    "spdx3.json": ('{"spdxVersion": "SPDX-3.0", "packages": []}', Unsupported, "SPDX-3.0"),
    "short.json": (json.dumps(cdx())[:-5], Malformed, "JSON"),
    "shape.json": (json.dumps(cdx() | {"components": 3}), Malformed, "components"),
    "list.json": (json.dumps([cdx()]), Malformed, "neither"),
    "bom.xml": ('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>', Unsupported, "XML"),
    "tags.spdx": ("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n", Unsupported, "tag-value"),
    "two.json": (
        json.dumps(cdx(*({"type": "operating-system", "name": name, "version": "1"} for name in ("alpine", "debian")))),
        Unsupported,
        "several operating systems",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_one_is_one_clear_message(tmp_path: Path, name: str) -> None:
    text, error, said = BAD[name]
    with pytest.raises(error, match=said) as caught:
        opened(tmp_path, text, name)
    assert caught.value.where.endswith(name)


def test_cut_anywhere_it_is_an_error(tmp_path: Path) -> None:
    whole = json.dumps(cdx(library("pkg:pypi/django@2.2")))
    for end in range(40, len(whole)):
        (tmp_path / "cut.json").write_text(whole[:end])
        with pytest.raises(InputError):
            open_sbom(tmp_path / "cut.json")


def test_purls_keep_the_case_of_their_parts() -> None:
    go = parse("pkg:golang/github.com/Masterminds/sprig/v3@v3.2.2%2Bincompatible?type=module#sub/path")
    assert go is not None
    assert (go.namespace, go.name, go.version) == ("github.com/Masterminds/sprig", "v3", "v3.2.2+incompatible")
    for scope in ("@babel", "%40babel"):
        npm = parse(f"pkg:npm/{scope}/core@7.0.0")
        assert npm is not None
        assert (npm.namespace, npm.name, npm.version) == ("@babel", "core", "7.0.0")
    assert without("pkg:deb/d/x@1?upstream=y&arch=a", "upstream") == "pkg:deb/d/x@1?arch=a"
    assert without("pkg:deb/d/x@1?upstream=y", "upstream") == "pkg:deb/d/x@1"


@given(st.text(st.sampled_from("pkg:/@?&=#%4é0deb")) | st.text().map("pkg:".__add__))
def test_no_purl_raises(text: str) -> None:
    purl = parse(text)
    assert purl is None or purl.name


words = st.text(st.sampled_from("aZ9.-_+~:@ é"), min_size=1, max_size=8).filter(lambda word: word == word.strip())
packages = st.builds(
    Package,
    type=st.sampled_from(["deb", "apk", "pypi", "npm", "maven", "golang", "cargo"]),
    namespace=st.just("") | st.sampled_from(["github.com/Masterminds", "@babel", "org.apache"]),
    name=words,
    version=words,
    arch=st.just(""),
    path=st.just("") | words,
    layer=st.just("") | words,
    owner=st.just("") | words,
    origin=st.just("") | words,
)


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
@given(package=packages, source=st.none() | st.tuples(words.filter(lambda word: "@" not in word), words))
def test_a_package_comes_back_as_it_went_out(form: str, package: Package, source: tuple[str, str] | None) -> None:
    named = f"{package.namespace}/{package.name}" if package.namespace else package.name
    parts = [quote(part, safe="") for part in named.split("/")]
    more = {"purl": f"pkg:{package.type}/{'/'.join(parts)}@{quote(package.version, safe='')}"}
    if source and package.type in ("deb", "apk"):
        more |= {"source": source[0], "source_version": source[1]}
    package = msgspec.structs.replace(package, **more)
    report = Report(verdict=Verdict(passed=True, exit_code=0), packages=(package,))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.json"
        path.write_text(render(report, form))
        (back,) = open_sbom(path).image.packages
    assert back == package


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_as_powershell_writes_it(encoding: str, tmp_path: Path) -> None:
    component = {"type": "library", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.7", "version": 1, "components": [component]}
    path = tmp_path / "bom.json"
    path.write_bytes(("\ufeff" + json.dumps(document)).encode(encoding))
    assert is_sbom(path)
    assert [package.purl for package in open_sbom(path).image.packages] == ["pkg:npm/lodash@4.17.20"]


def test_spdx_3_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "spdx3.json"
    path.write_text('{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}')
    assert is_sbom(path)
    with pytest.raises(Unsupported, match="SPDX 3 is not read") as caught:
        open_sbom(path)
    assert "2.3" in caught.value.hint


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_an_sbom_of_several_images_is_said_to_be_read_as_one(tmp_path: Path, form: str) -> None:
    def image(name: str) -> ImageCoverage:
        return ImageCoverage(
            id=name, name=name, file="", platform="linux/amd64", distro="debian 12", layers=1, packages=0, matched=0
        )

    verdict = Verdict(passed=True, exit_code=0)
    for names, told in ((("a",), False), (("a", "b"), True)):
        report = Report(verdict=verdict, coverage=Coverage(images=tuple(map(image, names))))
        read = opened(tmp_path, render(report, form))
        assert ("which image a package is in" in {gap.what for gap in read.not_assessed}) is told
