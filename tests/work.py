"""Work, counted: the calls that Python makes. Unlike seconds they are the same on every machine, busy or not."""

from __future__ import annotations

import sys
from collections.abc import Callable


def calls(task: Callable[[], object]) -> int:
    """How many functions, those of C too, are called by `task`."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        task()
    finally:
        sys.setprofile(before)
    return count


def grows_in_step(once: Callable[[], object], twice: Callable[[], object]) -> bool:
    """Whether twice the input takes about twice the calls, not four times as many."""
    once()  # what is only loaded or compiled the first time does not count
    return calls(twice) < 2.3 * calls(once)
