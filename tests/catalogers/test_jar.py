"""Java archives: recorded ones, made ones, and those of this machine's Maven repository."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.catalogers import Record, catalog
from seawall.catalogers.jar_groups import GROUPS, OLDER, group_of
from seawall.catalogers.jar_identity import from_file_name, manifest_of
from seawall.model import NotAssessed, Package
from seawall.safe.limits import DEFAULT, Limits

REPOSITORY = Path.home() / ".m2/repository"
LOOKUP = "org/apache/logging/log4j/core/lookup/JndiLookup.class"
NOTHING_TELLS = "neither a pom.properties nor its manifest nor its name tells what this archive is"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pom(group: str, artifact: str, version: str) -> dict[str, str]:
    content = f"#Generated\ngroupId={group}\nartifactId={artifact}\nversion={version}\n"
    return {f"META-INF/maven/{group}/{artifact}/pom.properties": content}


def manifest(**attributes: str) -> dict[str, str]:
    lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in attributes.items())
    return {"META-INF/MANIFEST.MF": f"Manifest-Version: 1.0\r\n{lines}\r\n"}


def found(records: tuple[Record, ...]) -> list[str]:
    """`group:artifact:version` of packages, with the place inside the file where there is one."""
    packages = [record for record in records if isinstance(record, Package)]
    return [":".join((p.namespace, p.name, p.version)) + "".join(p.path.partition("!/")[1:]) for p in packages]


def told(records: tuple[Record, ...]) -> list[str]:
    return [record.what for record in records if isinstance(record, NotAssessed)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("simple.jar", ["com.some.package:package-name:1.2.3"]),
        (
            "complex.jar",
            [
                "com.some.package:package-name:1.2.3",
                "com.some.anotherpackage:another-package-name:3.2.1!/BOOT-INF/lib/inner.jar",
            ],
        ),
        ("nested_at_10.jar", ["com.some.package:package-name:1.2.3" + "!/nested.jar" * 9]),
        ("pom_missing_group_id.jar", [":package-name:1.2.3"]),
        ("no_pom_properties-2.4.0.jar", [":no_pom_properties:2.4.0"]),
        ("com.google.src.yolo-0.1.2.jar", [":com.google.src.yolo:0.1.2"]),
        ("empty.jar", []),
        ("invalid_jar.jar", []),
        ("nested_at_100.jar", []),
    ],
)
def test_recorded_jars(recorded: Path, name: str, expected: list[str]) -> None:
    records = catalog(f"app/{name}", (recorded / "jar" / name).read_bytes())
    assert found(records) == expected
    assert told(records) == ([] if expected else ["packages in this file"])


def test_nesting_is_bounded_where_the_user_says(recorded: Path) -> None:
    content = (recorded / "jar/nested_at_100.jar").read_bytes()
    (stopped,) = catalog("a.jar", content)
    assert isinstance(stopped, NotAssessed)
    assert stopped.where == "a.jar" + "!/nested.jar" * DEFAULT.jar_depth
    assert stopped.why.endswith("--limit jar_depth=48")
    assert found(catalog("a.jar", content, Limits(jar_depth=101)))


@pytest.mark.skipif(not REPOSITORY.is_dir(), reason="this machine has no Maven repository")
def test_agrees_with_this_machines_maven_repository() -> None:
    jars = sorted(REPOSITORY.rglob("*.jar"))
    right, without_group = 0, 0
    for file in jars:
        *group, artifact, version = file.parent.relative_to(REPOSITORY).parts
        packages = found(catalog(str(file.relative_to("/")), file.read_bytes()))
        right += f"{'.'.join(group)}:{artifact}:{version}" in packages
        without_group += f":{artifact}:{version}" in packages
    print(f"{right} of {len(jars)} exact, {without_group} without group")
    assert right + without_group == len(jars)
    assert right >= 0.9 * len(jars)


def test_every_shaded_copy_counts_and_the_jar_itself_too() -> None:
    content = zipped(pom("io.netty", "netty-codec", "4.1.60.Final") | pom("org.yaml", "snakeyaml", "1.26"))
    assert found(catalog("lib/elasticsearch-7.10.2.jar", content)) == [
        "io.netty:netty-codec:4.1.60.Final",
        "org.yaml:snakeyaml:1.26",
        "org.elasticsearch:elasticsearch:7.10.2",
    ]
    assert found(catalog("lib/netty-codec-4.1.60.Final.jar", content)) == [
        "io.netty:netty-codec:4.1.60.Final",
        "org.yaml:snakeyaml:1.26",
    ]


def test_a_renamed_jar_is_what_its_pom_says() -> None:
    content = zipped(pom("org.apache.struts", "struts2-core", "2.3.31"))
    assert found(catalog("lib/renamed-2.3.31.jar", content)) == ["org.apache.struts:struts2-core:2.3.31"]
    assert found(catalog("lib/app.jar", content)) == ["org.apache.struts:struts2-core:2.3.31"]


def test_a_pom_without_properties_gives_the_group_and_the_name_the_version() -> None:
    content = zipped({"META-INF/maven/org.acme/tool/pom.xml": "<project/>"})
    assert found(catalog("lib/tool-1.0.jar", content)) == ["org.acme:tool:1.0"]
    records = catalog("lib/tool.jar", content)
    assert (found(records), told(records)) == ([], ["org.acme:tool in this file"])


def test_placeholders_are_not_versions() -> None:
    records = catalog("app.jar", zipped(pom("org.acme", "tool", "${project.version}")))
    assert (found(records), told(records)) == ([], ["org.acme:tool in this file"])


@pytest.mark.parametrize(
    ("file", "attributes", "expected"),
    [
        ("spring-core-5.3.18.jar", {"Implementation_Title": "spring-core"}, "org.springframework:spring-core:5.3.18"),
        ("commons-beanutils-1.7.0.jar", {"Implementation_Version": "1.6"}, "commons-beanutils:commons-beanutils:1.7.0"),
        (
            "spring-webmvc.jar",
            {"Implementation_Title": "spring-webmvc", "Implementation_Version": "5.3.17"},
            "org.springframework:spring-webmvc:5.3.17",
        ),
        (
            "catalina.jar",
            {"Implementation_Title": "Apache Tomcat", "Implementation_Version": "9.0.50"},
            "org.apache.tomcat:tomcat-catalina:9.0.50",
        ),
        (
            "x.jar",
            {"Implementation_Title": "x", "Implementation_Version": "1", "Implementation_Vendor_Id": "org.acme"},
            "org.acme:x:1",
        ),
        (
            "x.jar",
            {"Implementation_Title": "Some X", "Implementation_Version": "1", "Implementation_Vendor_Id": "org.acme"},
            ":x:1",
        ),
        (
            "json4s-ast_2.12-3.7.0.jar",
            {"Implementation_Title": "json4s-ast", "Implementation_Vendor_Id": "org.json4s"},
            "org.json4s:json4s-ast_2.12:3.7.0",
        ),
        ("cli-7.17.19.jar", {"Implementation_Title": "org.acme#cli;7.17.19"}, "org.acme:cli:7.17.19"),
        ("cli-client-7.17.19.jar", {"Implementation_Title": "org.acme#cli;7.17.19"}, "org.acme:cli-client:7.17.19"),
        ("cli-7.17.19.jar", {"Implementation_Title": "org.acme#other;7.17.19"}, ":cli:7.17.19"),
        (
            "gson.jar",
            {"Bundle_SymbolicName": "com.google.gson", "Bundle_Version": "2.8.9"},
            "com.google.code.gson:gson:2.8.9",
        ),
        (
            "bundle12.jar",
            {"Bundle_SymbolicName": "org.acme.tool;singleton:=true", "Bundle_Version": "1.2"},
            ":org.acme.tool:1.2",
        ),
        ("org.eclipse.osgi_3.18.0.v2022.jar", {}, ":org.eclipse.osgi:3.18.0.v2022"),
        ("groovy-3.0.9.jar", {}, "org.codehaus.groovy:groovy:3.0.9"),
        ("groovy-json-4.0.2.jar", {}, "org.apache.groovy:groovy-json:4.0.2"),
        ("a.jar", {"Implementation_Version": "build of today"}, None),
    ],
)
def test_identity_without_a_pom(file: str, attributes: dict[str, str], expected: str | None) -> None:
    records = catalog(f"lib/{file}", zipped(manifest(**attributes)))
    assert found(records) == ([expected] if expected else [])
    assert [each.why for each in records if isinstance(each, NotAssessed)] == ([] if expected else [NOTHING_TELLS])


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("log4j-1.2.17", ("log4j", "1.2.17")),
        ("log4j-1.2-api-2.17.1", ("log4j-1.2-api", "2.17.1")),
        ("guava-31.1-jre", ("guava", "31.1-jre")),
        ("guava-11.0.2-sources", ("guava", "11.0.2")),
        ("zstd-jni-1.5.5-5", ("zstd-jni", "1.5.5-5")),
        ("plexus-i18n-1.0-beta-10", ("plexus-i18n", "1.0-beta-10")),
        ("kotlin-stdlib-jdk8-1.6.0", ("kotlin-stdlib-jdk8", "1.6.0")),
        ("netty-transport-4.1.60.Final-linux-x86_64", ("netty-transport", "4.1.60.Final")),
        ("akka-actor_2.13-2.6.20", ("akka-actor_2.13", "2.6.20")),
        ("app-1.0-SNAPSHOT", ("app", "1.0-SNAPSHOT")),
        ("commons-lang3-3.12.0-redhat-00001", ("commons-lang3", "3.12.0-redhat-00001")),
        ("jrt-fs", ("", "")),
        ("a" * 300 + "-1", ("", "")),
    ],
)
def test_file_names(stem: str, expected: tuple[str, str]) -> None:
    assert from_file_name(stem) == expected


def test_no_file_name_takes_long() -> None:
    for part in ("-1", "-rc", "-rc1", "a-1", "-1-a", "-a", "1", "_1.", "-1_"):
        from_file_name(("a" + part * 255)[:254] + "!")


def test_manifest_lines_go_on_and_only_the_main_section_counts() -> None:
    said = "Implementation-Title: spring\r\n -core\r\n\r\nName: a/\r\nImplementation-Version: 1\r\n"
    assert manifest_of(said) == {"Implementation-Title": "spring-core"}


def test_the_group_of_a_name_is_that_of_its_closest_entry() -> None:
    assert group_of("tomcat-embed-core", "9.0.1") == "org.apache.tomcat.embed"
    assert group_of("tomcat-juli", "9.0.1") == "org.apache.tomcat"
    assert group_of("dom4j", "1.6.1") == "dom4j"
    assert group_of("dom4j", "2.1.3") == "org.dom4j"
    assert group_of("kafka-clients", "3.4.0") == "org.apache.kafka"
    assert group_of("kafka-schema-registry-client", "7.4.0") == "io.confluent"
    assert group_of("unheard-of", "1") == ""


def test_the_table_of_groups_is_in_order_and_used() -> None:
    assert list(GROUPS) == sorted(GROUPS)
    assert set(OLDER) <= set(GROUPS)


def test_log4shell_without_metadata() -> None:
    records = catalog("app/service.jar", zipped({LOOKUP: b"", "shaded/Main.class": b""}))
    assert (found(records), told(records)) == ([], ["log4j-core in this file"])
    stated = manifest(Implementation_Title="Apache Log4j Core", Implementation_Version="2.14.1")
    records = catalog("app/service-7.jar", zipped(stated | {f"BOOT-INF/classes/{LOOKUP}": b""}))
    assert "org.apache.logging.log4j:log4j-core:2.14.1" in found(records)


def test_log4shell_with_its_class_taken_out() -> None:
    core = pom("org.apache.logging.log4j", "log4j-core", "2.14.1")
    others = {"org/apache/logging/log4j/core/Logger.class": b""}
    path = "app/log4j-core-2.14.1.jar"
    assert told(catalog(path, zipped(core | others | {LOOKUP: b""}))) == []
    assert told(catalog(path, zipped(core | others))) == ["Log4Shell in this file"]
    assert told(catalog(path, zipped(core))) == []


def test_one_broken_archive_inside_does_not_hide_the_others() -> None:
    good = zipped(pom("g.h", "a", "1"))
    records = catalog("app.war", zipped({"WEB-INF/lib/bad.jar": b"PK", "WEB-INF/lib/good.jar": good}))
    assert found(records) == ["g.h:a:1!/WEB-INF/lib/good.jar"]
    assert [each.where for each in records if isinstance(each, NotAssessed)] == ["app.war!/WEB-INF/lib/bad.jar"]


@pytest.mark.parametrize(("bound", "value"), [("zip_total_bytes", 200_000), ("zip_entries", 40)])
def test_nesting_cannot_multiply_the_bounds_of_one_zip(bound: str, value: int) -> None:
    content = zipped({"filler.txt": random.Random(1).randbytes(9_000)})
    for _ in range(3):
        content = zipped({f"{i}.jar": content for i in range(5)})
    limits = msgspec.structs.replace(DEFAULT, **{bound: value})
    stops = [each for each in catalog("a.jar", content, limits) if isinstance(each, NotAssessed) and bound in each.why]
    assert len(stops) == 1


@settings(derandomize=True)
@given(st.data())
def test_damaged_archives_give_records_only(data: st.DataObject) -> None:
    inner = zipped(pom("g.h", "a", "1"))
    content = bytearray(zipped(manifest(Implementation_Title="b") | pom("g.h", "b", "2") | {"lib/a.jar": inner}))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert catalog("b-2.jar", bytes(content)[: data.draw(st.integers(0, len(content)))]) is not None
