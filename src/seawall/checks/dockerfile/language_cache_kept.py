"""IMG-DF-041."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold, instructions, of
from seawall.checks.installs import (
    after,
    install,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-041",
    severity=Severity.LOW,
    refs=["https://pip.pypa.io/en/stable/topics/caching/", "https://docs.npmjs.com/cli/commands/npm-cache"],
    passes=[
        gold(build="RUN pip install x==1"),
        gold(final="RUN pip install --no-cache-dir x==1"),
        gold(final="ENV PIP_NO_CACHE_DIR=1\nRUN pip install x==1"),
        gold(final="RUN --mount=type=cache,target=/root/.cache/pip pip install x==1"),
        gold(final="RUN npm ci && npm cache clean --force"),
    ],
    fails=[
        gold(final="RUN pip3 install \\\n  x==1"),
        gold(final="RUN npm ci"),
        gold(final="RUN yarn install"),
        gold(final="RUN python3 -m pip install -r r.txt"),
    ],
)
def language_cache_kept(dockerfile: Dockerfile) -> Verdicts:
    """The cache of pip, npm or yarn stays in the layer.

    ## Why it matters
    It holds a second copy of every package, which nothing runs, which scanners find, and which nobody upgrades.

    ## Fix
    Install without a cache, clean it in the same RUN, or keep it out of the image with a cache mount.

        RUN pip install --no-cache-dir -r requirements.txt
    """
    set_off = any(
        pair.name in ("PIP_NO_CACHE_DIR", "npm_config_cache", "YARN_CACHE_FOLDER")
        for each in instructions(dockerfile.shipped, "ENV", "ARG")
        for pair in each.pairs
    )
    for each in instructions(dockerfile.shipped, "RUN"):
        mounted = any(name == "mount" and "type=cache" in value.value for name, value in each.flags)
        cleaned = any(
            ("cache" in command.values and {"clean", "purge"}.intersection(command.values))
            or (command.program == "rm" and any("cache" in value or ".npm" in value for value in command.values))
            for command in each.commands
        )
        for command in each.commands:
            found = install(command)
            if (
                found
                and found.manager in ("pip", "pip3", "npm", "yarn")
                and not (set_off or mounted or cleaned or "--no-cache-dir" in found.options)
            ):
                verb = found.verb
                edits = (after(verb, " --no-cache-dir"),)
                yield of(
                    command,
                    f"the cache of {found.manager} stays in the layer",
                    edits=edits if found.manager.startswith("pip") else (),
                )
