"""Where the recorded real inputs are."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = next((p / "shared/data" for p in Path(__file__).resolve().parents if (p / "shared/data").is_dir()), None)


@pytest.fixture
def recorded() -> Path:
    """The folder of recorded package databases."""
    if SHARED is None:
        pytest.skip("the recorded inputs are not beside this checkout")
    return SHARED / "packages"
