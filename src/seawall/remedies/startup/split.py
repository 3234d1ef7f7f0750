"""A start script cut in two: what ends before the main process begins, and the words that start that process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seawall.contents.shell_reader import read_script
from seawall.contents.shell_syntax import (
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Parameter,
    Script,
    Simple,
    Substitution,
    Text,
    While,
    Word,
)
from seawall.contents.trace_files import join
from seawall.errors import Malformed
from seawall.remedies.startup.acts import Act, act, vault_secret, written

_USERS = ("gosu", "su-exec")
_SYSTEM = re.compile(
    r"/|/(?:etc|usr|bin|sbin|lib|lib64|var|root|home|opt|run)(?:/(?:bin|sbin|lib|local|ssl|local/bin))?"
)
_CUT = re.compile(r"&&|;|\n")


class NotCut(Exception):
    """Why a script cannot be cut; the first argument is a sentence. Never leaves this package."""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """`script` is the half that ends, `words` start the main process.

    `settings` are variables that the script sets for it, `user` who it becomes (as written, "" for no change),
    `folder` where it runs ("" for no change), `writes` the folders that the script fills, `secrets` the vaults and
    secrets that it reads.
    """

    script: str
    words: tuple[str, ...]
    acts: tuple[Act, ...]
    settings: tuple[tuple[str, str], ...] = ()
    user: str = ""
    folder: str = ""
    writes: tuple[str, ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()


def escaped(text: str) -> str:
    """The text so that Kubernetes, which replaces `$(NAME)` in commands and makes `$` of `$$`, leaves it alone."""
    return re.sub(r"\$(?=[$(])", "$$", text)


def split(
    text: str, arguments: Sequence[str], own: Mapping[str, str], manifest: frozenset[str], folder: str = ""
) -> Split:
    """Cut a script. `own` are the image's variables, `manifest` the names that the manifest sets. Raises NotCut."""
    try:
        script = read_script(text)
    except Malformed as error:
        raise NotCut(f"it cannot be read as a shell script ({error.message})") from None
    if not script:
        raise NotCut("it runs nothing")
    last, head = _last(script)
    if any(chain.background for chain in _chains(head)):
        raise NotCut("it leaves a program in the background: give that one a container of its own")
    start = _text_before(text, head, last)
    settings, constants, moved = _environment(head, own, folder)
    values = _Values(arguments, {**own, **constants}, manifest)
    words = [*values.all(last.words)]
    settings.update({each.name: values.one(each.values[0]) for each in last.assignments if each.values})
    user = ""
    words = words[1:] if words[:1] == ["exec"] else words
    if words and words[0].rpartition("/")[2] in _USERS and len(words) > 2:
        user, words = words[1], words[2:]
    if not words:
        raise NotCut("its last command starts no program")
    if act(words, 0) is None or re.fullmatch(r"(?:ba|da|a|z|k)?sh", words[0].rpartition("/")[2]):
        raise NotCut("it does not end in the start of a program")
    acts, writes, secrets = _acts(head, values, folder, text)
    return Split(
        script=start, words=tuple(words), acts=acts, settings=tuple(settings.items()), user=user, folder=moved,
        writes=writes, secrets=secrets,
    )  # fmt: skip


def _last(script: Script) -> tuple[Simple, Script]:
    """The last command, and all before it."""
    *before, chain = script
    command = chain.pipelines[-1].commands[0]
    if chain.background or chain.pipelines[-1].negated or len(chain.pipelines[-1].commands) > 1:
        raise NotCut("its last command is a pipeline, or runs in the background")
    if not isinstance(command, Simple):
        raise NotCut("its last command is a choice or a loop")
    if any(operator != "&&" for operator in chain.operators):
        raise NotCut("its last command runs only when another one fails")
    rest = (Chain(chain.pipelines[:-1], chain.operators[:-1]),) if chain.operators else ()
    head = (*before, *rest)
    if any(isinstance(each, Simple) and _name(each) == "exec" and len(each.words) > 1 for each in commands(head)):
        raise NotCut("it may become another program before its end")
    return command, head


