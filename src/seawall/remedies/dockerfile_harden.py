"""A Dockerfile rewritten: what builds stays as it is, what runs moves onto a base that holds only what it needs."""

from __future__ import annotations

import datetime
import json
import posixpath
import re
from collections.abc import Iterator, Sequence

import msgspec

from seawall.checks import Check
from seawall.checks.base_images import ADVICE, is_minimal, language
from seawall.checks.credentials import names_secret
from seawall.checks.dockerfiles import judge
from seawall.checks.installs import install, of_system
from seawall.model.dockerfile import Command, Dockerfile, Edit, Stage
from seawall.remedies.dockerfile_fix import Parse, apply, fix

_MOVED = ("ENTRYPOINT", "CMD", "EXPOSE", "USER", "STOPSIGNAL", "VOLUME", "HEALTHCHECK")
_INTERPRETERS = {
    "python": (r"python[\d.]*", "/usr/bin/python3"),
    "node": (r"node(?:js)?", "/nodejs/bin/node"),
    "java": (r"java", "/usr/bin/java"),
    "dotnet": (r"dotnet", "/usr/bin/dotnet"),
}
"""By language: what starts it, and where the base has it."""
_MODULES = ("gunicorn", "uvicorn", "flask", "celery", "hypercorn", "streamlit")
"""Commands of Python packages that `python -m` starts too."""
_DEPENDENCIES = "/deps"
_NOBODY = "USER 65532:65532"


class Hardened(msgspec.Struct, frozen=True, kw_only=True):
    """`notes` are sentences on what could not be done, or has to be looked at."""

    text: str
    notes: tuple[str, ...]


def harden(text: str, parse: Parse, checks: Sequence[Check], *, today: datetime.date) -> Hardened:
    """The rewrite, which has fewer findings than `text`; `text` itself where there is none that has."""
    notes: list[str] = []
    fixed = fix(text, parse, checks, today=today)
    for candidate in (_rewritten(fixed, parse, notes), fixed):
        after = parse(candidate)
        left = judge(after, checks, today=today)
        if not after.faults and len(left) < len(judge(parse(text), checks, today=today)):
            open_ones = [
                f"left: {told.finding.rule} at {told.finding.location}: {told.finding.message}" for told in left
            ]
            return Hardened(text=candidate, notes=(*notes, *open_ones))
    return Hardened(text=text, notes=(*notes, "nothing here can be made better without knowing more"))


def _rewritten(text: str, parse: Parse, notes: list[str]) -> str:
    """The text with a minimal last stage; with notes only where that cannot be."""
    dockerfile = parse(text)
    if not dockerfile.shipped:
        notes.append("there is no stage in it")
        return text
    last = dockerfile.shipped[-1]
    if is_minimal(dockerfile.shipped[0].base.value):
        return _with_user(text, dockerfile)
    kind = language(dockerfile)
    start = _start(dockerfile, kind)
    if isinstance(start, str) or not kind:
        notes.append(start if isinstance(start, str) else "the language is not known, so no base is proposed")
        return text
    places = _places(dockerfile)
    if places is None:
        notes.append("what it copies lies in a folder that only the base image knows: write WORKDIR as a full path")
        return text
    if any(each.heredocs for each in last.of(*_MOVED)) or any(last.of("ONBUILD")):
        notes.append("its last stage has instructions that cannot be moved")
        return text
    moved, name = _build_stage(text, dockerfile, last, kind)
    notes += _caveats(dockerfile, kind)
    return moved.rstrip("\n") + "\n\n" + "\n".join(_final_stage(dockerfile, name, kind, start, places, notes)) + "\n"


def _with_user(text: str, dockerfile: Dockerfile) -> str:
    """The last stage with a user, where it has none."""
    last = dockerfile.shipped[-1]
    if any(True for stage in dockerfile.shipped for _ in stage.of("USER")):
        return text
    lines = text.split("\n")
    starts = [each.line for each in last.of("ENTRYPOINT", "CMD")]
    lines.insert((min(starts) - 1) if starts else last.instructions[-1].end, _NOBODY)
    return "\n".join(lines)


def _start(dockerfile: Dockerfile, kind: str) -> list[str] | str:
    """The words that start the program on the new base; or why that cannot be told."""
    commands = [
        each
        for keyword in ("ENTRYPOINT", "CMD")
        for each in [one for stage in dockerfile.shipped for one in stage.of(keyword)][-1:]
    ]
    if not commands:
        return "what the image starts is not said here, so the last stage stays"
    words: list[str] = []
    for each in commands:
        if not each.exec_form and (len(each.commands) != 1 or each.commands[0].assigned or each.commands[0].redirects):
            return f"{each.keyword} is a script for a shell, which a minimal base has not: start the program itself"
        said = each.words if each.exec_form else each.commands[0].words
        if any("$" in word.text for word in said):
            return f"{each.keyword} has variables, which only a shell replaces: write their values"
        words += [word.value for word in said if word.value != "exec"]
    return _on_base(words, kind)


def _on_base(words: list[str], kind: str) -> list[str] | str:
    program = words[0].rpartition("/")[2]
    if kind not in _INTERPRETERS:
        path = words[0]
        return words if path.startswith("/") else f"{path} is no full path, so it cannot be told what to copy"
    pattern, interpreter = _INTERPRETERS[kind]
    if re.fullmatch(pattern, program):
        return [interpreter, *words[1:]]
    if kind == "python" and program in _MODULES:
        return [interpreter, "-m", *words]
    return f"{program} starts the program, and is not on {ADVICE[kind]}: name the file that it starts"


