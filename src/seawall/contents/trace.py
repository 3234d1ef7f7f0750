"""What a container really runs, followed from Entrypoint and Cmd, and every file that this needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import msgspec

from seawall.contents import trace_runtimes as runtimes
from seawall.contents.shell_follow import Follower
from seawall.contents.shell_values import Fields, State
from seawall.contents.trace_around import around, beside, supervised
from seawall.contents.trace_files import Files, join, matching, read, real
from seawall.contents.trace_libraries import Libraries
from seawall.contents.trace_needs import SHARED_FOLDERS, Needs
from seawall.contents.trace_wrappers import unwrap
from seawall.errors import Malformed
from seawall.model.contents import Phase, Program, Run, Trace

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What containerd and Docker set where the image sets nothing."""

STEPS = 20_000
"""Commands followed for one image. The start scripts of large application servers take some hundreds."""

DEPTH = 24

_SHELLS = frozenset(("sh", "bash", "ash", "dash", "ksh", "mksh", "zsh", "hush"))
_MANAGERS = frozenset(("npm", "yarn", "pnpm"))


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """What an image's configuration says of its process. `folder` is the working directory."""

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    folder: str = "/"
    user: str = ""
    volumes: tuple[str, ...] = ()


def trace(process: Process, files: Files) -> Trace:
    """Follow the process through scripts, loaders and runtimes. Never raises for what is in the image.

    Kubernetes' `command` and `args` take the place of `entrypoint` and `command`: set them before.
    """
    tracer = _Tracer(process, files)
    words = (*process.entrypoint, *process.command)
    around(process.folder, process.user, process.volumes, files, tracer.folder)
    if not words:
        tracer.doubt("the image says neither Entrypoint nor Cmd: what is run is said when the container is made")
        return tracer.result()
    variables = {"PATH": PATH, **process.environment}
    state = State(variables=dict(variables), exported=set(variables), folder=join("", process.folder))
    tracer.start(words, state, "main", "the entrypoint" if process.entrypoint else "the command")
    tracer.named(process.environment)
    return tracer.result()


