"""A shell script followed to all that it may start: every branch that is not known to be left out."""

from __future__ import annotations

from collections.abc import Callable

from seawall.contents.shell_builtins import DEPTH, Builtins, Host
from seawall.contents.shell_output import output
from seawall.contents.shell_reader import read_script
from seawall.contents.shell_states import Outcomes, after_loop, blurred, merged, next_round
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
from seawall.contents.trace_files import join, matching
from seawall.errors import Malformed
from seawall.model.contents import Phase

ROUNDS = 64
"""Words of one `for` that are gone through."""

_QUIET = frozenset(
    ("alias", "bg", "caller", "complete", "compgen", "disown", "echo", "enable", "fg", "hash", "help", "history",
     "jobs", "kill", "let", "popd", "printf", "pushd", "shopt", "times", "ulimit", "umask", "unalias", "wait")
)  # fmt: skip
_DECLARING = frozenset(("export", "readonly", "local", "declare", "typeset"))
_READING = frozenset(("read", "getopts", "mapfile", "readarray"))
_LEAVING = frozenset(("exit", "return", "break", "continue"))


class Follower(Builtins):
    """One process of a shell. `name` is what its script is called in sentences."""

    def __init__(self, host: Host, name: str, depth: int = 0) -> None:
        super().__init__(host, name, depth)
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
            outcomes = merged(following)
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
            outcomes = merged(following)
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
                following += [next_round(after) for after in self._run(command.body, before, phase)]
            states = [after for after, _ in merged([(one, None) for one in following])]
        return [(after_loop(after), None) for after in states]

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
                        ends = [next_round(end) for end in self._run(command.body, after, phase)]
                        done += [(after_loop(end), None) for end in ends if end.ended]
                        changed += [blurred(before, end) for end in ends if not end.ended]
            rounds = [after for after, _ in merged([(one, None) for one in changed])]
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
        outcomes = self.words_run(fields, before, phase, command.line)
        if declaring or not command.assignments:
            return outcomes
        for after, _ in outcomes:
            after.variables, after.sure, after.exported = dict(state.variables), set(state.sure), set(state.exported)
        return outcomes

    def words_run(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
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
        words = [word for word in fields if word is not None]
        return output(words, state, self._host) if len(words) == len(fields) else None
