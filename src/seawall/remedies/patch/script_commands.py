"""Commands of maintainer scripts: what each would do to an image, and how it ends."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from seawall.advisories.versions import compare
from seawall.errors import Malformed
from seawall.remedies.patch import shell
from seawall.remedies.patch.expansion import Value
from seawall.remedies.patch.shell import NotUnderstood

Status = bool | None
"""True where a command ends well, None where that depends on the machine."""

READS = frozenset(
    "basename cat cksum cmp cut diff dirname dpkg-architecture dpkg-query egrep expr fgrep find getconf grep head"  # noqa: SIM905
    " hostname id ischroot ls md5sum pidof readlink realpath rgrep sed sha256sum sort stat tail tr tty uname uniq"
    " wc".split()
)
IDLE = frozenset(
    "deb-systemd-helper deb-systemd-invoke install-info invoke-rc.d ldconfig py3clean py3compile pyclean pycompile"  # noqa: SIM905
    " pypy3clean pypy3compile service sleep sync systemctl systemd-tmpfiles telinit udevadm update-desktop-database"
    " update-mime update-rc.d".split()
)
"""They start, stop or list services, or make caches that are made anew when missing: nothing a container needs."""

_ACTS = ("-delete", "-exec", "-execdir", "-ok", "-fprint", "-o", "--output")
_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin")
_MACHINE = ("/proc", "/sys", "/dev")
_OPERATORS = {
    "lt": (-1,), "le": (-1, 0), "eq": (0,), "ne": (-1, 1), "ge": (0, 1), "gt": (1,),
    "lt-nl": (-1,), "le-nl": (-1, 0), "ge-nl": (0, 1), "gt-nl": (1,), "<<": (-1,), "<=": (-1, 0), ">=": (0, 1),
    ">>": (1,), "=": (0,),
}  # fmt: skip


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What a script finds. `kind_of` says what lies at a path: file, dir, symlink, "" for nothing.

    `text_of` gives a file of etc/ or of dpkg's database, b"" where there is none.
    """

    package: str
    arch: str
    kind_of: Callable[[str], str]
    text_of: Callable[[str], bytes]


