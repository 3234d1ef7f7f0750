"""The safe fixes of a Dockerfile: those that change what is written and nothing that is meant."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Iterable, Sequence

from seawall.checks import Check
from seawall.checks.dockerfiles import judge
from seawall.model.dockerfile import Dockerfile, Edit

Parse = Callable[[str], Dockerfile]
"""From a text to its model: the reader is given, for it knows what lies beside the file."""

ROUNDS = 5
"""A fix can make room for another one; more rounds than there are kinds of them change nothing."""


def fix(text: str, parse: Parse, checks: Sequence[Check], *, today: datetime.date) -> str:
    """The text with every safe fix of what is not waived."""
    for _ in range(ROUNDS):
        told = judge(parse(text), checks, today=today)
        changed = apply(text, (edit for each in told if not each.finding.waived for edit in each.edits))
        if changed == text:
            break
        text = changed
    return text


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made whose old text is where they say; of two at one place, the first."""
    lines = text.split("\n")
    places = {(edit.line, edit.column): edit for edit in reversed([*edits])}
    for (line, column), edit in sorted(places.items(), reverse=True):
        start, end = column - 1, column - 1 + len(edit.old)
        if 0 < line <= len(lines) and start >= 0 and lines[line - 1][start:end].lower() == edit.old.lower():
            lines[line - 1] = lines[line - 1][:start] + edit.text + lines[line - 1][end:]
    return "\n".join(lines)


def diff(before: str, after: str, file: str) -> str:
    """A unified diff that `patch` and `git apply` take; "" where nothing changes."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, f"a/{file.lstrip('/')}", f"b/{file.lstrip('/')}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
