"""The law for every cataloger. A new file in the folder is tested with no new test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall import catalogers
from seawall.catalogers import Cataloger, Example, Record, all_catalogers, catalog, wants, wants_program
from seawall.errors import SeawallError
from seawall.model import NotAssessed
from seawall.safe.globs import regex

ROOM = Path(catalogers.__file__).parent
ALL = [pytest.param(each, id=each.name) for each in all_catalogers()]
EXAMPLES = [
    pytest.param(each, example, id=f"{each.name}-{example.path}")
    for each in all_catalogers()
    for example in each.examples
]


@pytest.mark.parametrize(("cataloger", "example"), EXAMPLES)
def test_examples_hold(cataloger: Cataloger, example: Example) -> None:
    assert tuple(cataloger.read(example.path, example.content)) == example.finds


@pytest.mark.parametrize(("cataloger", "example"), EXAMPLES)
def test_examples_are_asked_for_by_their_cataloger(cataloger: Cataloger, example: Example) -> None:
    by_path = any(re.fullmatch(regex(glob), example.path) for glob in cataloger.globs)
    assert wants(example.path) if by_path else wants_program(example.path, example.content[:4096])
    assert by_path or (cataloger.magic and example.content.startswith(cataloger.magic))


@pytest.mark.parametrize(("cataloger", "example"), EXAMPLES)
def test_every_record_says_where(cataloger: Cataloger, example: Example) -> None:
    for record in catalog(example.path, example.content):
        place = getattr(record, "path", getattr(record, "where", None))
        assert place is None or place.startswith(example.path) or example.path.startswith(place)


@pytest.mark.parametrize("cataloger", ALL)
def test_is_whole(cataloger: Cataloger) -> None:
    assert (ROOM / f"{cataloger.name}.py").is_file()
    assert len(cataloger.doc.split()) > 10
    assert cataloger.examples
    assert cataloger.globs or cataloger.magic
    for glob in cataloger.globs:
        assert not glob.startswith("/")
        assert "**" not in glob.removeprefix("**/")
        assert not re.search(r"[\[\]?{}]", glob)


def test_the_folder_is_the_list() -> None:
    decorated = {path.stem for path in ROOM.glob("*.py") if re.search(r"^@cataloger\(", path.read_text(), re.MULTILINE)}
    assert {each.name for each in all_catalogers()} == decorated
    assert [each.name for each in all_catalogers()] == sorted(decorated)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
@pytest.mark.parametrize("cataloger", ALL)
def test_hostile_bytes_give_records_or_one_error(cataloger: Cataloger, data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(cataloger.examples))
    content = bytearray(example.content)
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    hostile = data.draw(
        st.sampled_from(
            [bytes(content), content.decode("latin-1").encode("utf-16"), bytes(content[: len(content) // 2])]
        )
        | st.binary(max_size=200)
    )
    assert _outcome(cataloger, example.path, hostile) == _outcome(cataloger, example.path, hostile)
    for record in catalog(example.path, hostile):
        assert not isinstance(record, NotAssessed) or (record.where and record.why)


def _outcome(cataloger: Cataloger, path: str, content: bytes) -> tuple[Record, ...] | tuple[str, str]:
    try:
        return tuple(cataloger.read(path, content))
    except SeawallError as error:
        return error.where, error.message
