"""Where the recorded real inputs are."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_data import SHARED


@pytest.fixture
def recorded() -> Path:
    """The folder of recorded package databases."""
    if SHARED is None:
        pytest.skip("the recorded inputs are not beside this checkout")
    return SHARED / "packages"