class Commands:
    """The commands of one script. `made` are empty files that scripts made, and took not away yet."""

    def __init__(self, situation: Situation, made: set[str], before: str) -> None:
        self._situation, self._made, self._before = situation, made, before

    def program(self, name: str) -> str:
        """The path of a program of the image, "" where it has none."""
        return next((f"{each}/{name}" for each in _FOLDERS if self.kind_of(f"/{each}/{name}")), "")

    def kind_of(self, path: str) -> str:
        """What lies at a path by now."""
        path = path.lstrip("/")
        return "file" if path in self._made else self._situation.kind_of(path)

    def test(self, words: list[Value]) -> Status:
        """The outcome of `[ … ]`."""
        for operator, end in (("-o", True), ("-a", False)):
            if operator in words[1:-1] and len(words) > 3:
                at = words.index(operator)
                sides = self.test(words[:at]), self.test(words[at + 1 :])
                return end if end in sides else None if None in sides else not end
        match words:
            case ["!", *rest]:
                status = self.test(rest)
                return None if status is None else not status
            case [str(text)]:
                return bool(text)
            case []:
                return False
            case ["-n" | "-z" as operator, str(text)]:
                return bool(text) is (operator == "-n")
            case ["-e" | "-f" | "-d" | "-L" | "-h" | "-x" | "-r" | "-s" | "-w" as operator, str(path)]:
                return self._file(operator, path)
            case [str(one), "=" | "==" | "!=" as operator, str(two)]:
                return (one == two) is (operator != "!=")
            case [str(one), "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" as operator, str(two)]:
                if one.lstrip("-").isdigit() and two.lstrip("-").isdigit():
                    order = (int(one) > int(two)) - (int(one) < int(two))
                    return order in _OPERATORS[operator[1:]]
        return None

    def _file(self, operator: str, path: str) -> Status:
        if not path or path.startswith("/run/systemd"):
            return False
        if path.startswith(_MACHINE) or not path.startswith("/"):
            return None
        kind = self.kind_of(path)
        if operator in "-L-h":
            return kind == "symlink"
        if not kind:
            return False
        if operator == "-e":
            return None if kind == "symlink" else True
        if operator in "-f-d":
            return None if kind == "symlink" else kind == {"-f": "file", "-d": "dir"}[operator]
        return None if operator in "-s-w" else True

    def run(self, name: str, words: list[Value], node: shell.Simple) -> Status:  # noqa: C901 (a table of commands)
        """Follow one that is no part of the shell. Raises NotUnderstood where it would change the image."""
        refuse = NotUnderstood(node.line, " ".join(word.text for word in node.words)[:100])
        match name, words:
            case (("command" | "which" | "type"), [*_, str(program)]):
                return bool(self.program(program))
            case "dpkg", ["--compare-versions", first, str(operator), second, *_]:
                return _compared(first, operator, second)
            case "dpkg", [str(option), *_] if option in ("--print-architecture", "-s", "-L", "-l", "-S", "--status"):
                return None
            case "perl", ["-e", ""]:
                return None
            case "dpkg-maintscript-helper", [str(), *_]:
                return self._helper(words, refuse)
            case "dpkg-trigger", _ if "ldconfig" in words:
                return True
            case "update-alternatives", _:
                return self._alternative(words, refuse)
            case "getent", [("passwd" | "group") as kind, str(key)]:
                lines = self._situation.text_of(f"etc/{kind}").decode("utf-8", "replace").splitlines()
                return any(key in line.split(":")[:3:2] for line in lines)
            case (("adduser" | "useradd" | "addgroup" | "groupadd"), [*_, str(who)]):
                kind = "passwd" if "user" in name else "group"
                lines = self._situation.text_of(f"etc/{kind}").decode("utf-8", "replace").splitlines()
                if not any(line.startswith(f"{who}:") for line in lines):
                    raise refuse
                return None
            case "dpkg-statoverride", ["--list", *_]:
                return None if self._situation.text_of("var/lib/dpkg/statoverride").strip() else False
            case (("rm" | "rmdir" | "unlink"), _):
                return self._remove(words, refuse)
            case "touch", [str(path)]:
                if not self.kind_of(path):
                    self._made.add(path.lstrip("/"))
                return True
            case (("mkdir" | "install"), _) if name == "mkdir" or "-d" in words:
                paths = [word for word in words if word is None or word.startswith("/")]
                if not paths or any(path is None or self.kind_of(path) not in ("dir", "symlink") for path in paths):
                    raise refuse
                return True if name == "mkdir" else None
        if name in IDLE:
            return None
        if name in READS and not any(word in _ACTS or (name == "sed" and _edits(word)) for word in words):
            return None
        raise refuse

    def _remove(self, words: list[Value], refuse: NotUnderstood) -> Status:
        paths = [word for word in words if word is None or not word.startswith("-")]
        for path in paths:
            if path is None or any(mark in path for mark in "*?["):
                raise refuse
            if path.lstrip("/") in self._made:
                self._made.discard(path.lstrip("/"))
            elif self.kind_of(path):
                raise refuse
        return True

    def _alternative(self, words: list[Value], refuse: NotUnderstood) -> Status:
        """One that the image has already stays as it is."""
        plain = [word for word in words if word not in ("--quiet", "--force")]
        match plain:
            case ["--install", str(), str(name), str(path), *_]:
                known = self._situation.text_of(f"var/lib/dpkg/alternatives/{name}").decode("utf-8", "replace")
                if path in known.splitlines():
                    return True
            case ["--remove", str(name), str(path)]:
                known = self._situation.text_of(f"var/lib/dpkg/alternatives/{name}").decode("utf-8", "replace")
                if path not in known.splitlines():
                    return True
            case ["--query" | "--display" | "--list", *_]:
                return None
        raise refuse

    def _helper(self, words: list[Value], refuse: NotUnderstood) -> Status:
        """Nothing of what dpkg-maintscript-helper(1) would move is there, or the old version knew of it already."""
        command, path = words[0], words[1] if len(words) > 1 else None
        if command == "supports":
            return True
        parameters = words[1 : words.index("--")] if "--" in words else []
        if path is None or command not in ("rm_conffile", "mv_conffile", "symlink_to_dir", "dir_to_symlink"):
            raise refuse
        prior = (
            parameters[1 if command == "rm_conffile" else 2]
            if len(parameters) > (2 if command != "rm_conffile" else 1)
            else ""
        )
        before = self._before
        old = not prior or (bool(before) and _compared(before, "le-nl", prior) is not False)
        kind = self.kind_of(path.rstrip("/"))
        there = kind == {"symlink_to_dir": "symlink", "dir_to_symlink": "dir"}.get(command or "", kind)
        if old and kind and there:
            raise refuse
        return True


def _edits(word: Value) -> bool:
    """Whether an argument of sed may make it write a file."""
    return word is None or word.startswith("--in-place") or (word[:1] == "-" != word[1:2] and "i" in word.split()[0])


def _compared(first: Value, operator: str, second: Value) -> Status:
    if first is None or second is None or operator not in _OPERATORS:
        return None
    if not first or not second:
        # none is older than any, but for the operators with -nl, to which it is newer: dpkg(1)
        order = (bool(first) > bool(second)) - (bool(first) < bool(second))
        return (-order if operator.endswith("-nl") else order) in _OPERATORS[operator]
    try:
        return compare("Debian", first, second) in _OPERATORS[operator]
    except Malformed:
        return None
