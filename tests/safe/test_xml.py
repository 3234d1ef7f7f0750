"""XML: the standard library's tree, without what makes XML dangerous."""

from __future__ import annotations

import contextlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed, Unsupported
from seawall.safe import xml
from seawall.safe.limits import Limits

POM = """<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="x">
  <artifactId>a&lt;b&#233;</artifactId><!-- note --><?skip this?>
  <![CDATA[<raw>]]>
</project>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_tree_is_that_of_the_standard_library(encoding: str) -> None:
    data = POM.encode(encoding)
    ours, theirs = xml.parse(data, where="pom.xml"), ElementTree.fromstring(data)
    assert ElementTree.tostring(ours) == ElementTree.tostring(theirs)
    assert ours.findtext("{http://maven.apache.org/POM/4.0.0}artifactId") == "a<bé"


LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]><l>&l11;</l>',
    "quadratic": f'<!DOCTYPE l [<!ENTITY a "{"a" * 50_000}">]><l>{"&a;" * 50_000}</l>',
    "file": '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><l>&f;</l>',
    "parameter": '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><l/>',
    "external": '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>',
    "bare": "<!DOCTYPE html><html/>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", HOSTILE)
def test_document_types_and_entities_are_refused(name: str, encoding: str) -> None:
    with pytest.raises(Unsupported, match="DOCTYPE"):
        xml.parse(HOSTILE[name].encode(encoding), where="a.xml")


def test_an_entity_that_nobody_declared_is_a_fault() -> None:
    with pytest.raises(Malformed, match="line 2, column 1: undefined entity"):
        xml.parse(b"<a>\n&nbsp;</a>", where="a.xml")


def test_size_and_depth_are_bounded() -> None:
    with pytest.raises(LimitExceeded, match="xml_bytes"):
        xml.parse(b"<a></a>", where="a.xml", limits=Limits(xml_bytes=6))
    assert xml.parse(b"<a>" * 200 + b"</a>" * 200, where="a.xml").tag == "a"
    with pytest.raises(LimitExceeded, match="nesting"):
        xml.parse(b"<a>" * 201 + b"</a>" * 201, where="a.xml")
    with pytest.raises(LimitExceeded, match="nesting"):
        xml.parse(b"<a>" * 1_000_000, where="a.xml")


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "no element"), (b"<a>", "line 1, column 4"), (b'<?xml version="1.0" encoding="klingon"?><a/>', "encoding")],
)
def test_a_fault_says_where(data: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        xml.parse(data, where="a.xml")


@given(st.binary(max_size=60), st.integers(0, len(POM)), st.integers(0, 20), st.text("<>/!&;[]?ax= '\"", max_size=40))
def test_no_bytes_raise_anything_else(new: bytes, place: int, length: int, text: str) -> None:
    pom = POM.encode()
    encoded = b'<?xml version="1.0" encoding="' + new + b'"?><a/>'
    for data in (new, text.encode(), pom[:place] + new + pom[place + length :], b"<a>" + text.encode(), encoded):
        with contextlib.suppress(InputError):
            xml.parse(data, where="a.xml")