class _Tracer:
    """Collects runs, needs and doubts; starts programs as the kernel and the runtimes do."""

    def __init__(self, process: Process, files: Files) -> None:
        self.files = files
        self._needs = Needs(files)
        self._libraries = Libraries(files, self._needs, process.environment)
        self._runs: list[Run] = []
        self._doubts: dict[str, None] = {}
        self._seen: dict[object, None] = {}
        self._steps = self._depth = 0

    def result(self) -> Trace:
        doubts = {**self._doubts, **dict.fromkeys(self._libraries.doubts), **dict.fromkeys(self._needs.doubts)}
        runs: dict[tuple[object, ...], Run] = {}
        for run in self._runs:
            runs.setdefault((run.path, run.command, run.phase), run)
        return Trace(runs=tuple(runs.values()), needs=self._needs.all(), unknown=tuple(doubts))

    def spent(self) -> bool:
        self._steps += 1
        if self._steps > STEPS:
            self.doubt(f"the scripts run more than {STEPS:,} commands, and were not followed to their end")
        return self._steps > STEPS

    def doubt(self, sentence: str) -> None:
        self._doubts[sentence] = None

    def touch(self, path: str, phase: Phase, why: str) -> None:
        """A path that a command names: needed where it is there."""
        at = real(self.files, path)
        if at and at.split("/")[0] not in ("dev", "proc", "sys"):
            self.folder(path, phase, why)

    def folder(self, path: str, phase: Phase, why: str) -> None:
        """A file, or a folder with all in it, and the libraries that the programs in it need."""
        for program in self._needs.add_folder(path, phase, why):
            self._libraries.of(program, phase)

    def named(self, environment: Mapping[str, str]) -> None:
        """Paths that the image's environment names (PGDATA, CATALINA_HOME, SSL_CERT_FILE)."""
        for name, value in sorted(environment.items()):
            if name not in ("PATH", "HOME", "PWD", "OLDPWD") and value.startswith("/"):
                for each in value.split(":"):
                    self.touch(join("", each), "main", f"named by the variable {name}")

    def find(self, name: str, state: State) -> str | None:
        """Where a command is, by PATH."""
        if "/" in name:
            path = join(state.folder, name)
            return path if real(self.files, path) is not None else None
        search = state.variables.get("PATH", PATH)
        for folder in (search if isinstance(search, str) else PATH).split(":"):
            path = join(state.folder, f"{folder}/{name}" if folder else name)
            at = real(self.files, path)
            if at is not None and self.files.kind(at) == "file":
                return path
        return None

    def start(self, words: Fields, state: State, phase: Phase, why: str) -> None:
        """A program is started, by its words; the first may be a name or a path."""
        key = (words, state.folder, tuple(sorted(state.environment.items())), phase)
        if key in self._seen or not words:
            return
        self._seen[key] = None
        name = words[0]
        path = self.find(name, state) if name else None
        if not name or path is None:
            what = (
                f"the program {name} is not in the image" if name else "the program is in a variable that is not known"
            )
            self.doubt(f"{why}: {what}")
            return
        if self._depth > DEPTH:
            self.doubt(f"{why}: programs start each other more than {DEPTH} deep")
            return
        self._depth += 1
        self._run(path, words, state, phase, why)
        self._depth -= 1

    def _run(self, path: str, words: Fields, state: State, phase: Phase, why: str) -> None:
        at = real(self.files, path) or ""
        slot = len(self._runs)
        shown = tuple("…" if word is None else word for word in words)
        self._runs.append(Run(path=at, command=shown, phase=phase, why=why))
        program = self.files.program(at)
        name = posixpath.basename(words[0] or "")
        if program is None:
            self._needs.add(path, phase, why)
            self.doubt(f"{why}: /{at} is no program that is known")
            return
        for word in words[1:]:
            self._argument(word, state, phase)
        if program.kind == "script":
            self._needs.add(path, phase, why)
            self._script(program, path, name, words, state, phase)
            self._runs[slot] = self._again(slot, phase)
            return
        stays = self._binary(program, path, name, words, state, phase, why)
        phase = phase if stays else "start"
        self._runs[slot] = self._again(slot, phase)
        self._needs.add(path, phase, why)
        self._libraries.of(program, phase)

    def _again(self, slot: int, phase: Phase) -> Run:
        return msgspec.structs.replace(self._runs[slot], phase=phase)

    def _argument(self, word: str | None, state: State, phase: Phase) -> None:
        """A path on a command line, also after `=`, `:` or `@`."""
        for each in {word or "", *re.split("[=:@,]", word or "")}:
            if each.startswith(("/", "./")) and "\n" not in each:
                path = join(state.folder, each)
                if path not in SHARED_FOLDERS:
                    self.touch(path, phase, "named on a command line")

    def _script(self, script: Program, path: str, name: str, words: Fields, state: State, phase: Phase) -> None:
        """The kernel runs a script's interpreter with its one argument, the script's path and its arguments."""
        if name in _MANAGERS and self._manager(name, words, state, phase):
            return
        if not script.interpreter:
            interpreter: Fields = ("/bin/sh",)
        else:
            interpreter = (script.interpreter, *((" ".join(script.arguments),) if script.arguments else ()))
        inner = state.copy()
        self.start((*interpreter, f"/{path}", *words[1:]), inner, phase, f"the interpreter of /{path}")
        for found in supervised(name, self.files, words):
            self._depth += 1
            self.start(found.words, state.copy(), found.phase, found.why)
            self._depth -= 1

    def _binary(
        self, program: Program, path: str, name: str, words: Fields, state: State, phase: Phase, why: str
    ) -> bool:
        """What a program does that is known; returns whether it stays, rather than becoming another one."""
        real_name = posixpath.basename(program.path)
        if name in ("busybox", "toybox") and len(words) > 1 and words[1] in _SHELLS:
            return self._shell(words[1:], state, phase, why)
        if name in _SHELLS:
            return self._shell(words, state, phase, why)
        wrapped = unwrap(name, words)
        if wrapped:
            return self._wrapped(wrapped.words, wrapped.settings, wrapped.stays, name, state, phase, why)
        if name == "run-parts":
            for folder in (word for word in words[1:] if word and not word.startswith("-")):
                for part in matching(self.files, join(state.folder, f"{folder}/*")):
                    self.start((f"/{part}",), state.copy(), "start", f"run-parts {folder}")
        for found in supervised(name, self.files, words):
            self.start(found.words, state.copy(), found.phase, found.why)
        spoken = runtimes.language(name) or runtimes.language(real_name)
        if spoken:
            self._runtime(spoken, path, words, state, phase)
        for folder, reason in beside(path, program.path, self.files):
            self.folder(folder, phase, reason)
        return True

    def _wrapped(
        self, words: Fields, settings: tuple[tuple[str, str], ...], stays: bool, name: str, state: State, phase: Phase,
        why: str,
    ) -> bool:  # fmt: skip
        inner = state.copy()
        for key, value in settings:
            inner.variables[key] = value
            inner.exported.add(key)
        self.start(words, inner, phase, f"{name}, run by {why}" if not why.startswith("the ") else f"{name}, {why}")
        return stays

    def _shell(self, words: Fields, state: State, phase: Phase, why: str) -> bool:
        """A shell with `-c` or a script; returns whether it stays to the end."""
        at, command = 1, False
        while at < len(words):
            word = words[at]
            if word is None or word[:1] not in ("-", "+") or word in ("-", "--"):
                at += word in ("-", "--")
                break
            command |= "c" in word[1:] and not word.startswith("--")
            at += 2 if word in ("-o", "+o", "-O", "--rcfile", "--init-file") else 1
        rest = words[at:]
        if not rest:
            self.doubt(f"{why}: a shell without a script: what it runs is typed or piped in")
            return True
        inner = State(
            variables=dict(state.environment), exported=set(state.environment), folder=state.folder, phase=phase
        )
        text = rest[0] if command else read(self.files, join(state.folder, rest[0] or ""))
        if not command and rest[0] and text is None and "/" not in rest[0]:
            text = read(self.files, self.find(rest[0], state) or "")
        if rest[0] is None or text is None:
            self.doubt(f"{why}: the script {'/' + join(state.folder, rest[0]) if rest[0] else ''} cannot be read")
            return True
        inner.script = rest[0] if not command else (rest[1] or "sh") if len(rest) > 1 else "sh"
        inner.arguments = rest[2:] if command else rest[1:]
        shown = "sh -c" if command else f"/{join(state.folder, rest[0])}"
        ends = Follower(self, shown, self._depth).follow(text, inner, phase)
        leaving = {end.ended for end in ends}
        return not ("exec" in leaving and leaving <= {"exec", "exit"})

    def _runtime(self, spoken: runtimes.Language, path: str, words: Fields, state: State, phase: Phase) -> None:
        for wanted in runtimes.runtime(self.files, spoken, path):
            self.folder(wanted.path, phase, wanted.why)
        own = [*runtimes.application(self.files, spoken, words, state.folder, state.environment)]
        folders = []
        for wanted in own:
            self.folder(wanted.path, phase, wanted.why)
            at = real(self.files, wanted.path)
            if at and wanted.why.startswith(f"the {spoken.name} application"):
                folders.append(at)
        roots = [at for at in folders if not any(at.startswith(f"{other}/") for other in folders)]
        roots = [at for at in dict.fromkeys(roots) if at not in SHARED_FOLDERS]
        if spoken.name in ("Java", ".NET"):
            self.doubt(f"{spoken.name} code may start programs: compiled code was not looked at")
            return
        found, unread = runtimes.calls(self.files, spoken, roots)
        for file, line, word in found[:50]:
            self.doubt(f"/{file}, line {line}: {spoken.name} code starts a program{f' ({word})' if word else ''}")
            if word and (program := word.split()[0]) and self.find(program, state):
                self.start(tuple(word.split()), state.copy(), phase, f"/{file}, line {line}")
        for folder in unread:
            self.doubt(f"/{folder}: {spoken.name} code may start programs: not all of it was looked at")

    def _manager(self, name: str, words: Fields, state: State, phase: Phase) -> bool:
        """`npm start` and its like: a script of package.json, run by sh."""
        plain = [word for word in words[1:] if word and not word.startswith("-")]
        script = plain[1] if plain[:1] in (["run"], ["run-script"]) and len(plain) > 1 else plain[0] if plain else ""
        text = read(self.files, join(state.folder, "package.json"))
        scripts = _scripts(text or "")
        if not script or script not in scripts:
            return False
        self.start(("node", f"/{self.find(name, state)}"), state.copy(), phase, f"the interpreter of {name}")
        inner = state.copy()
        inner.variables["PATH"] = f"/{state.folder}/node_modules/.bin:{state.variables.get('PATH') or PATH}"
        for stage in (f"pre{script}", script, f"post{script}"):
            if stage in scripts:
                own: Phase = phase if stage == script else "start"
                self.start(("sh", "-c", scripts[stage]), inner, own, f"{stage} in /{state.folder}/package.json")
        return True


def _scripts(text: str) -> dict[str, str]:
    from seawall.safe import json

    try:
        scripts = json.load(text.encode("utf-8", "replace"), where="package.json").get("scripts", {})
    except (Malformed, AttributeError):
        return {}
    return {k: v for k, v in scripts.items() if isinstance(v, str)} if isinstance(scripts, dict) else {}
