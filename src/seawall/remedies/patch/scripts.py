"""What a maintainer script would do to an image: followed, never run. What only reads, or does nothing here, is fine.

Every command that can be reached for the arguments that dpkg gives must be one of those known below; where a condition
depends on the machine, both ways are followed. https://www.debian.org/doc/debian-policy/ap-flowcharts.html
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence

from seawall.remedies.patch import shell
from seawall.remedies.patch.expansion import Expander, Value
from seawall.remedies.patch.script_commands import Commands, Situation, Status
from seawall.remedies.patch.shell import NotUnderstood

_SHELLS = (["/bin/sh"], ["/bin/bash"], ["/bin/dash"], ["/bin/busybox", "sh"])
_SAYS = frozenset({"echo", "printf"})


class Leaves(Exception):
    """The script ends here, or the function does."""

    def __init__(self, status: Status, *, function: bool) -> None:
        super().__init__()
        self.status, self.function = status, function


def follow(script: bytes, name: str, arguments: Sequence[str], situation: Situation, made: set[str]) -> None:
    """Follow one script. `made` are empty files that scripts before it made and none took away.

    Raises NotUnderstood at the first command that would change the image, or that is not known.
    """
    text = script.decode("utf-8", "replace")
    first = text.partition("\n")[0]
    if first.removeprefix("#!").split()[:2] not in _SHELLS and first.removeprefix("#!").split()[:1] not in _SHELLS:
        raise NotUnderstood(1, first[:80] if first.isprintable() else "a program")
    _Follower(name, arguments, situation, made).script(shell.parse(text))


class _Follower:
    def __init__(self, name: str, arguments: Sequence[str], situation: Situation, made: set[str]) -> None:
        before = arguments[1] if len(arguments) > 1 else ""
        self._situation = situation
        self._commands = Commands(situation, made, before)
        self._arguments: list[Value] = list(arguments)
        self._variables: dict[str, Value] = {
            "DPKG_MAINTSCRIPT_PACKAGE": situation.package,
            "DPKG_MAINTSCRIPT_NAME": name,
            "DPKG_MAINTSCRIPT_ARCH": situation.arch,
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            **dict.fromkeys(("DEBIAN_FRONTEND", "HOME", "LD_LIBRARY_PATH", "LANG", "USER", "PWD", "RET")),
        }
        self._functions: dict[str, shell.Node] = {}
        self._left: list[list[tuple[dict[str, Value], Status]]] = []
        self._depth = 0

    def script(self, node: shell.Node) -> None:
        try:
            status = self._run(node)
        except Leaves as left:
            status = left.status
        if status is False:
            raise NotUnderstood(1, "the script would fail here")

    def _run(self, node: shell.Node) -> Status:  # noqa: C901 (a table of what the shell has)
        match node:
            case shell.Sequence():
                status: Status = True
                for each in node.nodes:
                    status = self._run(each)
                return status
            case shell.Simple():
                return self._simple(node)
            case shell.Not():
                status = self._run(node.node)
                return None if status is None else not status
            case shell.Logic():
                return self._logic(node)
            case shell.If():
                return self._if(node, 0)
            case shell.Case():
                return self._case(node)
            case shell.For():
                return self._for(node)
            case shell.Function():
                self._functions[node.name] = node.body
                return True
            case shell.Group():
                return self._group(node)
            case shell.Pipe():
                for part in node.parts:
                    self._apart(part)
                return None
            case shell.Loop():
                raise NotUnderstood(node.line, "a loop with a condition")

    def _logic(self, node: shell.Logic) -> Status:
        left = self._run(node.left)
        if left is None:
            return self._either([lambda: self._run(node.right), lambda: node.operator == "||"])
        return self._run(node.right) if left is (node.operator == "&&") else left

    def _if(self, node: shell.If, at: int) -> Status:
        if at == len(node.branches):
            return self._run(node.otherwise)
        condition, body = node.branches[at]
        known = self._run(condition)
        if known is None:
            return self._either([lambda: self._run(body), lambda: self._if(node, at + 1)])
        return self._run(body) if known else self._if(node, at + 1)

    def _case(self, node: shell.Case) -> Status:
        value = self._expander.value(node.word)
        possible: list[Callable[[], Status]] = []
        for patterns, body in node.branches:
            texts = [self._expander.pattern(pattern) for pattern in patterns]
            hits = [None if value is None or each is None else fnmatch.fnmatchcase(value, each) for each in texts]
            if True in hits or None in hits:
                possible.append(lambda body=body: self._run(body))  # type: ignore[misc]
            if True in hits:
                return self._either(possible) if len(possible) > 1 else possible[0]()
        return self._either([*possible, lambda: True]) if possible else True

    def _for(self, node: shell.For) -> Status:
        words = (
            self._arguments if node.words is None else [v for word in node.words for v in self._expander.fields(word)]
        )
        status: Status = True
        for value in words:
            self._variables[node.name] = value
            if value is None:  # any number of words: once, and not at all
                status = self._either([lambda: self._run(node.body), lambda: True])
            else:
                status = self._run(node.body)
        return status

    def _group(self, node: shell.Group) -> Status:
        for operator, target in node.redirects:
            self._redirect(operator, target)
        return self._apart(node.node) if node.subshell else self._run(node.node)

    def _apart(self, node: shell.Node) -> Status:
        before = dict(self._variables)
        try:
            return self._run(node)
        except Leaves as left:
            return left.status
        finally:
            self._variables = before

    def _either(self, ways: Sequence[Callable[[], Status]]) -> Status:
        """Follow every way; afterwards only what they agree on is known. A way that ends the script is done."""
        before, ends = dict(self._variables), list[tuple[dict[str, Value], Status]]()
        gone: list[Leaves] = []
        for way in ways:
            self._variables = dict(before)
            try:
                status = way()
            except Leaves as left:
                gone.append(left)
                if left.function and self._left:
                    self._left[-1].append((self._variables, left.status))
                continue
            ends.append((self._variables, status))
        if not ends:
            raise next((each for each in gone if each.function), gone[0])
        return self._merge(ends)

    def _merge(self, ends: Sequence[tuple[dict[str, Value], Status]]) -> Status:
        first, status = ends[0]
        names = set[str]().union(*(variables for variables, _ in ends))
        self._variables = {
            name: first.get(name, "") if all(v.get(name, "") == first.get(name, "") for v, _ in ends) else None
            for name in names
        }
        return status if all(other == status for _, other in ends) else None

    @property
    def _expander(self) -> Expander:
        return Expander(self._variables, self._arguments, self._output)

    def _output(self, text: str, line: int) -> Value:
        """What a command substitution gives."""
        try:
            node = shell.parse(text)
        except NotUnderstood as error:
            raise NotUnderstood(line, error.text) from None
        self._apart(node)
        if isinstance(node, shell.Sequence) and len(node.nodes) == 1 and isinstance(node.nodes[0], shell.Simple):
            words = [self._expander.value(word) for word in node.nodes[0].words]
            match words:
                case ["command", "-v", str(name)] | ["which", str(name)]:
                    found = self._commands.program(name)
                    return f"/{found}" if found else ""
                case ["uname", "-s"] | ["uname"]:
                    return "Linux"
                case ["dpkg", "--print-architecture"]:
                    return self._situation.arch
        return None

    def _redirect(self, operator: str, target: shell.Word) -> None:
        if operator[0] == "<":
            return
        value = self._expander.value(target)
        if value != "/dev/null" and not (operator == ">&" and value and value.isdigit()):
            raise NotUnderstood(target.line, f"writes to {target.text}")

    def _simple(self, node: shell.Simple) -> Status:
        for operator, target in node.redirects:
            self._redirect(operator, target)
        values = {name: self._expander.value(word) for name, word in node.assigns}
        words = [value for word in node.words for value in self._expander.fields(word)]
        if not words:
            self._variables |= values
            return True
        name = words[0]
        if name is None:
            raise NotUnderstood(node.line, f"runs {node.words[0].text}")
        if name in self._functions:
            return self._call(name, words[1:], node.line)
        status = self._builtin(name, words[1:], node.line)
        if status is ...:
            status = self._commands.run(name.rpartition("/")[2], words[1:], node)
        return status  # type: ignore[return-value]

    def _call(self, name: str, arguments: list[Value], line: int) -> Status:
        if self._depth > 20:
            raise NotUnderstood(line, f"{name} calls itself")
        before, self._arguments = self._arguments, arguments
        self._left.append([])
        self._depth += 1
        try:
            status = self._run(self._functions[name])
        except Leaves as left:
            if not left.function:
                self._left[-1] = []
                raise
            status = left.status
        finally:
            self._arguments = before
            self._depth -= 1
            ends = self._left.pop()
        return self._merge([(self._variables, status), *ends]) if ends else status

    def _builtin(self, name: str, words: list[Value], line: int) -> object:  # noqa: C901 (a table too)
        match name:
            case ":" | "true" | "set" | "umask" | "wait" | "hash":
                return True
            case "false":
                return False
            case "exit" | "return":
                code = words[0] if words else "0"
                status = None if code is None or not code.isdigit() else code == "0"
                raise Leaves(status, function=name == "return")
            case "export" | "local" | "readonly":
                for word in words:
                    variable, equals, value = (word or "").partition("=")
                    if equals or name == "local":
                        self._variables[variable] = value
                return True
            case "unset":
                for word in words:
                    self._variables.pop(word or "", None)
                return True
            case "shift":
                del self._arguments[:1]
                return True
            case "read":
                self._variables |= dict.fromkeys(word for word in words if word and not word.startswith("-"))
                return None
            case "." if words[:1] == ["/usr/share/debconf/confmodule"]:
                return True
            case "[" | "test":
                return self._commands.test(words[:-1] if name == "[" else words)
            case _ if name.startswith("db_"):  # asks its question of nobody, and takes what was answered before
                self._variables["RET"] = None
                return None
            case _ if name in _SAYS:
                return True
        return ...
