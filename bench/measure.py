"""Whole-process figures as the kernel counts them: wall seconds, CPU seconds, peak memory of the largest process."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Figures(NamedTuple):
    """Medians over the runs. `wall` and `cpu` in seconds, `peak` in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(
    command: Sequence[str],
    *,
    runs: int = 5,
    before: Callable[[], None] | None = None,
    env: dict[str, str] | None = None,
    done: Sequence[int] = (0, 1),
) -> Figures:
    """Run `command` after one warm-up; `before` is called before each run, outside the clock.

    Byte code of Python is kept between runs, as where a program is installed. Raises SystemExit where the command could
    not do its work: its exit code is none of `done` (1 is a failed gate).
    """
    results = []
    environment = {**os.environ, **(env or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for number in range(runs + 1):
        if before:
            before()
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        assert process.stderr
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        if code not in done:
            raise SystemExit(f"{' '.join(command)}: exit {code}\n{complaint.decode(errors='replace')[-2000:]}")
        if number:
            results.append(Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return Figures(*(statistics.median(column) for column in zip(*results, strict=True)))


def machine() -> str:
    """One line on what this was measured on."""
    model = "unknown processor"
    try:
        with Path("/proc/cpuinfo").open() as lines:
            model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        memory = f"{pages * size / (1 << 30):.0f} GiB"
    except (OSError, ValueError):
        memory = "unknown memory"
    import platform

    return f"{os.cpu_count()} × {model}, {memory}, {platform.system()}, Python {platform.python_version()}"
