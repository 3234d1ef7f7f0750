"""CVSS vectors to scores and words."""

from __future__ import annotations

from functools import lru_cache

from seawall.model import Severity

_LEAST = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))


@lru_cache(maxsize=4096)
def score(vector: str) -> float | None:
    """The base score, 0 to 10, of a CVSS vector of version 2, 3 or 4; None for what is none."""
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    try:
        if vector.startswith("CVSS:4"):
            return float(CVSS4(vector).base_score)
        return float((CVSS3 if vector.startswith("CVSS:3") else CVSS2)(vector).base_score)
    except CVSSError:
        return None


def generation(vector: str) -> int:
    """4, 3 or 2, as the vector says; 0 for none."""
    if vector.startswith("CVSS:"):
        return int(vector[5:6]) if vector[5:6].isdecimal() else 0
    return 2 if vector else 0


def edition(vector: str) -> str:
    """`3.1`, as the vector says; vectors of version 2 do not."""
    return vector[5:].partition("/")[0] if vector.startswith("CVSS:") else "2"


def rating(score: float) -> Severity:
    """The word for a score: https://www.first.org/cvss/v3.1/specification-document#Qualitative-Severity-Rating-Scale"""
    return next((word for least, word in _LEAST if score >= least), Severity.INFO)
