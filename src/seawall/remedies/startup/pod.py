"""A pod's specification without start-up work in its containers: dictionaries in, dictionaries out, nothing changed in
place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from seawall.contents.trace_wrappers import unwrap
from seawall.remedies.startup.acts import Act
from seawall.remedies.startup.probes import HOOKS, PROBES, NotReplaced, action, needs_tool
from seawall.remedies.startup.split import NotCut, Split, escaped, split

SEED = 'if [ -d "$1" ]; then cp -a "$1/." "$2"; fi'
_SEED_AT = "/seawall-seed"

Script = Callable[[str], str | None]
"""The text of the script at a path of the image; None where there is none."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the image: its own `entrypoint`, `command`, variables, working directory ("" where not known)
    and scripts; `users` are the numbers of its accounts by name.

    `starter` is what is added to the image's tag for the stage that still has the tools; "" where it stays one image.
    """

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    folder: str = ""
    users: Mapping[str, int] = {}
    script: Script = lambda _: None
    starter: str = ""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A pod and what was done to it. `acts` are those at start-up; `notes` are sentences on what has to be looked at,
    `left` on what could not be done. `vaults` are key vaults and secrets that a SecretProviderClass has to name."""

    pod: Mapping[str, Any]
    acts: tuple[Act, ...] = ()
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    vaults: tuple[tuple[str, str], ...] = ()


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """How a container's script is run: `before` are programs that stay around it (tini), `shell` the words that run
    a text, `written` says that the manifest itself holds the text."""

    before: tuple[str, ...]
    shell: tuple[str, ...]
    text: str
    name: str
    arguments: tuple[str, ...]
    written: bool


def move(pod: Mapping[str, Any], container: int, image: Told) -> Moved:
    """Take start-up work, probes and hooks with tools out of one container of a pod."""
    after, notes, left = _probes(pod["containers"][container])
    acts: tuple[Act, ...] = ()
    vaults: tuple[tuple[str, str], ...] = ()
    result = {**pod, "containers": [after if at == container else each for at, each in enumerate(pod["containers"])]}
    started = start_of(after, image)
    if started:
        try:
            cut = cut_of(after, image, started)
            acts, vaults = cut.acts, cut.secrets
            if acts or cut.user:
                result, more = _without(result, container, started, cut, image)
                notes += more
        except NotCut as reason:
            left.append(f"{started.name} stays: {reason}")
    return Moved(pod=result, acts=acts, notes=tuple(dict.fromkeys(notes)), left=tuple(left), vaults=vaults)


def start_of(container: Mapping[str, Any], image: Told) -> Started | None:
    """The shell script that a container starts with; None where it starts with none, or that is not known."""
    own, given = _texts(container.get("command")), _texts(container.get("args"))
    words = [*(own or image.entrypoint), *(given or (() if own else image.command))]
    kept: Callable[[str], str] = str if own or given else escaped
    before: list[str] = []
    while words and (wrapped := unwrap(words[0].rpartition("/")[2], tuple(words))) and wrapped.stays:
        inner = [word for word in wrapped.words if word]
        before += words[: len(words) - len(inner)]
        words = inner
    if not words:
        return None
    if re.fullmatch(r"(?:ba|da|a|z|k)?sh", words[0].rpartition("/")[2]):
        at = next((at for at, word in enumerate(words) if at and not word.startswith("-")), 0)
        if not at:
            return None
        if any(re.fullmatch(r"-\w*c", word) for word in words[1:at]):
            return Started(before=tuple(before), shell=tuple(words[:at]), text=words[at], name="the command",
                           arguments=tuple(map(kept, words[at + 2 :])), written=bool(own or given))  # fmt: skip
        text, shell = image.script(words[at]), (*words[:at], "-c")
        arguments = tuple(map(kept, words[at + 1 :]))
        return text if text is None else Started(before=tuple(before), shell=shell, text=text, name=words[at],
                                                 arguments=arguments, written=False)  # fmt: skip
    text = image.script(words[0])
    first = re.match(r"#!\s*(\S*/(?:env\s+)?(?:ba|da|a|z|k)?sh)\b[ \t]*(\S*)", text or "")
    if text is None or not first:
        return None
    shell = (*first[1].split(), *([first[2]] if first[2] else []), "-c")
    arguments = tuple(map(kept, words[1:]))
    return Started(before=tuple(before), shell=shell, text=text, name=words[0], arguments=arguments, written=False)


def cut_of(container: Mapping[str, Any], image: Told, started: Started) -> Split:
    """The script cut in two. Raises NotCut."""
    names = frozenset(str(each.get("name")) for each in _dicts(container.get("env")))
    if container.get("envFrom"):
        known: Mapping[str, str] = {}  # any of the image's variables may have another value
    else:
        known = {name: value for name, value in image.variables.items() if name not in names}
    folder = str(container.get("workingDir") or image.folder)
    return split(started.text, started.arguments, known, names, folder)


