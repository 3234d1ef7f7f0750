"""The command line: one file a subcommand, each of which parses, calls one workflow, chooses a report, and exits.

Only the chosen subcommand is imported: start-up time is a feature.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS = {
    "check": "the main job: everything found in folders, files and images, and one verdict",
    "audit": "clusters: one, or a fleet",
    "scan": "container images: packages and their vulnerabilities; Dockerfiles: what is wrong in them",
    "design": "a new cluster that passes the checks, as Bicep, Terraform or az commands",
    "migrate": "the ordered plan from a cluster to one that passes, or to its replacement",
    "harden": "an image without what it does not need, or its Dockerfile rewritten",
    "patch": "fixed packages of the distro put over an image, as one layer",
    "guard": "a Terraform plan: what it would replace, destroy, or make weaker",
    "update": "fetch or import the advisory database",
    "explain": "what a check looks for, why, and how to fix what it finds",
    "completion": "print the completion script of a shell",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 clean, 1 the gate failed, 2 the work could not be done."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words in (["--version"], ["-V"]):
        from seawall.version import __version__

        print(f"seawall {__version__}")
        return 0
    from seawall.cli.dispatch import dispatch

    sys.setswitchinterval(0.0002)  # a thread that has inflated or hashed a piece waits no 5 ms for its next one
    return dispatch(words)
