"""What every reader of a feed gives: for each record the advisories that it makes, or why it makes none."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Protocol

from seawall.model import Advisory, Severity
from seawall.safe.limits import Limits


class Skipped(enum.StrEnum):
    """Why a well-formed record makes no advisory."""

    WITHDRAWN = "withdrawn"
    ELSEWHERE = "no package of this ecosystem"
    NO_VERSIONS = "no affected versions named"
    NOT_APPLICABLE = "not applicable, says the vendor"
    UNDETERMINED = "undetermined, says the vendor"
    NO_FLAW = "bug fix or enhancement, no vulnerability"


Records = Iterable[tuple[Advisory, ...] | Skipped]


class Reader(Protocol):
    """Turns one document of a source into its records. Raises Malformed, LimitExceeded."""

    def __call__(self, data: bytes, *, source: str, where: str, limits: Limits) -> Records: ...


WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.INFO,
    "unimportant": Severity.INFO,
    "none": Severity.INFO,
}
"""The words of all vendors, in lower case."""


def cut(text: str, length: int = 160) -> str:
    """One line of a report."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
