"""What a run is told, read once at the door and passed down."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from seawall.gate import Policy
from seawall.safe.limits import Limits


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one run. `platform` chooses among the images of a multi-platform index, "" for the default.

    `today` is the day that retirement and support dates are judged by. `framework` is one of
    checks.frameworks.FRAMEWORKS, "" to ask every check.
    """

    today: datetime.date
    database: Path
    platform: str = ""
    framework: str = ""
    max_age: int = 5
    policy: Policy = Policy()
    limits: Limits = Limits()