def _build_stage(text: str, dockerfile: Dockerfile, last: Stage, kind: str) -> tuple[str, str]:
    """The text with the last stage named and without what is for running, and the stage's name."""
    lines = text.split("\n")
    edits: list[Edit] = []
    taken = {stage.name for stage in dockerfile.stages}
    name = last.name or next(each for each in ("build", "build-app", "build-last") if each not in taken)
    for command in _pip(dockerfile) if kind == "python" else ():
        found = install(command)
        if found:
            verb = found.verb
            option = f"{verb.text} --target={_DEPENDENCIES}"
            edits.append(Edit(line=verb.line, column=verb.column, old=verb.text, text=option))
    lines = apply(text, edits).split("\n")
    if not last.name:
        end = last.start.end - 1
        lines[end] = f"{lines[end].rstrip()} AS {name}"
    for each in sorted(last.of(*_MOVED), key=lambda each: -each.line):
        if each.keyword != "USER":
            del lines[each.line - 1 : each.end]
    return "\n".join(lines), name


def _pip(dockerfile: Dockerfile) -> Iterator[Command]:
    for stage in dockerfile.shipped:
        for each in stage.of("RUN"):
            for command in each.commands:
                found = install(command)
                if found and found.manager.startswith("pip") and "--target" not in " ".join(command.values):
                    yield command


def _final_stage(
    dockerfile: Dockerfile, name: str, kind: str, start: list[str], places: tuple[str, list[str]], notes: list[str]
) -> Iterator[str]:
    yield f"FROM {ADVICE[kind]}"
    for stage in dockerfile.shipped:
        for each in stage.of("ENV", "LABEL"):
            if any(names_secret(pair.name) for pair in each.pairs):
                notes.append(f"line {each.line}: ENV {each.pairs[0].name} is left out: mount the secret instead")
            else:
                yield f"{each.keyword} {each.text.strip()}"
    folder, copied = places
    if folder:
        yield f"WORKDIR {folder}"
    installed = kind == "python" and any(_pip(dockerfile))
    for path in _copied(kind, start, folder, copied, dependencies=installed):
        yield f"COPY --from={name} {path} {path}"
    if kind == "python":
        yield f"ENV PYTHONPATH={_DEPENDENCIES}"
    for each in dockerfile.shipped[-1].of("EXPOSE", "STOPSIGNAL"):
        yield f"{each.keyword} {each.text.strip()}"
    yield _user(dockerfile)
    yield f"ENTRYPOINT {json.dumps(start)}"
    notes += [
        f"{each.keyword} is left out: {why}"
        for keyword, why in (
            ("HEALTHCHECK", "Kubernetes ignores it; write a probe"),
            ("VOLUME", "mount volumes in the manifest"),
        )
        for each in dockerfile.shipped[-1].of(keyword)
    ]


def _places(dockerfile: Dockerfile) -> tuple[str, list[str]] | None:
    """The last working directory, "" where none is set, and where COPY and ADD put things; None where a path is
    relative to a folder that only the base image knows."""
    folder, copied = "", list[str]()
    for each in (each for stage in dockerfile.shipped for each in stage.of("WORKDIR", "COPY", "ADD") if each.words):
        path = each.words[-1].value
        if not path.startswith("/") and not folder:
            return None
        path = posixpath.normpath(posixpath.join(folder, path))
        if each.keyword == "WORKDIR":
            folder = path
        else:
            copied.append(path)
    return folder, copied


def _copied(kind: str, start: list[str], folder: str, copied: list[str], *, dependencies: bool) -> list[str]:
    """What the program needs: its folder, what COPY brought elsewhere, its dependencies, or only the program."""
    paths = [start[0]]
    if kind in _INTERPRETERS:
        paths = [*([folder] if folder else []), *copied, *([_DEPENDENCIES] if dependencies else [])]
    kept: list[str] = []
    for path in paths:
        inside = any(path == one or path.startswith(f"{one}/") for one in kept)
        if path != "/" and not inside:
            kept.append(path)
    return kept


def _user(dockerfile: Dockerfile) -> str:
    users = [each for stage in dockerfile.shipped for each in stage.of("USER")]
    word = users[-1].words[0] if users and users[-1].words else None
    number = word.value.partition(":")[0] if word and word.known else ""
    return f"USER {word.value}" if word and number.isdecimal() and int(number) else _NOBODY


def _caveats(dockerfile: Dockerfile, kind: str) -> Iterator[str]:
    yield f"pin {ADVICE[kind]} by its digest: `docker buildx imagetools inspect {ADVICE[kind]}`"
    yield "files that the program writes have to belong to its user: COPY --chown, or a volume"
    if kind == "python":
        yield "the base has Python 3.11: build with 3.11, or wheels with C code do not load"
    if kind in ("go", "rust", "c"):
        yield "only the program is copied: files that it opens at run time, and libraries beyond libc, are to be added"
    runs = [command for stage in dockerfile.shipped for each in stage.of("RUN") for command in each.commands]
    installs = [found for command in runs if (found := install(command)) and of_system(found)]
    if packages := sorted({name for found in installs for name in found.names}):
        yield f"packages of the old base that are not copied: {', '.join(packages)}"
