"""What one Java archive is: its Maven coordinates, from what it holds and how it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from seawall.catalogers.jar_groups import TOMCAT, group_of

PROPERTY = re.compile(r"^[ \t]*(groupId|artifactId|version)[ \t]*[=:][ \t]*([\w.+~-]+)[ \t\r]*$", re.MULTILINE)
POM = re.compile(r"(?:.*/)?META-INF/maven/([^/]+)/([^/]+)/pom\.(?:properties|xml)", re.DOTALL)
ATTRIBUTE = re.compile(r"^([\w-]+):(.*)", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z][\w-]*")
VERSION = re.compile(r"\d[\w.+~-]*")
GROUP = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)+")
MODULE = re.compile(r"(?P<group>[a-z][\w.-]*)#(?P<artifact>[\w.-]+);.*")
"""The title as the plugins that Netflix made for Gradle write it."""

SCALA = re.compile(r"_(?:2\.1\d|3)$")
"""The release of Scala that an artifact is built for, which sbt puts at its end and not in the title."""

FILE_NAME = re.compile(
    r"""(?P<artifact>[A-Za-z].*?)
    -(?P<version>\d[^-]*                                # up to the next dash, then only what goes on with a version
        (?:-(?:\d[^-]*|(?:alpha|android|atlassian|b|beta|build|cr|final|ga|incubating|jre|m|milestone|pre|rc|redhat
            |release|rev|snapshot|sp)[\d.]*(?=-|$)))*)
    (?:-[A-Za-z][^-]*)*                                 # a classifier, which is no part of the version""",
    re.VERBOSE | re.IGNORECASE,
)
BUNDLE_NAME = re.compile(r"(?P<artifact>[A-Za-z][\w.-]*)_(?P<version>\d+\.[\w.-]+)")


class Identity(msgspec.Struct, frozen=True):
    """Maven coordinates; `group` or `version` are "" where nothing tells them."""

    group: str
    artifact: str
    version: str


def from_pom(name: str, properties: str) -> Identity:
    """The coordinates in a pom.properties, completed from the folders that Maven puts it in."""
    fields: dict[str, str] = dict(PROPERTY.findall(properties))
    folders = POM.fullmatch(name)
    group, artifact = folders.groups() if folders else ("", "")
    return Identity(fields.get("groupId", group), fields.get("artifactId", artifact), fields.get("version", ""))


def manifest_of(said: str) -> dict[str, str]:
    """The main attributes of a manifest; a line that begins with a blank goes on with the one before."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "")
    main = lines.lstrip("\n").partition("\n\n")[0]
    return {key: value.strip() for key, value in ATTRIBUTE.findall(main)}


def from_file_name(stem: str) -> tuple[str, str]:
    """Artifact and version of `artifact-1.2.3[-classifier]` or of the bundle `org.name_1.2.3`, or two empty strings."""
    if len(stem) > 255:
        return "", ""
    match = FILE_NAME.fullmatch(stem) or BUNDLE_NAME.fullmatch(stem)
    return (match["artifact"], match["version"]) if match else ("", "")


def identify(stem: str, manifest: Mapping[str, str]) -> Identity | None:
    """The coordinates of an archive without a pom of its own, None where nothing tells them.

    Artifact and version are those of the file name, which Maven and Gradle make of the coordinates. The manifest is
    written by hand and worse: that of commons-beanutils 1.7.0 says 1.6, dom4j 1.1 says 1.2. Only where the name has
    no version does it count: Implementation-Version, else Bundle-Version, with the Implementation-Title if that can
    be an artifact, else the file's name, unless Bundle-SymbolicName or Automatic-Module-Name know another.
    The group is that of a well-known artifact, else the title's, where that is `group#artifact;version`, else
    Implementation-Vendor-Id, which is one only where the title is the artifact too, as Maven and sbt write them. A
    symbolic name is never split: com.google.gson is not the group's.
    """
    title = manifest.get("Implementation-Title", "")
    artifact, version = from_file_name(stem)
    if not version:
        stated = (manifest.get(key, "") for key in ("Implementation-Version", "Bundle-Version"))
        version = next(filter(VERSION.fullmatch, stated), "")
        symbolic = manifest.get("Bundle-SymbolicName", manifest.get("Automatic-Module-Name", "")).partition(";")[0]
        artifact = title if PLAIN.fullmatch(title) else stem if stem in symbolic else symbolic or stem
    if title == "Apache Tomcat":
        artifact = TOMCAT.get(artifact, artifact)
    group = group_of(artifact, version) or _stated_group(artifact, title, manifest)
    return Identity(group, artifact, version) if artifact and version else None


def _stated_group(artifact: str, title: str, manifest: Mapping[str, str]) -> str:
    """The group as the manifest has it; "" where it speaks of another artifact or has none."""
    module = MODULE.fullmatch(title)
    if module:
        return module["group"] if f"{artifact}-".startswith(f"{module['artifact']}-") else ""
    vendor = manifest.get("Implementation-Vendor-Id", "")
    same = title.lower() in (artifact.lower(), SCALA.sub("", artifact).lower())
    return vendor if same and GROUP.fullmatch(vendor) else ""
