"""Where the real inputs are that tests read in place: `../shared/data` beside the checkout, None where it is absent."""

from __future__ import annotations

from pathlib import Path

SHARED = next((p / "shared/data" for p in Path(__file__).resolve().parents if (p / "shared/data").is_dir()), None)
