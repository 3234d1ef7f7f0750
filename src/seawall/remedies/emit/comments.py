"""What stands at the top of every file: what it is, what a reader has to know, and what it leaves open."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from seawall.remedies.design import Design


def header(design: Design, sign: str, more: Sequence[str] = ()) -> str:
    """The comment, `sign` before every line. `more` is what only this format has to say."""
    answers = design.answers
    title = f"AKS cluster {answers.name} ({answers.environment}), as `seawall design` wrote it."
    return "".join(f"{sign} {line}".rstrip() + "\n" for line in (title, "", *_lines(design, more)))


def _lines(design: Design, more: Sequence[str]) -> Iterator[str]:
    for note in (*design.notes, *more):
        yield from textwrap.wrap(note, 112, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    yield ""
    yield "It passes every check of Seawall but these, for the reason given:"
    for check, reason in sorted(design.left_open.items()):
        yield f"- {check}: {reason}"
