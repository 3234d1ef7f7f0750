"""The law of the round trip: an image's SBOM is judged as the image is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Seawall
from .test_check import DJANGO, layout

FORMATS = pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
STATUS = b"""Package: python3-django
Status: install ok installed
Source: python-django (1:2.2.1-1)
Version: 1:2.2.1-1+b1
Architecture: all

Package: libssl3
Status: install ok installed
Source: openssl
Version: 3.0.11-1~deb12u2
Architecture: amd64

"""
OWNED = {
    "usr/lib/python3/dist-packages/Django-2.2.1.egg-info": b"Name: Django\nVersion: 2.2.1\n",
    "var/lib/dpkg/info/python3-django.list": b"/usr/lib/python3/dist-packages/Django-2.2.1.egg-info\n",
}
NPM = {"app/node_modules/@angular/core/package.json": b'{"name": "@angular/core", "version": "1.0.0"}'}
DEBIAN = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status": STATUS, **OWNED, **NPM, **DJANGO}


def judged(seawall: Seawall, *words: object) -> dict[str, Any]:
    done = seawall("scan", *words, "-f", "json", "--as-of", "2026-11-23")
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode in (0, 1), report["verdict"]
    for finding in report["findings"]:
        finding["location"] = None
    return report


def same(seawall: Seawall, folder: Path, image: Path, form: str, *words: object) -> dict[str, Any]:
    sbom = folder / f"out.{form}.json"
    assert seawall("scan", image, *words, "-f", form, "-o", sbom).returncode in (0, 1)
    before, after = judged(seawall, image, *words), judged(seawall, sbom, *words)
    of_files = [each for each in before["findings"] if each["rule"].startswith("IMG-")]
    assert of_files
    assert after["findings"] == [each for each in before["findings"] if each not in of_files]
    assert "tools, rights and secrets in an image" in {each["what"] for each in after["not_assessed"]}
    of_file = [[each | {"image": None} for each in report["packages"]] for report in (after, before)]
    assert of_file[0] == of_file[1], "only the file is another"
    assert [each["matched"] for each in after["coverage"]["images"]] == [
        each["matched"] for each in before["coverage"]["images"]
    ]
    return after


@FORMATS
def test_an_image_of_debian(seawall: Seawall, tmp_path: Path, form: str) -> None:
    report = same(seawall, tmp_path, layout(tmp_path / "image", DEBIAN), form)
    owned = {package["purl"]: package["owner"] for package in report["packages"]}
    assert owned["pkg:pypi/django@2.2.1"] == "python3-django"
    assert "CVE-2019-14234" in {finding["rule"] for finding in report["findings"]}
    (image,) = report["coverage"]["images"]
    assert (image["distro"], image["platform"]) == ("debian 12", "linux/amd64")


@FORMATS
def test_a_real_image_and_a_real_database(seawall: Seawall, shared: Path, tmp_path: Path, form: str) -> None:
    database = tmp_path / "advisories.db"
    assert seawall("update", "--from", shared / "osv", "--ecosystems", "Alpine", "--db", database).returncode == 0
    archive = shared / "packages/images/alpine-310.tar.gz"
    report = same(seawall, tmp_path, archive, form, "--db", database)
    assert len(report["packages"]) == 14
    assert {"CVE-2020-1967"} <= {finding["rule"] for finding in report["findings"]}


def test_what_an_image_left_unread_its_sbom_does_too(seawall: Seawall, tmp_path: Path) -> None:
    image = layout(tmp_path / "image", {**DEBIAN, "app/odd.jar": b"PK\x03\x04 no jar"})
    seawall("scan", image, "-f", "cyclonedx", "-o", "bom.json")
    gaps = [gap for gap in judged(seawall, image)["not_assessed"] if "odd.jar" in gap["where"]]
    assert gaps
    assert gaps == [gap for gap in judged(seawall, "bom.json")["not_assessed"] if "odd.jar" in gap["where"]]


def test_found_in_a_folder_and_a_bad_one_named(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "estate").mkdir()
    seawall("scan", layout(tmp_path / "image", DEBIAN), "-f", "spdx", "-o", "estate/image.spdx.json")
    report = judged(seawall, "estate")
    assert [image["file"] for image in report["coverage"]["images"]] == ["estate/image.spdx.json"]
    (tmp_path / "bom.json").write_text('{"bomFormat": "CycloneDX", "specVersion": "1.9"}')
    (tmp_path / "bom.xml").write_text('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>')
    for name, said in (("bom.json", "CycloneDX 1.9 is not read"), ("bom.xml", "XML")):
        done = seawall("scan", name)
        assert done.returncode == 2
        assert done.stdout.splitlines()[-1].startswith(f"NOT DONE: {name}: ")
        assert said in done.stdout.splitlines()[-1]
