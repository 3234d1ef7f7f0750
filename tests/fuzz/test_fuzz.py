"""Past findings, and a short run of the fuzzer with a fixed beginning; `make fuzz` runs it for longer."""

from __future__ import annotations

import itertools
import random

import pytest

from fuzz.findings import FINDINGS
from fuzz.fuzz import attempt, inputs
from fuzz.targets import targets
from seawall.errors import SeawallError

TARGETS = targets()


@pytest.mark.parametrize(
    ("name", "data"), [(name, data) for name, _, data in FINDINGS], ids=[w for _, w, _ in FINDINGS]
)
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    assert attempt(TARGETS[name], data) == ""


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_seeds_are_read(name: str) -> None:
    """A seed that is refused at the door would leave the room behind it untried."""
    for seed in TARGETS[name].seeds:
        try:
            TARGETS[name].read(seed)
        except SeawallError as error:
            pytest.fail(str(error))


def test_changed_bytes_crash_nothing() -> None:
    for name, data in itertools.islice(inputs(random.Random(7), TARGETS), 4_000):
        assert attempt(TARGETS[name], data) == "", f"{name}: {data[:2000].hex()}"
