"""What a command at start-up does, what replaces it, and which folders it writes to.

Sources: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/ (waiting, preparing volumes),
https://learn.microsoft.com/azure/aks/csi-secrets-store-driver (secrets of a key vault as files),
https://kubernetes.io/docs/tasks/configure-pod-container/security-context/ (runAsUser, fsGroup).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

import msgspec

from seawall.contents.trace_files import join

INIT = "an init container"
CONFIG = "a ConfigMap, or an init container where the settings differ from start to start"
SECRET = "the Secrets Store CSI driver, which mounts secrets of the key vault as files"  # noqa: S105 - no secret
CONTEXT = "securityContext.fsGroup of the pod, or COPY --chown in the Dockerfile"
USER = "securityContext.runAsUser"
BUILD = "the Dockerfile: what is installed at start may differ each time"
JOB = f"a Job, or {INIT} where one replica starts at a time"

_KINDS = (
    ("reads a secret", SECRET, r"az keyvault .*|vault (?:kv |read).*"
     r"|(?:curl|wget) .*(?:\.vault\.azure\.net|169\.254\.169\.254).*"),
    ("waits for another service", INIT, r"(?:nc|ncat|netcat) .*-\w*z.*|wait[\w.-]* .*|dockerize .*-wait.*"
     r"|pg_isready.*|mysqladmin .*ping.*|sleep .*"),
    ("downloads", CONFIG, r"(?:curl|wget|aria2c|http|xh) .*|az storage .*|azcopy .*|aws s3 .*|gsutil .*"),
    ("fetches source code", INIT, r"git (?:clone|pull|fetch|submodule)\b.*|svn .*"),
    ("installs packages", BUILD, r"(?:npm|yarn|pnpm|corepack) (?:install|ci|add|i)\b.*|pip3? install .*"
     r"|(?:apt|apt-get|apk|dnf|yum|tdnf|microdnf) .*|(?:bundle|composer|gem) install.*"),
    ("fills in a template", CONFIG, r"(?:envsubst|gomplate|confd|j2|jinja2|consul-template)\b.*"
     r"|dockerize .*-template.*|sed .*-\w*i.*"),
    ("sets owners or rights", CONTEXT, r"(?:chown|chmod|chgrp|setfacl|install) .*"),
    ("gives up root", USER, r"(?:gosu|su-exec|setpriv|runuser|su|sudo|chroot) .*"),
    ("migrates a database", JOB,
     r".*\b(?:migrate|alembic upgrade|flyway|liquibase|dbmate)\b.*"),
    ("prepares files", INIT, r"(?:cp|mv|ln|mkdir|touch|tar|unzip|rm|tee|cat|dd|gunzip|gzip) .*"),
)  # fmt: skip
_QUIET = frozenset(("echo", "printf", "test", "[", "[[", "true", "false", ":", "set", "export", "cd", "shift", "exit",
                    "return", "read", "local", "unset", "date", "id", "trap", "umask", "break", "wait"))  # fmt: skip


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One command at start-up: its program, what it does, what replaces it. `line` counts from 1 in its script."""

    tool: str
    does: str
    instead: str
    text: str
    line: int


def act(words: Sequence[str], line: int) -> Act | None:
    """What a command does; None for one that only the shell itself carries out. Unknown values are written as `…`."""
    if not words or words[0] in _QUIET:
        return None
    tool = posixpath.basename(words[0])
    text = " ".join((tool, *words[1:]))
    does, instead = next(
        ((does, instead) for does, instead, pattern in _KINDS if re.fullmatch(pattern, text, re.DOTALL)),
        ("does what is not known here", INIT),
    )
    return Act(tool=tool, does=does, instead=instead, text=text, line=line)


def vault_secret(words: Sequence[str]) -> tuple[str, str] | None:
    """The key vault and the secret that a command reads; None where they are not written out."""
    text = " ".join(words)
    if match := re.search(r"https://([a-z0-9-]+)\.vault\.azure\.net/secrets/([A-Za-z0-9-]+)", text):
        return match[1], match[2]
    vault, name = re.search(r"--vault-name[ =]([\w-]+)", text), re.search(r"(?:--name|-n)[ =]([\w-]+)", text)
    return (vault[1], name[1]) if text.startswith("az keyvault secret") and vault and name else None


def written(words: Sequence[str], redirected: Sequence[str], folder: str) -> Iterator[str]:
    """Folders that a command writes to, as full paths; `folder` is where it runs, "" where that is not known."""
    for path in redirected:
        yield from _at(posixpath.dirname(path) or ".", folder)
    tool, rest = posixpath.basename(words[0]) if words else "", list(words[1:])
    for path in _targets(tool, rest, [word for word in rest if not word.startswith("-")]):
        yield from _at(path, folder)


def _targets(tool: str, rest: list[str], plain: list[str]) -> Iterator[str]:
    """Folders as the command names them; "." for the one that it runs in."""
    if tool in ("curl", "wget", "envsubst", "gomplate"):
        for option in ("-o", "--output", "-O", "--output-document", "--out"):
            value = _after(rest, option)
            if value and not value.startswith("-") and not (tool == "curl" and option == "-O"):
                yield posixpath.dirname(value) or "."
        for option in ("-P", "--directory-prefix", "--output-dir"):
            yield _after(rest, option)
    elif tool == "git" and plain[:1] == ["clone"] and len(plain) > 1:
        yield plain[2] if len(plain) > 2 else posixpath.basename(plain[1]).removesuffix(".git")
    elif tool in ("npm", "yarn", "pnpm", "composer", "bundle") and plain:
        yield _after(rest, "--prefix") or "."
    elif tool == "mkdir":
        yield from plain
    elif tool in ("chown", "chmod", "chgrp"):
        yield from (path if "-R" in rest else posixpath.dirname(path) for path in plain[1:])
    elif tool in ("touch", "tee", "rm"):
        yield from (posixpath.dirname(path) or "." for path in plain)
    elif tool in ("cp", "mv", "ln") or (tool == "sed" and any(word.startswith("-i") for word in rest)):
        yield from (posixpath.dirname(path) or "." for path in plain[-1:])
    elif tool in ("tar", "unzip"):
        yield _after(rest, "-C" if tool == "tar" else "-d") or "."


def _after(words: Sequence[str], option: str) -> str:
    for at, word in enumerate(words):
        if word == option and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(f"{option}=") or (len(option) == 2 and word.startswith(option) and word[2:3] == "/"):
            return word[len(option) :].lstrip("=")
    return ""


def _at(path: str, folder: str) -> Iterator[str]:
    if path and (path.startswith("/") or folder):
        full = "/" + join(folder, path)
        if full.split("/")[1] not in ("dev", "proc", "sys"):
            yield full
