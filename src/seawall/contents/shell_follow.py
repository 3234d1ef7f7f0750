"""A shell script followed to all that it may start: every branch that is not known to be left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from seawall.contents.shell_reader import read_script
from seawall.contents.shell_syntax import (
    Assignment,
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Parameter,
    Pipeline,
    Script,
    Simple,
    Substitution,
    While,
)
from seawall.contents.shell_test import decide
from seawall.contents.shell_values import Field, Fields, State, Words, matches
from seawall.contents.trace_files import Files, join, matching, read, real
from seawall.errors import Malformed
from seawall.model.contents import Phase

Outcomes: TypeAlias = list[tuple[State, bool | None]]
"""The states in which a command may leave the shell, each with whether it succeeds, None where that is open."""

WAYS = 12
"""States kept apart; beyond, what differs between them is unknown."""

ROUNDS = 64
"""Words of one `for` that are gone through."""

DEPTH = 24
"""Functions and scripts inside each other."""

_QUIET = frozenset(
    ("alias", "bg", "caller", "complete", "compgen", "disown", "echo", "enable", "fg", "hash", "help", "history",
     "jobs", "kill", "let", "popd", "printf", "pushd", "shopt", "times", "ulimit", "umask", "unalias", "wait")
)  # fmt: skip
_DECLARING = frozenset(("export", "readonly", "local", "declare", "typeset"))
_READING = frozenset(("read", "getopts", "mapfile", "readarray"))
_LEAVING = frozenset(("exit", "return", "break", "continue"))


class Host(Protocol):
    """Where programs are started and doubts are kept."""

    @property
    def files(self) -> Files: ...
    def start(self, words: Fields, state: State, phase: Phase, why: str) -> None: ...
    def doubt(self, sentence: str) -> None: ...
    def touch(self, path: str, phase: Phase, why: str) -> None: ...
    def find(self, name: str, state: State) -> str | None: ...
    def spent(self) -> bool: ...


class Follower:
    """One process of a shell. `name` is what its script is called in sentences."""

    def __init__(self, host: Host, name: str, depth: int = 0) -> None:
        self._host, self._name, self._depth = host, name, depth
        self._words = Words(self._printed, self._matches)
        self._builtins: dict[str, Callable[[list[Field], State, Phase, int], Outcomes]] = {
            "cd": self._cd, "set": self._set, "shift": self._shift, "unset": self._unset, "eval": self._eval,
            "exec": self._exec, ".": self._source, "source": self._source, "trap": self._trap,
            "command": self._found, "type": self._found, "builtin": self._found,
        }  # fmt: skip

    def follow(self, text: str, state: State, phase: Phase, *, line: int = 0) -> list[State]:
        """The states at the end of a script. What cannot be read is a doubt."""
        where = f"{self._name}, line {line}" if line else self._name
        if self._depth > DEPTH:
            self._host.doubt(f"{where}: scripts run each other more than {DEPTH} deep")
            return [state]
        try:
            script = read_script(text)
        except Malformed as error:
            self._host.doubt(f"{where}: cannot be read as a shell script ({error})")
            return [state]
        return self._run(script, state, phase)

    def _run(self, script: Script, state: State, phase: Phase) -> list[State]:
        return [after for after, _ in self._outcomes(script, state, phase)]

    def _outcomes(self, script: Script, state: State, phase: Phase) -> Outcomes:
        """Only the last command can stay: what comes before it ends before it begins."""
        outcomes: Outcomes = [(state, None)]
        for chain in script:
            if self._host.spent():
                break
            own: Phase = phase if chain is script[-1] else "start"
            following: Outcomes = []
            for before, verdict in outcomes:
                following += [(before, verdict)] if before.ended else self._chain(chain, before, own)
            outcomes = _merged(following)
        return outcomes

    def _chain(self, chain: Chain, state: State, phase: Phase) -> Outcomes:
        if chain.background:
            apart = state.copy()
            apart.phase = phase = "main"
            self._chain(Chain(chain.pipelines, chain.operators), apart, phase)
            return [(state, True)]
        outcomes: Outcomes = [(state, None)]
        for at, pipeline in enumerate(chain.pipelines):
            own: Phase = "start" if "&&" in chain.operators[at:] else phase
            before = chain.operators[at - 1] if at else ""
            following: Outcomes = []
            for earlier, verdict in outcomes:
                skipped = not before or (verdict is not None and verdict == (before == "||"))
                if earlier.ended or (before and skipped):
                    following.append((earlier, verdict))
                    continue
                if before and verdict is None:
                    following.append((earlier, before == "||"))
                following += self._pipeline(pipeline, earlier.copy(), own)
            outcomes = _merged(following)
        return outcomes

    def _pipeline(self, pipeline: Pipeline, state: State, phase: Phase) -> Outcomes:
        if len(pipeline.commands) > 1:
            for command in pipeline.commands:
                apart = state.copy()
                apart.phase = phase
                self._command(command, apart, phase)
            return [(state, None)]
        outcomes = self._command(pipeline.commands[0], state, phase)
        if not pipeline.negated:
            return outcomes
        return [(after, None if verdict is None else not verdict) for after, verdict in outcomes]

    def _command(self, command: Command, state: State, phase: Phase) -> Outcomes:
        if isinstance(command, Simple):
            return self._simple(command, state, phase)
        if isinstance(command, If):
            return self._if(command, state, phase)
        if isinstance(command, Case):
            return self._case(command, state, phase)
        if isinstance(command, For):
            return self._for(command, state, phase)
        if isinstance(command, While):
            return self._while(command, state, phase)
        if isinstance(command, Function):
            state.functions[command.name] = command.body
            return [(state, True)]
        return self._group(command, state, phase)

    def _group(self, group: Group, state: State, phase: Phase) -> Outcomes:
        if not group.apart:
            return self._outcomes(group.body, state, phase)
        apart = state.copy()
        apart.phase = phase
        verdicts = {verdict for _, verdict in self._outcomes(group.body, apart, phase)}
        return [(state, verdicts.pop() if len(verdicts) == 1 else None)]

    def _if(self, command: If, state: State, phase: Phase) -> Outcomes:
        done: Outcomes = []
        pending = [state]
        for condition, body in command.branches:
            failing: list[State] = []
            for before in pending:
                for after, verdict in self._outcomes(condition, before, "start"):
                    if after.ended:
                        done.append((after, None))
                        continue
                    if verdict is not True:
                        failing.append(after.copy())
                    if verdict is not False:
                        done += self._outcomes(body, after, phase)
            pending = failing
        for before in pending:
            done += self._outcomes(command.otherwise, before, phase)
        return done

    def _case(self, command: Case, state: State, phase: Phase) -> Outcomes:
        subject = self._words.text(command.word, state)
        known = subject is not None and self._words.sure(command.word, state)
        done: Outcomes = []
        for patterns, body in command.arms:
            texts = [self._words.pattern(pattern, state) for pattern in patterns]
            fits = subject is not None and any(text is not None and matches(subject, text) for text in texts)
            if fits or not known or None in texts:
                done += self._outcomes(body, state.copy(), phase)
            if (fits and known) or "*" in texts:
                return done
        return [*done, (state, None)]

    def _for(self, command: For, state: State, phase: Phase) -> Outcomes:
        if command.words is None:
            words = [None] if state.arguments is None else list(state.arguments)
        else:
            words = self._words.all_fields(command.words, state)
        words = words[:ROUNDS] + ([None] if len(words) > ROUNDS else [])
        states = [state]
        for word in words:
            following: list[State] = []
            for before in states:
                if before.ended:
                    following.append(before)
                    continue
                before.assign(command.name, word)
                following += [_round(after) for after in self._run(command.body, before, phase)]
            states = [after for after, _ in _merged([(one, None) for one in following])]
        return [(_looped(after), None) for after in states]

    def _while(self, command: While, state: State, phase: Phase) -> Outcomes:
        """Once as things are, and once more with all unknown that a round changes."""
        done: Outcomes = []
        rounds = [state]
        for _ in range(2):
            changed: list[State] = []
            for before in rounds:
                for after, verdict in self._outcomes(command.condition, before.copy(), "start"):
                    if verdict is not True or after.ended:
                        done.append((after, None))
                    if verdict is not False and not after.ended:
                        ends = [_round(end) for end in self._run(command.body, after, phase)]
                        done += [(_looped(end), None) for end in ends if end.ended]
                        changed += [_blurred(before, end) for end in ends if not end.ended]
            rounds = [after for after, _ in _merged([(one, None) for one in changed])]
        return [*done, *((after, None) for after in rounds)]

    def _simple(self, command: Simple, state: State, phase: Phase) -> Outcomes:
        if self._host.spent():
            return [(state, None)]
        fields = self._words.all_fields(command.words, state)
        for text in command.texts:
            path = self._words.text(text, state)
            if path and "\n" not in path:
                self._host.touch(join(state.folder, path), phase, f"named in {self._name}, line {command.line}")
        declaring = not fields or fields[0] in _DECLARING
        before = state if declaring else state.copy()
        for assignment in command.assignments:
            self._assign(assignment, before, exported=not declaring or fields[:1] == ["export"])
        if not fields:
            parts = (part for each in command.assignments for word in each.values for part in word)
            return [(state, None if command.words or any(isinstance(part, Substitution) for part in parts) else True)]
        if fields[0] in ("[", "[[", "test"):
            return [(state, self._test(command, fields, state))]
        if fields[0] is None:
            self._host.doubt(f"{self._name}, line {command.line}: the command is in a variable that is not known")
            optional = all(isinstance(part, Parameter) and not part.quoted for part in command.words[0])
            fields = fields[1:] if optional else []
            if not fields or fields[0] is None:
                return [(state, None)]
        outcomes = self._words_run(fields, before, phase, command.line)
        if declaring or not command.assignments:
            return outcomes
        for after, _ in outcomes:
            after.variables, after.sure, after.exported = dict(state.variables), set(state.sure), set(state.exported)
        return outcomes

    def _words_run(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        """A command by its fields: a function, something built in, or a program."""
        name = fields[0] or ""
        if name in state.functions:
            return self._call(state.functions[name], fields[1:], state, phase, line)
        if name in self._builtins:
            return self._builtins[name](fields, state, phase, line)
        if name in _LEAVING:
            state.ended = name
            return [(state, None)]
        if name in (":", "true", "false"):
            return [(state, name != "false")]
        if name in _DECLARING or name in _READING:
            for word in fields[1:]:
                if word and word.isidentifier():
                    self._declare(name, word, state)
            return [(state, None if name in _READING else True)]
        if name not in _QUIET:
            self._host.start(tuple(fields), state, phase, f"{self._name}, line {line}")
        return [(state, None if name not in ("echo", "printf") else True)]

    def _declare(self, how: str, name: str, state: State) -> None:
        if how in _READING:
            state.assign(name, None)
        elif how == "export":
            state.exported.add(name)
        elif how in ("local", "declare", "typeset"):
            state.variables.setdefault(name, "")

    def _assign(self, assignment: Assignment, state: State, *, exported: bool) -> None:
        name = assignment.name
        old = state.variables.get(name, "")
        new: Fields | Field
        if assignment.array:
            new = tuple(self._words.all_fields(assignment.values, state))
            if assignment.append:
                new = (*(old if isinstance(old, tuple) else (old,) if old else ()), *new)
        else:
            new = self._words.text(assignment.values[0], state)
            if assignment.append:
                new = None if new is None or not isinstance(old, str) else old + new
        sure = all(self._words.sure(word, state) for word in assignment.values)
        state.assign(name, new)
        if not sure or (assignment.append and name not in state.sure):
            state.sure.discard(name)
        if exported:
            state.exported.add(name)

    def _call(self, body: Command, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        if self._depth > DEPTH:
            self._host.doubt(f"{self._name}, line {line}: functions call each other more than {DEPTH} deep")
            return [(state, None)]
        arguments, state.arguments = state.arguments, tuple(fields)
        self._depth += 1
        outcomes = self._command(body, state, phase)
        self._depth -= 1
        for after, _ in outcomes:
            after.arguments = arguments
            after.ended = after.ended.replace("return", "")
        return outcomes

    def _test(self, command: Simple, fields: list[Field], state: State) -> bool | None:
        if not all(self._words.sure(word, state) for word in command.words):
            return None
        patterns: list[Field] = fields
        if fields[0] == "[[":
            fields = [self._words.text(word, state) for word in command.words]
            patterns = [self._words.pattern(word, state) for word in command.words]
        return decide(fields, patterns, state, self._host.files)

    def _cd(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = [word for word in fields[1:] if word is None or not word.startswith("-")]
        target = words[0] if words else state.variables.get("HOME", "")
        state.folder = join(state.folder, target) if isinstance(target, str) else "?"
        return [(state, None if real(self._host.files, state.folder) is None else True)]

    def _set(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        if "--" in fields:
            state.arguments = tuple(fields[fields.index("--") + 1 :])
        elif len(fields) > 1 and (fields[1] is None or fields[1][:1] not in "-+"):
            state.arguments = tuple(fields[1:])
        return [(state, True)]

    def _shift(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        by = fields[1] if len(fields) > 1 else "1"
        known = by is not None and by.isdecimal() and state.arguments is not None
        state.arguments = (state.arguments or ())[int((by or "0")[:9]) :] if known else None
        return [(state, True)]

    def _unset(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        for name in fields[1:]:
            state.variables.pop(name or "", None)
            state.sure.add(name or "")
        return [(state, True)]

    def _eval(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = [word for word in fields[1:] if word is not None]
        if len(words) < len(fields) - 1:
            self._host.doubt(f"{self._name}, line {line}: eval of a text that is not known")
            return [(state, None)]
        self._depth += 1
        states = self.follow(" ".join(words), state, phase, line=line)
        self._depth -= 1
        return [(after, None) for after in states]

    def _exec(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = fields[1:]
        while words and words[0] in ("-a", "-c", "-l", "--"):
            words = words[2:] if words[0] == "-a" else words[1:]
        if not words:
            return [(state, True)]
        self._host.start(tuple(words), state, state.phase, f"exec in {self._name}, line {line}")
        state.ended = "exec"
        return [(state, None)]

    def _source(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        name = fields[1] if len(fields) > 1 else ""
        if not name:
            self._host.doubt(f"{self._name}, line {line}: reads a script whose name is not known")
            return [(state, None)]
        path = join(state.folder, name) if "/" in name else self._host.find(name, state) or join(state.folder, name)
        text = read(self._host.files, path)
        if text is None:
            self._host.doubt(f"{self._name}, line {line}: the script /{path} is not in the image, or was not kept")
            return [(state, None)]
        self._host.touch(path, phase, f"read by {self._name}, line {line}")
        arguments = state.arguments
        if len(fields) > 2:
            state.arguments = tuple(fields[2:])
        inner = Follower(self._host, f"/{path}", self._depth + 1)
        outcomes: Outcomes = []
        for after in inner.follow(text, state, phase):
            after.ended = after.ended.replace("return", "")
            after.arguments = arguments if len(fields) > 2 else after.arguments
            outcomes.append((after, None))
        return outcomes

    def _trap(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        if len(fields) > 2 and fields[1] and fields[1] != "-":
            self.follow(fields[1], state.copy(), "main", line=line)
        return [(state, True)]

    def _found(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        """`command`, `type`, `builtin`: a question whether a program is there, or a way to run it."""
        asked = fields[0] == "type" or (len(fields) > 1 and (fields[1] or "").startswith("-"))
        words = [word for word in fields[1:] if word != "-p" or asked]
        if asked:
            names = [word for word in words if word and not word.startswith("-")]
            known = [self._host.find(name, state) is not None or name in state.functions for name in names]
            return [(state, all(known) if known else None)]
        return self._words_run(words, state, phase, line) if words and words[0] else [(state, None)]

    def _matches(self, pattern: str, state: State) -> tuple[str, ...]:
        absolute = pattern.startswith("/")
        found = matching(self._host.files, join(state.folder, pattern))
        cut = 0 if absolute or not state.folder else len(state.folder) + 1
        return tuple(f"/{path}" if absolute else path[cut:] for path in found) or (pattern,)

    def _printed(self, script: Script, state: State) -> Field:
        """What a substitution prints, for the commands that scripts build paths with."""
        if self._host.spent():
            return None
        apart = state.copy()
        apart.phase = "start"
        states = self._run(script, apart, "start")
        pipeline = script[-1].pipelines[-1] if script else None
        if pipeline is None or len(pipeline.commands) > 1 or len(states) != 1:
            return None
        command = pipeline.commands[0]
        if not isinstance(command, Simple) or not command.words:
            return None
        return self._output(self._words.all_fields(command.words, states[0]), states[0])

    def _output(self, fields: list[Field], state: State) -> Field:
        from seawall.contents.shell_output import output

        words = [word for word in fields if word is not None]
        return output(words, state, self._host) if len(words) == len(fields) else None


def _merged(outcomes: Outcomes) -> Outcomes:
    """Each state once; where they are too many, one with all unknown in which they differ."""
    if len(outcomes) < 2:
        return outcomes
    unique: dict[object, tuple[State, bool | None]] = {}
    for state, verdict in outcomes:
        unique.setdefault((state.ended, verdict) if state.ended else (state.key, verdict), (state, verdict))
    if len(unique) <= WAYS:
        return list(unique.values())
    going = [state for state, _ in unique.values() if not state.ended]
    ended = [outcome for outcome in unique.values() if outcome[0].ended]
    first = going[0] if going else None
    for other in going[1:]:
        first = _blurred(first or other, other)
    return [*ended, *([(first, None)] if first else [])]


def _blurred(state: State, other: State) -> State:
    """What both states agree on; the rest is unknown."""
    both = state.copy()
    for name in state.variables.keys() | other.variables.keys():
        if state.variables.get(name, "") != other.variables.get(name, ""):
            both.variables[name] = None
    both.sure |= other.sure
    both.exported |= other.exported
    both.functions |= other.functions
    both.arguments = state.arguments if state.arguments == other.arguments else None
    both.folder = state.folder if state.folder == other.folder else "?"
    return both


def _round(state: State) -> State:
    state.ended = state.ended.replace("continue", "")
    return state


def _looped(state: State) -> State:
    state.ended = state.ended.replace("break", "")
    return state