def _text_before(text: str, head: Script, last: Simple) -> str:
    """The text of all but the last command, found by reading both halves again."""
    if not head:
        return ""
    for cut in reversed([*_CUT.finditer(text)]):
        try:
            if read_script(text[: cut.start()]) != head:
                continue
            (after,) = read_script(text[cut.end() :])
        except (Malformed, ValueError):
            continue
        found = after.pipelines[0].commands[0]
        if len(after.pipelines) == 1 and isinstance(found, Simple) and found.words == last.words:
            return text[: cut.start()].rstrip().rstrip("\\").rstrip() + "\n"
    raise NotCut("where its last command begins cannot be told")


def _chains(script: Script) -> Iterator[Chain]:
    for chain in script:
        yield chain
        for pipeline in chain.pipelines:
            for command in pipeline.commands:
                for inner in _inside(command):
                    yield from _chains(inner)


def _inside(command: Command) -> Iterator[Script]:
    if isinstance(command, If):
        for condition, body in command.branches:
            yield from (condition, body)
        yield command.otherwise
    elif isinstance(command, While):
        yield from (command.condition, command.body)
    elif isinstance(command, For | Group):
        yield command.body
    elif isinstance(command, Case):
        yield from (body for _, body in command.arms)
    elif isinstance(command, Function):
        yield from _inside(command.body)
    elif isinstance(command, Simple):
        for word in (*command.words, *command.texts, *(w for each in command.assignments for w in each.values)):
            yield from (part.script for part in word if isinstance(part, Substitution))


def commands(script: Script) -> Iterator[Command]:
    """All commands, those inside others too."""
    for chain in _chains(script):
        for pipeline in chain.pipelines:
            yield from pipeline.commands


def _name(simple: Simple) -> str:
    return literal(simple.words[0]) or "" if simple.words else ""


def literal(word: Word) -> str | None:
    """The text of a word without variables; None where it has some."""
    texts = [part.text for part in word if isinstance(part, Text)]
    return "".join(texts) if len(texts) == len(word) else None


def _environment(head: Script, own: Mapping[str, str], at: str) -> tuple[dict[str, str], dict[str, str], str]:
    """What the script sets for the main process, its constants, and the folder that it goes to. Raises NotCut."""
    settings, constants, folder = dict[str, str](), dict[str, str](), at
    top = {id(pipeline.commands[0]) for chain in head for pipeline in chain.pipelines}
    for each in commands(head):
        if not isinstance(each, Simple):
            continue
        for one in each.assignments if not each.words else ():
            value = literal(one.values[0]) if len(one.values) == 1 and id(each) in top else None
            constants.pop(one.name, None)
            if value is not None and not one.append:
                constants[one.name] = value
                if one.name in own:
                    settings[one.name] = value
            elif one.name in own:
                raise NotCut(f"it changes {one.name}, which the main process sees: set it in the manifest")
        name = _name(each)
        if name in (".", "source", "eval") or (name == "set" and "-a" in map(literal, each.words)):
            raise NotCut(f"{name} may change what the main process sees")
        if name == "cd":
            target = (literal(each.words[1]) or "") if len(each.words) > 1 and id(each) in top else ""
            if not target or not (folder or target.startswith("/")):
                raise NotCut("the folder that it goes to cannot be told")
            folder = "/" + join(folder, target)
        if name in ("export", "declare", "typeset"):
            settings.update(_exported(each, constants, id(each) in top))
    return settings, constants, folder if folder != at else ""


