"""Print the completion script of a shell.

bash   seawall completion bash > ~/.local/share/bash-completion/completions/seawall
zsh    seawall completion zsh > ~/.zfunc/_seawall      (a folder of your $fpath)
tcsh   seawall completion tcsh > ~/.seawall-completion.tcsh
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell to complete in")


def run(args: argparse.Namespace) -> int:
    import shtab

    from seawall.cli.dispatch import build_parser

    print(shtab.complete(build_parser(), shell=args.shell))
    return 0
