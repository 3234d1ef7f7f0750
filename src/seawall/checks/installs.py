"""Which packages a command installs, by package manager; and which packages are tools of an attacker."""

from __future__ import annotations

import itertools
import re

import msgspec

from seawall.checks.check import Verdicts
from seawall.checks.dockerfiles import instructions, of
from seawall.model.dockerfile import Command, Dockerfile, Edit, Word

_OS = {
    "apt-get": ("install",), "apt": ("install",), "aptitude": ("install",), "apk": ("add",),
    "dnf": ("install",), "microdnf": ("install",), "yum": ("install",), "tdnf": ("install",),
    "zypper": ("install", "in"), "pacman": ("-S", "-Sy", "-Syu"),
}  # fmt: skip
_LANGUAGE = {
    "pip": ("install",), "pip3": ("install",), "npm": ("install", "i", "add", "ci"), "yarn": ("install", "add"),
    "pnpm": ("install", "i", "add"), "gem": ("install",),
}  # fmt: skip
APT = ("apt-get", "apt", "aptitude")
RPM = ("dnf", "microdnf", "yum", "tdnf", "zypper")
_WITH_VALUE = {
    "apt-get": ("-t", "-o", "-c", "--target-release"), "apk": ("-X", "-p", "-t", "--virtual", "--repository", "--root"),
    "pip": ("-r", "-c", "-i", "-t", "-f", "-e", "--requirement", "--constraint", "--index-url", "--extra-index-url",
            "--target", "--prefix", "--trusted-host", "--find-links", "--root", "--platform", "--python-version"),
    "npm": ("--prefix", "--registry", "--loglevel"), "gem": ("-v", "--version", "--source", "-i"),
    "dnf": ("--repo", "--installroot", "--releasever", "-c"), "zypper": ("--repo", "-r"),
}  # fmt: skip

CLIENTS = frozenset(
    "curl wget wget2 aria2 netcat netcat-openbsd netcat-traditional nc ncat nmap-ncat socat telnet busybox-extras ftp"  # noqa: SIM905
    " lftp tftp rsync openssh-client openssh-clients openssh-client-default httpie iputils-ping bind-utils dnsutils"
    " bind-tools w3m lynx axel nmap tcpdump proxychains".split()
)
DEBUGGERS = frozenset(("gdb", "strace", "ltrace", "perf", "linux-perf", "valgrind", "lldb", "bpftrace", "bcc-tools"))
COMPILERS = frozenset(
    "gcc g++ clang llvm make cmake build-essential build-base gcc-c++ golang go rustc cargo musl-dev libc6-dev libc-dev"  # noqa: SIM905
    " autoconf automake libtool linux-headers linux-headers-generic default-jdk openjdk17 openjdk-17-jdk"
    " kernel-headers alpine-sdk base-devel binutils nasm".split()
)
SHELLS = frozenset(("bash", "zsh", "fish", "ksh", "tcsh", "csh", "dash", "busybox", "busybox-static", "toybox"))
SSH_SERVERS = frozenset(("openssh-server", "dropbear", "sshd", "openssh", "openssh-sftp-server", "telnetd"))


class Install(msgspec.Struct, frozen=True, kw_only=True):
    """One installing command. `options` are its words that begin with a dash; `verb` is where packages begin."""

    manager: str
    packages: tuple[Word, ...]
    options: tuple[str, ...]
    verb: Word
    command: Command

    @property
    def names(self) -> tuple[str, ...]:
        """The packages without versions, releases and architectures."""
        names = (re.split(r"[=<>~!@:/\[]", word.value, maxsplit=1)[0].lower() for word in self.packages)
        return tuple(re.split(r"-\d", name)[0] if self.manager in RPM else name for name in names)


def install(command: Command) -> Install | None:
    """What the command installs; None where it installs nothing. `python -m pip` is pip."""
    manager, words = command.program, command.arguments
    if re.fullmatch(r"python[\d.]*", manager) and [word.value for word in words[:2]] == ["-m", "pip"]:
        manager, words = "pip", words[2:]
    manager = "pip" if re.fullmatch(r"pip[\d.]+", manager) else manager
    verbs = _OS.get(manager) or _LANGUAGE.get(manager)
    at = next((i for i, word in enumerate(words) if verbs and word.value in verbs), None)
    if at is None:
        return None
    packages: list[Word] = []
    takes = _WITH_VALUE.get("apt-get" if manager in APT else "dnf" if manager in RPM[:4] else manager, ())
    skip = False
    for word in words[at + 1 :]:
        if not skip and not word.value.startswith("-") and word.value:
            packages.append(word)
        skip = not skip and word.value in takes
    options = tuple(word.value for word in words if word.value.startswith("-"))
    return Install(manager=manager, packages=tuple(packages), options=options, verb=words[at], command=command)


def after(verb: Word, option: str) -> Edit:
    """The edit that puts an option after the verb."""
    return Edit(line=verb.line, column=verb.column, old=verb.text, text=verb.text + option)


def of_system(found: Install) -> bool:
    """Whether it installs packages of the operating system."""
    return found.manager in _OS


def after_dash(options: tuple[str, ...], *names: str) -> bool:
    """Whether one of the options is given, a short one (`-y`) also among others (`-qy`)."""
    return any(
        option == name
        or option.startswith(f"{name}=")
        or (len(name) == 2 and re.fullmatch(rf"-[A-Za-z]*{re.escape(name[1])}[A-Za-z]*", option) is not None)
        for option in options
        for name in names
    )


def installed(dockerfile: Dockerfile, tools: frozenset[str], what: str) -> Verdicts:
    """A failure for each command that installs such a tool into the image that runs, and does not remove it again."""
    for each in instructions(dockerfile.shipped, "RUN"):
        removed = [
            value
            for command in each.commands
            if {"del", "remove", "purge", "erase", "autoremove"}.intersection(command.values)
            for value in command.values
        ]
        for command in each.commands:
            found = install(command)
            if not found or not of_system(found) or _group(found) in removed:
                continue
            names = [name for name in found.names if name in tools and name not in removed]
            if names:
                yield of(command, f"{', '.join(names)}: {what} in the image that runs")


def _group(found: Install) -> str | None:
    """The name under which apk can remove all of it again."""
    values = found.command.values
    pairs = itertools.pairwise(values)
    return (
        next((value for option, value in pairs if option in ("-t", "--virtual")), None)
        if found.manager == "apk"
        else None
    )
