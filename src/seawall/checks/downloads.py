"""What a download is kept as, and what verifies it."""

from __future__ import annotations

import re

from seawall.model.dockerfile import Command

_VERIFIERS = (
    "sha256sum",
    "sha512sum",
    "sha1sum",
    "sha384sum",
    "shasum",
    "gpgv",
    "gpgv2",
    "cosign",
    "minisign",
    "slsa-verifier",
)


def verifies(command: Command) -> bool:
    """Whether it compares a digest or a signature."""
    values = command.values
    if command.program in ("gpg", "gpg2"):
        return "--verify" in values
    if command.program == "openssl":
        return "-verify" in values
    if command.program == "gh":
        return "attestation" in values
    if command.program.endswith("sum") or command.program == "shasum":
        return any(re.fullmatch(r"-[a-z]*c[a-z]*|--check|--strict", value) for value in values)
    return command.program in _VERIFIERS


def keeps(command: Command) -> bool:
    """Whether curl or wget writes a file that is not thrown away."""
    values = command.values
    targets = [each.target.value for each in command.redirects if each.operator in (">", ">>", ">|")]
    short = "O" if command.program == "wget" else "o"
    for option, value in zip(values, (*values[1:], ""), strict=True):
        if re.fullmatch(rf"-[a-zA-Z]*{short}|--output(?:-document)?", option):
            targets.append(value)
        elif option.startswith(("--output=", "--output-document=")):
            targets.append(option.partition("=")[2])
        elif command.program == "curl" and re.fullmatch(r"-[a-zA-Z]*O[a-zA-Z]*|--remote-name(?:-all)?", option):
            targets.append("as the server names it")
    if (
        command.program == "wget"
        and not targets
        and "--spider" not in values
        and any("://" in value for value in values)
    ):
        return True
    return any(target not in ("/dev/null", "-", "/dev/stdout", "&1", "1", "2") for target in targets)
