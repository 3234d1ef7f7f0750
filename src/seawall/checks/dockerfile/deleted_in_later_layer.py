"""IMG-DF-011."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import cut, gold, instructions, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile, Instruction


@check(
    "IMG-DF-011",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/secrets/", "https://docs.docker.com/build/building/multi-stage/"],
    passes=[gold(final='RUN ["/x", "y"]'), gold(build="COPY a.tgz /tmp/\nRUN tar xf /tmp/a.tgz && rm /tmp/a.tgz")],
    fails=[
        gold(final="COPY id.key /tmp/id.key\nRUN use /tmp/id.key && rm -f /tmp/id.key"),
        gold(final="COPY big.tgz /tmp/\nRUN tar xf /tmp/big.tgz && rm -rf /tmp/big.tgz"),
        gold(final="ADD conf/ /conf/\nRUN rm -rf /conf"),
    ],
)
def deleted_in_later_layer(dockerfile: Dockerfile) -> Verdicts:
    """What one step copies, a later one deletes: it is still in the image.

    ## Why it matters
    A layer only hides what the ones below it hold. The bytes are pulled all the same, and a secret among them is read
    with `docker save` and `tar`.

    ## Fix
    Mount the file for the step that needs it, or do the work in a build stage and copy the result.

        RUN --mount=type=bind,source=big.tgz,target=/tmp/big.tgz tar xf /tmp/big.tgz
    """
    copied: dict[str, Instruction] = {}
    for each in instructions(dockerfile.shipped, "COPY", "ADD", "RUN"):
        if each.keyword != "RUN" and len(each.words) > 1:
            copied.update((path, each) for path in _targets(each))
        for command in each.commands:
            for value in command.values if command.program in ("rm", "shred", "unlink") else ():
                path = value.rstrip("/*")
                first = copied.pop(path, None) if path else None
                if first:
                    yield of(command, f"{cut(path)} comes from line {first.line}, and its layer keeps it")


def _targets(each: Instruction) -> list[str]:
    """The paths that COPY or ADD writes."""
    target, sources = each.words[-1].value, [word.value for word in each.words[:-1]]
    if target.endswith("/") or len(sources) > 1:
        folder = target.rstrip("/")
        return [folder, *(f"{folder}/{source.rstrip('/').rpartition('/')[2]}" for source in sources)]
    return [target.rstrip("/")]
