"""Write a new cluster that passes the checks, with its network, identities, key, logs and roles, as code.

seawall design                                      asks on a terminal, and prints Bicep
seawall design --name shop --environment prod --egress firewall --firewall-ip 10.0.0.4 --as terraform -o infra
seawall design --answers shop.yaml --as az          the answers from a file: `name: shop`, a line a question

Answers that cannot go together are refused, with the nearest that can. What the cluster leaves open, and why, stands
at the top of what is written.

exit codes: 0 written, 2 the answers make no sense or the files could not be written
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seawall.errors import UsageError
from seawall.workflows.design import FORMATS, questions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="kind", choices=FORMATS, default="bicep", help="default: bicep")
    parser.add_argument("--azurerm", type=int, choices=(4, 5), default=5, help="version of azurerm (default: 5)")
    parser.add_argument("--output", "-o", type=Path, metavar="DIR", help="write the files there; none is replaced")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers in YAML or JSON; flags go before them")
    group = parser.add_argument_group("answers")
    for name, question, plain in questions():
        choices = {"choices": question.choices} if question.choices else {"metavar": "TEXT"}
        text = f"{question.text} (default: {plain or 'none'})"
        group.add_argument(f"--{name.replace('_', '-')}", dest=f"answer_{name}", help=text, **choices)


def run(args: argparse.Namespace) -> int:
    from seawall.cli.options import limits
    from seawall.workflows import design

    flags = {name: value for name, _, _ in questions() if (value := getattr(args, f"answer_{name}")) is not None}
    given = {**(design.answers_in(args.answers, limits([])) if args.answers else {}), **flags}
    if not given and not args.answers and sys.stdin.isatty():
        given = design.ask(_answer)
    texts = design.files(given, args.kind, args.azurerm)
    if args.output is None:
        sys.stdout.write(design.shown(texts, args.kind))
    else:
        design.write(texts, args.output)
        print(f"seawall: written to {args.output}: {', '.join(texts)}", file=sys.stderr)
    return 0


def _answer(prompt: str) -> str:
    """The question on stderr, for stdout is what is designed."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    try:
        return input()
    except EOFError:
        raise UsageError("the answers ended early", hint="answer on a terminal, or with --answers FILE") from None