def _without(
    pod: Mapping[str, Any], at: int, started: Started, cut: Split, image: Told
) -> tuple[dict[str, Any], list[str]]:
    """The pod whose container starts the main process itself, after init containers that do the rest."""
    container = dict(pod["containers"][at])
    name = str(container.get("name") or "main")
    mounts = _dicts(container.get("volumeMounts"))
    volumes, own, seeds = _volumes(cut, mounts, name)
    source = {**container, "image": with_tools(container["image"], image.starter)} if image.starter else container
    init = _init(source, f"{name[:50]}-start", started, cut, [*mounts, *own])
    if not image.starter or container.get("command") or container.get("args"):
        container["command"] = [*started.before, *cut.words]
    container.pop("args", None)
    if cut.settings:
        names = {key for key, _ in cut.settings}
        kept = [each for each in _dicts(container.get("env")) if each.get("name") not in names]
        container["env"] = [*kept, *({"name": key, "value": value} for key, value in cut.settings)]
    if cut.folder:
        container["workingDir"] = cut.folder
    notes = _notes(started, cut, image.starter)
    result = dict(pod)
    if cut.user:
        notes += _as_user(container, result, cut.user, image)
    if own:
        container["volumeMounts"] = [*mounts, *own]
        result["volumes"] = [*_dicts(pod.get("volumes")), *volumes]
    seeding = [_seed(source, each) for each, seed in zip(own, seeds, strict=True) if seed]
    result["initContainers"] = [*_dicts(pod.get("initContainers")), *seeding, init]
    result["containers"] = [container if n == at else each for n, each in enumerate(pod["containers"])]
    return result, notes


def _volumes(cut: Split, mounts: Sequence[Mapping[str, Any]], name: str) -> tuple[list[Any], list[Any], list[bool]]:
    """Empty volumes for what the script writes where none is mounted yet, their mounts, and which get image's files."""
    there = [str(each.get("mountPath", "")).rstrip("/") for each in mounts]
    free = [path for path in cut.writes if not any(path == one or path.startswith(f"{one}/") for one in there)]
    named = [f"{name[:40]}-start-{number}" for number in range(1, len(free) + 1)]
    volumes = [{"name": each, "emptyDir": {}} for each in named]
    own = [{"name": each, "mountPath": path} for each, path in zip(named, free, strict=True)]
    return volumes, own, [path not in ("/tmp", "/var/tmp") for path in free]  # noqa: S108 - no image has files there


def _init(container: Mapping[str, Any], name: str, started: Started, cut: Split, mounts: list[Any]) -> dict[str, Any]:
    kept = {key: container[key] for key in ("image", "imagePullPolicy") if key in container}
    text = cut.script if started.written else escaped(cut.script)
    shown = started.name if started.name.startswith("/") else "start"
    init: dict[str, Any] = {"name": name, **kept, "command": [*started.shell, text, shown, *started.arguments]}
    for key in ("workingDir", "env", "envFrom", "resources", "securityContext"):
        if key in container:
            init[key] = container[key]
    return {**init, **({"volumeMounts": mounts} if mounts else {})}


def _seed(container: Mapping[str, Any], mount: Mapping[str, Any]) -> dict[str, Any]:
    """An init container that copies what the image has in a folder into the volume that will hide it."""
    kept = {key: container[key] for key in ("image", "imagePullPolicy") if key in container}
    command = ["/bin/sh", "-c", SEED, "sh", mount["mountPath"], _SEED_AT]
    return {"name": f"{mount['name']}-seed", **kept, "command": command,
            "volumeMounts": [{"name": mount["name"], "mountPath": _SEED_AT}]}  # fmt: skip


def _as_user(container: dict[str, Any], pod: dict[str, Any], user: str, image: Told) -> list[str]:
    number, _, group = user.partition(":")
    found = int(number) if number.isdecimal() else image.users.get(number)
    if found is None:
        raise NotCut(f"it becomes the user {number}, whose number is not known")
    context = {**(container.get("securityContext") or {}), "runAsUser": found}
    container["securityContext"] = {**context, "runAsNonRoot": True} if found else context
    gid = int(group) if group.isdecimal() else found
    pod["securityContext"] = {"fsGroup": gid, **(pod.get("securityContext") or {})}
    return [f"the container runs as user {found} from its start, and its volumes belong to group {gid}"]


def with_tools(image: str, starter: str) -> str:
    """The name of the image that has the tools."""
    name = image.partition("@")[0]
    return name + (starter if ":" in name.rpartition("/")[2] else f":{starter.lstrip('-')}")


def _notes(started: Started, cut: Split, starter: str) -> list[str]:
    as_it_is = "the init container uses the image as it is: keep it under a tag of its own before it is hardened"
    notes = [] if starter else [as_it_is]
    if any(each.does == "does what is not known here" for each in cut.acts):
        notes.append("what the programs not known here write has to lie in one of the volumes")
    if any(each.does == "migrates a database" for each in cut.acts):
        notes.append("every replica runs the migration at its start, as before; a Job would run it once")
    if started.arguments and '"$@"' not in started.text and "$1" in started.text:
        notes.append("the script looks at its arguments, which the init container is given too")
    return notes


def _probes(container: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The container with probes and hooks that need no tool."""
    after, notes, left = dict(container), list[str](), list[str]()
    hooks = container.get("lifecycle")
    hooks = dict(hooks) if isinstance(hooks, dict) else {}
    for holder, key, hook in [*((after, key, False) for key in PROBES), *((hooks, key, True) for key in HOOKS)]:
        handler = holder.get(key)
        run = handler.get("exec") if isinstance(handler, dict) else None
        command = _texts(run.get("command")) if isinstance(run, dict) else ()
        if not isinstance(handler, dict) or not needs_tool(command):
            continue
        try:
            instead, more = action(command, hook=hook)
        except NotReplaced as reason:
            left.append(f"{key} stays: {reason}")
            continue
        rest = {name: value for name, value in handler.items() if name != "exec"}
        holder[key] = {**instead, **rest}
        notes += [f"{key}: {each}" for each in more]
    if hooks:
        after["lifecycle"] = hooks
    return after, notes, left


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else ()


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