def _exported(each: Simple, constants: Mapping[str, str], sure: bool) -> Iterator[tuple[str, str]]:
    """Plain words (`export NAME`) and assignments among the words (`export NAME=value`)."""
    assigned = {one.name: literal(one.values[0]) if len(one.values) == 1 else None for one in each.assignments}
    for word in each.words[1:]:
        first = word[0].text if word and isinstance(word[0], Text) else ""
        name, sign, _ = first.partition("=")
        if not name or name.startswith("-"):
            continue
        whole = literal(word)
        assigned[name] = (whole.partition("=")[2] if whole is not None else None) if sign else constants.get(name)
    for name, value in assigned.items():
        if value is None or not sure:
            raise NotCut(f"it exports {name}, whose value it works out: set it in the manifest")
        yield name, value


class _Values:
    """What words are when the container starts, written for Kubernetes. Raises NotCut for what only a shell knows."""

    def __init__(self, arguments: Sequence[str], known: Mapping[str, str], manifest: frozenset[str]) -> None:
        self._arguments, self._known, self._manifest = arguments, known, manifest

    def all(self, words: Sequence[Word]) -> Iterator[str]:
        for word in words:
            parts = tuple(part for part in word if part != Text("", quoted=True)) or word
            bare = [part for part in parts if isinstance(part, Parameter) and not part.quoted]
            if len(parts) == 1 and isinstance(parts[0], Parameter) and parts[0].name in ("@", "*"):
                yield from self._arguments
            elif any(part.name in self._manifest for part in bare):
                raise NotCut(f"${bare[0].name} is taken apart into words by the shell: write them out")
            elif bare:
                yield from self.one(parts).split()
            else:
                yield self.one(parts)

    def one(self, word: Word) -> str:
        return "".join(self._part(part) for part in word)

    def _part(self, part: object) -> str:
        if isinstance(part, Text):
            if not part.quoted and re.search(r"[*?\[~]", part.text):
                raise NotCut(f"{part.text} is a pattern, which only a shell replaces")
            return escaped(part.text)
        if not isinstance(part, Parameter):
            raise NotCut("the words that start the main process are worked out by commands")
        name, default = part.name, literal(part.argument)
        if name.isdecimal() and 0 < int(name) <= len(self._arguments):
            return self._arguments[int(name) - 1]
        if name in self._manifest and part.operator in ("", ":-", "-", ":?", "?"):
            return f"$({name})"
        if name in self._known and part.operator in ("", ":-", "-", ":?", "?"):
            return escaped(self._known[name] or default or "")
        if part.operator in (":-", "-") and default is not None:
            return escaped(default)
        raise NotCut(f"the value of ${name} cannot be told")

    def shown(self, word: Word) -> str:
        """The word with `…` for what is not known."""
        pieces = []
        for part in word:
            try:
                pieces.append(self._part(part))
            except NotCut:
                pieces.append(part.text if isinstance(part, Text) else "…")
        return "".join(pieces)


def _acts(
    head: Script, values: _Values, folder: str, text: str
) -> tuple[tuple[Act, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    acts, writes, secrets = dict[Act, None](), dict[str, None](), dict[tuple[str, str], None]()
    for each in commands(head):
        if not isinstance(each, Simple):
            continue
        words = [values.shown(word) for word in each.words]
        if words[:1] == ["cd"] and len(words) > 1:
            folder = "/" + join(folder, words[1])
        if found := act(words, each.line):
            acts[found] = None
        redirected = [path for path in map(values.shown, each.texts) if path.startswith("/") and "\n" not in path]
        redirected = [path for path in redirected if not re.search(rf"(?<!<)<\s*[\"']?{re.escape(path)}", text)]
        for path in written(words, redirected, folder):
            if "…" in path or "$(" in path:
                raise NotCut(f"it writes to {path}, which cannot be told")
            if _SYSTEM.fullmatch(path):
                raise NotCut(f"it writes to {path}, a folder of the system, which a volume would hide")
            writes[path] = None
        if secret := vault_secret(words):
            secrets[secret] = None
    outer = [path for path in writes if not any(path.startswith(f"{other}/") for other in writes)]
    return tuple(acts), tuple(outer), tuple(secrets)
