"""The main job on the example estate, and on what is not as it should be."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from .conftest import ROOT, Seawall

CONTOSO = ROOT / "examples/contoso"
GOLDEN = ROOT / "tests/golden"


def test_the_example_estate_as_people_see_it(seawall: Seawall) -> None:
    text = seawall("audit", "examples/contoso/clusters", "--as-of", "2026-11-23", cwd=ROOT).stdout
    golden = GOLDEN / "contoso.table"
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_production_is_weaker_than_staging_in_two_settings(seawall: Seawall) -> None:
    report = json.loads(seawall("audit", CONTOSO / "clusters", "-f", "json", "--as-of", "2026-11-23").stdout)
    weaker = {
        finding["field"]
        for finding in report["findings"]
        if finding["rule"] == "AKS-FLT-002" and finding["status"] == "fail"
    }
    assert weaker == {"access.local_accounts_disabled", "network.policy"}
    (policy,) = (f for f in report["findings"] if f["field"] == "network.policy" and f["subject"]["kind"] == "cluster")
    assert policy["change"]["cost"] == "reimage"
    assert policy["change"]["command"].startswith("az aks update -g contoso-prod -n shop-prod ")
    line = (CONTOSO / "clusters/prod.json").read_text().splitlines()[policy["location"]["line"] - 1]
    assert '"networkPolicy": "none"' in line


def layout(folder: Path, files: dict[str, bytes], *, packed: bool = True) -> Path:
    """An OCI layout of one layer."""
    import hashlib

    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(content: bytes) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}

    layer = blob(gzip.compress(plain.getvalue()) if packed else plain.getvalue())
    layer["mediaType"] = "application/vnd.oci.image.layer.v1.tar" + ("+gzip" if packed else "")
    diff = f"sha256:{hashlib.sha256(plain.getvalue()).hexdigest()}"
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [diff]}}
    document = {"schemaVersion": 2, "config": blob(json.dumps(config).encode()), "layers": [layer]}
    document["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json"
    manifest = blob(json.dumps(document).encode()) | {"mediaType": "application/vnd.oci.image.manifest.v1+json"}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


DJANGO = {"usr/lib/python3/site-packages/Django-2.2.dist-info/METADATA": b"Name: Django\nVersion: 2.2\n"}


def test_an_estate_of_clusters_and_images(seawall: Seawall, tmp_path: Path) -> None:
    shutil.copytree(CONTOSO / "clusters", tmp_path / "estate/clusters")
    layout(tmp_path / "estate/images/shop", DJANGO)
    (tmp_path / "estate/Dockerfile").write_text("FROM scratch\n")
    done = seawall("check", "estate", "-f", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    rules = {finding["rule"] for finding in report["findings"]}
    assert {"AKS-NET-003", "CVE-2019-14234"} <= rules
    (django,) = report["packages"]
    assert (django["purl"], django["layer"][:7]) == ("pkg:pypi/django@2.2", "sha256:")
    gaps = {(gap["what"], gap["where"]) for gap in report["not_assessed"]}
    assert [each["file"] for each in report["coverage"]["dockerfiles"]] == ["estate/Dockerfile"]
    assert any(what == "advisory database" for what, _ in gaps)
    assert report["coverage"]["files"] == 5
    only = json.loads(seawall("scan", "estate", "-f", "json").stdout)
    assert {finding["subject"]["kind"] for finding in only["findings"]} == {"image", "dockerfile"}


def test_two_clusters_of_one_name_are_told_apart(seawall: Seawall, tmp_path: Path) -> None:
    prod = json.loads((CONTOSO / "clusters/prod.json").read_text())
    other = prod | {"resourceGroup": "other", "id": prod["id"].replace("contoso-prod", "other")}
    (tmp_path / "both.json").write_text(json.dumps([prod, other]))
    report = json.loads(seawall("audit", "both.json", "-f", "json").stdout)
    ids = [finding["id"] for finding in report["findings"]]
    assert len(ids) == len(set(ids))
    names = {finding["subject"]["name"] for finding in report["findings"] if finding["subject"]["kind"] == "cluster"}
    assert names == {"contoso-prod/shop-prod", "other/shop-prod"}


BAD = {
    "truncated.json": (CONTOSO / "clusters/prod.json").read_bytes()[:900],
    "list.json": b"[1, 2, 3]",
    "deep.json": b"[" * 100_000,
    "utf16-garbage.json": b"\xff\xfe\x00\xd8",
    "empty.json": b"",
    "truncated.tar": b"",
    "empty.tar": b"",
    "not-an-image.tar.gz": gzip.compress(b"hello"),
    "odd.bin": os.urandom(1000),
}


@pytest.mark.parametrize("name", BAD)
def test_a_named_input_of_no_use_is_one_clear_message(seawall: Seawall, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    done = seawall("check", name)
    assert done.returncode == 2
    last = done.stdout.splitlines()[-1]
    assert last.startswith("NOT DONE: ")
    assert name in last


def test_what_is_named_and_missing(seawall: Seawall) -> None:
    done = seawall("check", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stdout.splitlines()[-1]


def test_one_bad_input_does_not_lose_the_others(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(BAD["truncated.json"])
    done = seawall("audit", CONTOSO / "clusters/prod.json", "broken.json", "-f", "json")
    report = json.loads(done.stdout)
    assert done.returncode == report["verdict"]["exit_code"] == 2
    assert any(finding["rule"] == "AKS-NET-003" for finding in report["findings"])


def test_a_broken_file_in_a_folder_is_not_assessed(seawall: Seawall, tmp_path: Path) -> None:
    shutil.copy(CONTOSO / "clusters/staging.json", tmp_path)
    (tmp_path / "broken.json").write_bytes(BAD["truncated.json"])
    done = seawall("check", ".", "-f", "json", "--as-of", "2026-11-23")
    assert done.returncode == 0
    (gap,) = (gap for gap in json.loads(done.stdout)["not_assessed"] if "broken.json" in gap["where"])
    assert "JSON" in gap["why"]
    assert seawall("check", ".", "--fail-on-unknown").returncode == 1


def test_a_folder_with_nothing_in_it_is_no_pass(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert seawall("check", "empty").returncode == 2


def test_an_image_cut_short_at_many_places(seawall: Seawall, tmp_path: Path) -> None:
    whole = layout(tmp_path / "image", DJANGO | {"big": os.urandom(50_000)})
    for number, blob in enumerate(sorted((whole / "blobs/sha256").iterdir())):
        broken = tmp_path / f"broken{number}"
        shutil.copytree(whole, broken)
        content = blob.read_bytes()
        (broken / "blobs/sha256" / blob.name).write_bytes(content[: len(content) // 2])
        done = seawall("scan", broken)
        assert done.returncode == 2
        assert done.stdout.splitlines()[-1].startswith("NOT DONE: ")


def test_a_gzip_bomb_is_stopped(seawall: Seawall, tmp_path: Path) -> None:
    image = layout(tmp_path / "bomb", {"zeros": bytes(300 << 20)})
    done = seawall("scan", image)
    assert done.returncode == 2
    assert "compression_ratio" in done.stdout
    assert "--limit compression_ratio=" in done.stdout


def test_what_may_not_be_read_is_not_assessed(seawall: Seawall, tmp_path: Path) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root reads everything, and no `setpriv` is here to take that right away")
    lesser = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    estate = tmp_path / "estate"
    shutil.copytree(CONTOSO / "clusters", estate)
    (estate / "closed").mkdir()
    (estate / "closed/x.json").write_text("{}")
    for name in ("image.tar", "odd.bin", "prod.json", "sbom.xml"):
        (estate / name).touch()
        (estate / name).chmod(0)
    (estate / "closed").chmod(0)
    report = json.loads(seawall("check", "estate", "-f", "json", by=lesser).stdout)
    gaps = {Path(gap["where"]).name for gap in report["not_assessed"] if gap["why"].startswith("permission denied")}
    assert gaps == {"closed", "image.tar", "odd.bin", "prod.json", "sbom.xml"}
    for name in ("closed", "closed/x.json", "image.tar", "prod.json"):
        done = seawall("check", f"estate/{name}", by=lesser)
        assert done.returncode == 2
        assert f"estate/{name}: permission denied" in done.stdout.splitlines()[-1]
    only = json.loads(seawall("scan", "estate", "-f", "json", by=lesser).stdout)
    assert "image.tar" in {Path(gap["where"]).name for gap in only["not_assessed"]}


def test_an_archive_that_is_no_image_is_told(seawall: Seawall, tmp_path: Path) -> None:
    shutil.copy(CONTOSO / "clusters/staging.json", tmp_path)
    (tmp_path / "shop.tar.xz").write_bytes(b"\xfd7zXZ\0" + bytes(50))
    (tmp_path / "cut.tar.gz").write_bytes(gzip.compress(os.urandom(5000))[:2000])
    report = json.loads(seawall("check", ".", "-f", "json").stdout)
    told = {gap["where"] for gap in report["not_assessed"] if "no image is recognised" in gap["why"]}
    assert told == {"shop.tar.xz", "cut.tar.gz"}


def test_links_out_of_the_folder_are_not_followed(seawall: Seawall, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    estate.mkdir()
    shutil.copy(CONTOSO / "clusters/staging.json", estate)
    (estate / "out.json").symlink_to(CONTOSO / "clusters/prod.json")
    (estate / "loop").symlink_to(estate)
    report = json.loads(seawall("check", estate, "-f", "json").stdout)
    assert [cluster["name"] for cluster in report["coverage"]["clusters"]] == ["shop-staging"]
    assert any("out.json" in gap["where"] for gap in report["not_assessed"])
