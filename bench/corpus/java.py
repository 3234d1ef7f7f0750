"""Jars by Maven: plain ones, shaded ones, a Spring Boot application and a war with jars inside.

The truth of a jar is what Maven resolved it as, and every `pom.properties` in it: those of what was shaded into it.
A jar inside another is told by its name, as Maven resolves the project that the outer one was built from.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from corpus.layer import Truth, run

PLAIN = (
    "org.apache.spark:spark-sql_2.12:3.5.1",
    "org.springframework.boot:spring-boot-starter-web:3.2.4",
    "org.hibernate.orm:hibernate-core:6.4.4.Final",
    "org.apache.kafka:kafka-clients:3.7.0",
    "com.google.cloud:google-cloud-storage:2.36.1",
    "org.apache.logging.log4j:log4j-core:2.23.1",
    "org.apache.struts:struts2-core:6.3.0.2",
    "software.amazon.awssdk:s3:2.25.15",
    "org.elasticsearch.client:elasticsearch-rest-high-level-client:7.17.19",
)
NESTED = ("io.zipkin:zipkin-server:3.4.4:jar:exec", "org.apache.activemq:activemq-web-console:5.18.3:war:")
SHADED = ("io.swagger:swagger-codegen-cli:2.4.39", "org.apache.hive:hive-exec:3.1.3")
DEPENDENCY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
LISTED = re.compile(r"^\s+([\w.-]+):([\w.-]+):(\w+):(?:([\w.-]+):)?([^:\s]+):\w+", re.MULTILINE)


def java(root: Path, work: Path) -> Truth:
    """The jars of an application, and three that hold others."""
    lib, apps = root / "opt/app/lib", root / "opt/apps"
    names = _resolve(work, [(each, "") for each in PLAIN], copy_to=lib)
    names |= _resolve(work, [(each, _without("*", "*")) for each in (*SHADED, *NESTED)], copy_to=apps)
    for each in NESTED:
        names |= _of_project(work, each)
    found: set[tuple[str, str]] = set()
    for path in sorted(root.rglob("*.?ar")):
        _read(path.name, path.read_bytes(), names, found)
    return {"maven": sorted(found)}


def _resolve(work: Path, wanted: list[tuple[str, str]], copy_to: Path | None = None) -> dict[str, tuple[str, str]]:
    """Coordinates by the file's name, of what is wanted and what it needs; `copy_to` gets the files."""
    listing = work / "listing"
    pom = work / "pom.xml"
    pom.write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId>"
        f"<version>1</version><dependencies>{''.join(_dependency(*each) for each in wanted)}</dependencies></project>"
    )
    maven = ("mvn", "--quiet", "--batch-mode", "--file", pom)
    run(*maven, f"{DEPENDENCY}:list", f"-DoutputFile={listing}", "-DincludeScope=runtime", cwd=work)
    if copy_to:
        run(
            *maven,
            f"{DEPENDENCY}:copy-dependencies",
            f"-DoutputDirectory={copy_to}",
            "-DincludeScope=runtime",
            cwd=work,
        )
    return _listed(listing)


def _of_project(work: Path, coordinates: str) -> dict[str, tuple[str, str]]:
    """Coordinates by the file's name of what a published project needs, as its own build resolves them."""
    group, artifact, version, *_ = coordinates.split(":")
    maven = ("mvn", "--quiet", "--batch-mode")
    run(
        *maven,
        f"{DEPENDENCY}:copy",
        f"-Dartifact={group}:{artifact}:{version}:pom",
        f"-DoutputDirectory={work}",
        cwd=work,
    )
    listing = work / f"{artifact}.listing"
    run(
        *maven,
        "--file",
        work / f"{artifact}-{version}.pom",
        f"{DEPENDENCY}:collect",
        f"-DoutputFile={listing}",
        cwd=work,
    )
    return _listed(listing)


def _listed(listing: Path) -> dict[str, tuple[str, str]]:
    return {
        f"{artifact}-{version}{f'-{classifier}' if classifier else ''}.{kind}": (f"{group}:{artifact}", version)
        for group, artifact, kind, classifier, version in LISTED.findall(listing.read_text())
    }


def _without(group: str, artifact: str) -> str:
    what = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
    return f"<exclusions><exclusion>{what}</exclusion></exclusions>"


def _dependency(coordinates: str, more: str) -> str:
    group, artifact, version, *rest = coordinates.split(":")
    kind = f"<type>{rest[0]}</type>" if rest else ""
    classifier = f"<classifier>{rest[1]}</classifier>" if rest[1:] and rest[1] else ""
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
        f"{kind}{classifier}{more}</dependency>"
    )


def _by_artifact(name: str, names: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """For a jar that was packed in another version than the project's pom has now: by its artifact."""
    known = {coordinates.partition(":")[2]: coordinates for coordinates, _ in names.values()}
    stem = name.rpartition(".")[0]
    artifact = max((each for each in known if re.match(re.escape(each) + r"-\d", stem)), key=len, default="")
    return (known[artifact], stem[len(artifact) + 1 :]) if artifact else None


def _read(name: str, content: bytes, names: dict[str, tuple[str, str]], found: set[tuple[str, str]]) -> None:
    if named := names.get(name) or _by_artifact(name, names):
        found.add(named)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            if member.startswith("META-INF/maven/") and member.endswith("/pom.properties"):
                lines = archive.read(member).decode("utf-8", "replace").splitlines()
                fields = dict(line.split("=", 1) for line in lines if "=" in line)
                told = {key.strip(): value.strip() for key, value in fields.items()}
                if told.keys() >= {"groupId", "artifactId", "version"}:
                    found.add((f"{told['groupId']}:{told['artifactId']}", told["version"]))
            elif re.search(r"\.[jw]ar$", member):
                _read(member.rpartition("/")[2], archive.read(member), names, found)
