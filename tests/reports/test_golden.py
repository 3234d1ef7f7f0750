"""What users see, byte for byte. `SEAWALL_UPDATE_GOLDEN=1 pytest tests/reports` writes it anew: read the diff."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from seawall.model import Report
from seawall.reports import FORMATS, render
from seawall.reports.document import json_schema

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "src/seawall/reports/schema/report.schema.json"


def same_as(golden: Path, text: str) -> None:
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        golden.write_bytes(text.encode())
    assert text.encode() == golden.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_estate(estate: Report, name: str) -> None:
    same_as(ROOT / f"tests/golden/report.{name}", render(estate, name))


def test_published_schema_is_that_of_the_shapes() -> None:
    same_as(SCHEMA, json.dumps(json_schema(), indent=2) + "\n")
