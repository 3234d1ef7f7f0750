"""IMG-DF-004."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import cut, gold, instructions, of
from seawall.checks.downloads import verifies
from seawall.model import Severity
from seawall.model.dockerfile import Command, Dockerfile

_FETCH = ("curl", "wget", "fetch", "aria2c", "nc", "ncat")
_RUN = (
    "sh",
    "bash",
    "ash",
    "dash",
    "zsh",
    "ksh",
    "python",
    "python3",
    "perl",
    "ruby",
    "node",
    "php",
    "eval",
    "source",
    ".",
    "pwsh",
)
_FILE_OPTIONS = ("-o", "-O", "--output", "--output-document")


@check(
    "IMG-DF-004",
    severity=Severity.HIGH,
    refs=[
        "https://docs.docker.com/build/building/best-practices/#run",
        "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies",
    ],
    passes=[
        gold(build="RUN curl -fsSLo /tmp/x https://example.com/x && echo 'abc  /tmp/x' | sha256sum -c && sh /tmp/x"),
        gold(build="RUN curl -fsS https://example.com/x | tar -xz"),
    ],
    fails=[
        gold(build="RUN curl -fsSL https://example.com/install | sh"),
        gold(build="RUN wget -qO- https://example.com/x | sudo -E bash -s -- -y"),
        gold(build='RUN sh -c "$(curl -fsSL https://example.com/x)"'),
        gold(build="RUN bash <(curl -s https://example.com/x)"),
        gold(build="RUN curl -o /tmp/x https://example.com/x && chmod +x /tmp/x && /tmp/x --yes"),
        gold(build="RUN <<EOT\nwget -O i.sh https://example.com/x\nbash ./i.sh\nEOT"),
        gold(build="RUN curl -s https://example.com/x | tee /tmp/x | python3 -"),
    ],
)
def piped_into_shell(dockerfile: Dockerfile) -> Verdicts:
    """A script from the network is run without a look at it.

    ## Why it matters
    Whoever controls the server, its name or the way to it runs code in the build, and so in the image. Nothing in the
    repository shows what was run, and a server can give the build another script than it gives a browser.

    ## Fix
    Fetch a release of a fixed version, compare its digest or signature, then run it; or install the package.

        ADD --checksum=sha256:… https://example.com/tool-1.2.tar.gz /tmp/
    """
    for each in instructions(dockerfile.stages, "RUN"):
        fetched: dict[str, Command] = {}
        source: Command | None = None
        checked = any(verifies(command) for command in each.commands)
        for command in each.commands:
            source = source if command.joined in ("|", "|&") else None
            if command.program in _FETCH:
                if command.within in _RUN:
                    yield of(command, f"what {command.program} fetches is run by {command.within}")
                source = command
                fetched.update((name, command) for name in _written(command))
            elif source and command.program in _RUN:
                yield of(source, f"what {source.program} fetches is piped into {command.program}")
                source = None
            elif not checked and (by := _runs(command, fetched)):
                yield of(by, f"what {by.program} fetches is run by {cut(command.text, 40)}")


def _written(command: Command) -> Iterator[str]:
    """The names of the files that it writes."""
    values = command.values
    for option, value in itertools.pairwise(values):
        if (
            option in _FILE_OPTIONS[:1] + _FILE_OPTIONS[2:]
            or re.fullmatch(r"-[a-zA-Z]*o", option)
            or (option.startswith("-") and option.endswith("O") and command.program == "wget")
        ):
            yield value.rpartition("/")[2]
    yield from (each.target.value.rpartition("/")[2] for each in command.redirects if each.operator in (">", ">>"))
    urls = [value for value in values if re.match(r"(?i)(?:https?|ftp)://", value)]
    if command.program == "wget" or any(re.fullmatch(r"-[a-zA-Z]*O[a-zA-Z]*|--remote-name", value) for value in values):
        yield from (url.partition("?")[0].rpartition("/")[2] for url in urls)


def _runs(command: Command, fetched: Mapping[str, Command]) -> Command | None:
    """The download that the command runs, if it does."""
    script = command.values[:1] if command.program in _RUN else ()
    options = [value for value in command.values if not value.startswith("-")][:1] if command.program in _RUN else []
    for name in (command.program, *script, *options):
        if name and (by := fetched.get(name.rpartition("/")[2])) and by is not command:
            return by
    return None
