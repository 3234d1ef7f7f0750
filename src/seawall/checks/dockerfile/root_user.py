"""IMG-DF-003."""

from __future__ import annotations

from seawall.checks.base_images import runs_as_root
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-003",
    severity=Severity.HIGH,
    refs=["https://docs.docker.com/build/building/best-practices/#user", "https://www.cisecurity.org/benchmark/docker"],
    passes=[gold(), gold(user=""), gold(user="USER app"), gold(user="USER root\nUSER 1000:0")],
    fails=[
        *[
            gold(user=f"USER {user}")
            for user in ("root", "0", "0:0", "root:root", '""', "0:1000", "00", "ContainerAdministrator")
        ],
        gold(user="ENV WHO=root\nUSER $WHO"),
        gold(user="ARG UID=0\nUSER ${UID}:${GID:-0}"),
        gold(user="", base=f"debian:12@sha256:{'c' * 64}"),
        gold(user="", base="scratch"),
    ],
    unknowns=[gold(user="ARG UID\nUSER $UID"), gold(user="", base=f"example.com/base:1@sha256:{'c' * 64}")],
)
def root_user(dockerfile: Dockerfile) -> Verdicts:
    """The container runs as root.

    ## Why it matters
    Whoever takes over the process is root in the container: free to write everywhere in it, to install tools, and one
    flaw of the kernel or runtime away from being root on the node.

    ## Fix
    Name a user by number, which `runAsNonRoot` of Kubernetes can verify. The files that it writes have to be its own:
    `COPY --chown=65532:65532`.

        USER 65532:65532
    """
    if not dockerfile.shipped:
        return
    user = next((each for stage in reversed(dockerfile.shipped) for each in reversed([*stage.of("USER")])), None)
    if user is None:
        yield from _of_base(dockerfile)
        return
    word = user.words[0] if user.words else None
    name = word.value.partition(":")[0].strip().lower() if word else ""
    if word and not word.known and "$" in name:
        yield Undecided(f"cannot be decided: the user {cut(word.text)} is given to the build", "", line=user.line)
    elif name in ("", "root", "containeradministrator", "administrator") or (name.isdecimal() and int(name) == 0):
        yield at(user, f"the image runs as root: USER {cut(user.text) or 'is empty'}", field=" ")


def _of_base(dockerfile: Dockerfile) -> Verdicts:
    start = dockerfile.shipped[0].start
    base = dockerfile.shipped[0].base
    if base.known and runs_as_root(base.value):
        message = f"no USER is named, and {cut(base.value)} runs as root"
        yield at(dockerfile.shipped[-1].start, message, field="no USER")
    elif not base.known or runs_as_root(base.value) is None:
        message = f"cannot be decided: no USER is named, so that of {cut(base.value)} counts, which is not known"
        yield Undecided(message, "no USER", line=start.line)
