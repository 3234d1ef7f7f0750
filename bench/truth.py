"""Who finds what the package managers say is there: recall and precision by ecosystem, for Seawall and its peers.

Each reads the same OCI layouts and writes CycloneDX; packages are told apart by type, name and version in their purl.
Only the types are counted that the image's package managers were asked about.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from corpus.images import Image
from packageurl import PackageURL

SHOWN = 12
"""Packages that are named in the list of what was missed, or was too much, by ecosystem."""

WHY = {
    "html5lib": "bleach carries a copy with its metadata in its `_vendor`, where `pip list` does not look",
    "Gradle": "three gradle-wrapper.jar say only this of themselves, and no group",
    "annotations": "no pom and no vendor in the jar, and three groups have one of this name: listed without group",
    "shims": "no pom and no vendor in the jar, and the name is anybody's: listed without group",
    "org.ow2.asm": "in the fat jar of Zipkin as this file, though the pom that Maven reads does not name it",
    "com.typesafe:config": "in the fat jar of Zipkin as this file, though the pom that Maven reads does not name it",
    "com.linecorp.armeria": "in the fat jar of Zipkin as this file, though the pom that Maven reads does not name it",
    "org.apache.thrift": "in the fat jar of Zipkin as this file, though the pom that Maven reads does not name it",
    "org.springframework.boot:spring-boot-jarmode-tools": "the plugin of Spring Boot adds it to every fat jar",
}
"""Known differences, by name or its beginning."""

Packages = set[tuple[str, str]]


class Score(NamedTuple):
    """What one tool found of an ecosystem. `missed` and `extra` are name and version."""

    who: str
    kind: str
    expected: int
    found: int
    missed: list[tuple[str, str]]
    extra: list[tuple[str, str]]

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return 1 - len(self.extra) / self.found if self.found else 1.0


def scores(images: list[Image], tools: dict[str, Callable[[Path], bytes]]) -> list[Score]:
    """Every tool on every image, summed up by ecosystem."""
    found: dict[tuple[str, str], list[int]] = {}
    missed: dict[tuple[str, str], list[tuple[str, str]]] = {}
    extra: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for image in images:
        for who, scan in tools.items():
            listed = listing(scan(image.path))
            for kind, packages in image.truth.items():
                expected = {_key(kind, name, version) for name, version in packages}
                got, place = listed.get(kind, set()), (kind, who)
                figures = found.setdefault(place, [0, 0])
                figures[0] += len(expected)
                figures[1] += len(got)
                missed.setdefault(place, []).extend(sorted(expected - got))
                extra.setdefault(place, []).extend(sorted(got - expected))
    return [
        Score(who, kind, expected, got, missed[kind, who], extra[kind, who])
        for (kind, who), (expected, got) in sorted(found.items(), key=lambda item: item[0][0])
    ]


def listing(document: bytes) -> dict[str, Packages]:
    """The packages of a CycloneDX document by their type."""
    found: dict[str, Packages] = {}
    for component in json.loads(document).get("components", ()):
        if purl := component.get("purl"):
            parsed = PackageURL.from_string(purl)
            name = parsed.name
            if parsed.namespace and parsed.type in ("npm", "maven", "golang"):
                name = f"{parsed.namespace}{':' if parsed.type == 'maven' else '/'}{parsed.name}"
            version, qualifiers = parsed.version or "", parsed.qualifiers
            epoch = qualifiers.get("epoch") if isinstance(qualifiers, dict) else None
            if epoch and ":" not in version:  # as Trivy writes it
                version = f"{epoch}:{version}"
            found.setdefault(parsed.type, set()).add(_key(parsed.type, name, version))
    return found


def _key(kind: str, name: str, version: str) -> tuple[str, str]:
    if kind == "pypi":
        name = name.replace("_", "-").replace(".", "-").lower()
    if kind == "golang":
        name, version = name.lower(), version.removeprefix("v")
    return name, version


def tools(
    work: Path, seawall: tuple[str, ...], peer: Callable[[str], str | None]
) -> dict[str, Callable[[Path], bytes]]:
    """Those that are installed, by name: each from an OCI layout to CycloneDX."""

    def run(*words: str | Path) -> bytes:
        done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{words}: exit {done.returncode}")
        return done.stdout

    ready: dict[str, Callable[[Path], bytes]] = {
        "Seawall": lambda image: run(
            *seawall, "scan", image, "--format", "cyclonedx", "--quiet", "--no-cache", "--db", work / "none.db"
        )
    }
    if syft := peer("syft"):
        ready["Syft"] = lambda image: run(syft, "scan", "-q", f"oci-dir:{image}", "-o", "cyclonedx-json")
    if trivy := peer("trivy"):
        flags = ("--quiet", "--offline-scan", "--skip-db-update", "--skip-java-db-update", "--format", "cyclonedx")
        cache = ("--cache-dir", work / "trivy-cache")
        ready["Trivy"] = lambda image: run(trivy, "image", *flags, *cache, "--input", image)
    return ready


def table(found: list[Score]) -> Iterator[str]:
    """Markdown: the figures, then what we missed and what was too much."""
    yield "| ecosystem | who | packages | found | recall | precision |"
    yield "|---|---|--:|--:|--:|--:|"
    for each in found:
        yield (
            f"| {each.kind} | {each.who} | {each.expected:,} | {each.found:,} "
            f"| {each.recall:.3f} | {each.precision:.3f} |"
        )
    yield ""
    for each in found:
        if each.who == "Seawall":
            for what, packages in (("missed", each.missed), ("beside the truth", each.extra)):
                if packages:
                    yield f"- {each.kind}, {what}: {_named(packages)}"
    yield ""
    seen = {name for each in found if each.who == "Seawall" for name, _ in (*each.missed, *each.extra)}
    for key, why in WHY.items():
        if any(name.rpartition(":")[2] == key or f"{name}:".startswith(f"{key}:") for name in seen):
            yield f"- Why {key}: {why}."
    yield ""


def _named(packages: list[tuple[str, str]]) -> str:
    counted = Counter(f"{name} {version}" for name, version in packages)
    names = ", ".join(f"{name} ({count}×)" if count > 1 else name for name, count in sorted(counted.items())[:SHOWN])
    return f"{names}, and {len(counted) - SHOWN} more" if len(counted) > SHOWN else names


def show_all(found: list[Score], who: str = "Seawall") -> None:
    """Everything that differs, on stderr: for whoever mends a cataloger."""
    if os.environ.get("BENCH_VERBOSE"):
        for each in found:
            if each.who == who:
                print(each.kind, "missed", each.missed, "extra", each.extra, sep="\n  ", file=sys.stderr)
