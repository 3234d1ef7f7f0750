"""A framework's controls: what fails first, then what is undecided, what passes, and what no file could tell."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.model import ControlResult, ControlStatus, FrameworkResult
from seawall.reports.style import Style
from seawall.reports.table.text import columns, count, listed, pad, wrap
from seawall.safe.terminal import printable

WORDS = {
    ControlStatus.FAIL: ("FAIL", "high"),
    ControlStatus.UNDECIDED: ("UNDECIDED", "medium"),
    ControlStatus.PASS: ("PASS", "PASS"),
}
WORD_COLUMN = 11


def frameworks(results: tuple[FrameworkResult, ...], style: Style) -> Iterator[str]:
    for result in results:
        yield style.paint(f"{result.title} {result.version} ({_tally(result)})", "title")
        id_column = max(columns(control.id) for control in result.controls)
        for status in WORDS:
            for control in result.controls:
                if control.status is status:
                    yield from _control(control, id_column, style)
        yield from _not_decidable(result, style)


def _tally(result: FrameworkResult) -> str:
    numbers = {status: sum(control.status is status for control in result.controls) for status in ControlStatus}
    return ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in numbers.items() if number)


def _control(control: ControlResult, id_column: int, style: Style) -> Iterator[str]:
    word, colour = WORDS[control.status]
    parts = {"fail": control.failed, "undecided": control.undecided, "pass": control.passed}
    counts = ", ".join(f"{number:,} {name}" for name, number in parts.items() if number)
    details = "; ".join(part for part in (counts, control.reason) if part)
    checks = f" ({', '.join(control.checks)})" if style.verbose and control.checks else ""
    start = pad(control.id, id_column) + "  "
    indent = " " * (2 + WORD_COLUMN + columns(start))
    first, *more = wrap(printable(f"{control.title}: {details}{checks}"), style.width, indent)
    yield "  " + style.paint(word, colour) + " " * (WORD_COLUMN - len(word)) + start + first
    yield from more


def _not_decidable(result: FrameworkResult, style: Style) -> Iterator[str]:
    """One line for each reason."""
    reasons: dict[str, list[str]] = {}
    for control in result.controls:
        if control.status is ControlStatus.NOT_DECIDABLE:
            reasons.setdefault(control.reason, []).append(control.id)
    for reason, ids in reasons.items():
        text = f"cannot be decided from this input ({count(len(ids), 'control')}): {listed(ids, 0)}: {reason}"
        yield "  " + "\n".join(wrap(printable(text), style.width, "    "))
