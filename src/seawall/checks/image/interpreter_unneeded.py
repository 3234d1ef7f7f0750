"""IMG-004: The image holds an interpreter that its program does not need."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of, tools
from seawall.model import Image, Severity, Trace


@check(
    "IMG-004",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://gtfobins.github.io/"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("perl"))],
    unknowns=[
        changed(programs=tool("perl"), trace=None),
        changed(programs=tool("perl"), trace=Trace(unknown=("a command in a variable",))),
    ],
)
def interpreter_unneeded(image: Image) -> Verdicts:
    """The image holds an interpreter that its program does not need.

    ## Why it matters
    An interpreter is a shell, a network client and a compiler in one. Where the program needs it, it has to stay;
    where it came along with the base, it only serves whoever breaks in.

    ## Fix
    Take a base without it, or copy only what the program needs into a last stage. `seawall harden` removes what
    the trace shows to be unneeded.
    """
    trace = contents_of(image).trace
    for name, programs in tools(image, "interpreter").items():
        field = f"tools.{name}"
        needed = {need.path for need in trace.needs} if trace else set()
        if any(program.path in needed for program in programs):
            continue
        if trace is None:
            yield Undecided(f"cannot be decided: what the container runs was not followed, and {name} is there", field)
        elif trace.unknown:
            yield Undecided(f"cannot be decided for {name}: {trace.unknown[0]}", field)
        else:
            paths = ", ".join(f"/{program.path}" for program in programs)
            yield Fail(f"{name} is in the image, and nothing that the container runs needs it: {paths}", field=field)
