"""Start-up work, probes and hooks taken out of the containers of a folder of manifests: read, move, show the diff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from seawall.errors import SeawallError, UsageError
from seawall.model import Dockerfile, Image, NotAssessed
from seawall.remedies.bases import bases
from seawall.remedies.dockerfile_fix import diff
from seawall.remedies.manifests.edit import NotEdited, edit
from seawall.remedies.manifests.patch import patch
from seawall.remedies.startup.pod import Moved, Told, cut_of, move, start_of, with_tools
from seawall.remedies.startup.secrets import provider_class
from seawall.remedies.startup.split import NotCut
from seawall.safe import files
from seawall.safe.limits import Limits
from seawall.safe.yaml import Document
from seawall.sources.dockerfile import is_dockerfile, read
from seawall.sources.dockerfile import parse as parse_dockerfile
from seawall.sources.images.registry.reference import parse
from seawall.sources.kubernetes.workloads import ManifestFile, Workload, workloads
from seawall.workflows.dockerfiles import harden
from seawall.workflows.images import Images
from seawall.workflows.inputs import told_apart
from seawall.workflows.settings import Settings


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """`diff` changes the manifests, `notes` are sentences, `changed` how many containers of `looked` it changes."""

    diff: str
    notes: tuple[str, ...]
    looked: int
    changed: int
    not_assessed: tuple[NotAssessed, ...] = ()


def advise(place: Path, limits: Limits, told: Told | None = None, named: str = "") -> Advice:
    """What the manifests at `place` become. Raises SeawallError for a place that is none.

    With `named`, only the containers of that image are looked at, and `told` says what is in it; else all are, by what
    the manifests alone tell.
    """
    found, unread = workloads(place, limits)
    shown, notes = list[str](), list[str]()
    looked = changed = 0
    for file in found:
        text, documents = file.text, file.documents
        for workload in file.workloads:
            pod, seen = workload.pod, list[Moved]()
            for number, container in enumerate(workload.pod["containers"]):
                if named and not same_image(str(container.get("image") or ""), named):
                    continue
                looked += 1
                moved = move(pod, number, told or Told())
                changed += moved.pod != pod
                pod = moved.pod
                seen.append(moved)
                where = f"{file.path}: {workload.kind} {workload.name}, container {container.get('name')}"
                notes += _notes(where, moved)
            if pod != workload.pod:
                try:
                    text = edit(text, documents, workload.document, workload.at, pod)
                    documents = _read(text, limits)
                except NotEdited:
                    shown.append(_as_patch(file, workload, pod))
                    notes.append(f"{file.path}: its lines cannot be changed one by one, so a patch is made beside it")
            shown += [_new_file(file.path, workload, each) for each in seen if each.vaults]
        shown.append(diff(file.text, text, str(file.path)))
    return Advice(
        diff="".join(shown), notes=tuple(dict.fromkeys(notes)), looked=looked, changed=changed, not_assessed=unread
    )


def harden_manifests(word: str | None, place: Path, named: str, settings: Settings) -> Advice:
    """The advice for a Dockerfile, for an image, or for manifests alone. Raises SeawallError.

    The diff of a Dockerfile comes first: it starts the main process itself, and stands on a minimal base. Of an image,
    the notes say which bases fit.
    """
    if word is None:
        return advise(place, settings.limits)
    paths, afar = told_apart([word])
    if afar or not is_dockerfile(paths[0]):
        with Images(settings) as images:
            image = images.contents(images.sources((paths or afar)[0])[0])
        name = named or image.name
        advice = _used(advise(place, settings.limits, of_image(image), name), name, place)
        return msgspec.structs.replace(advice, notes=(*advice.notes, *bases(image)))
    path = paths[0]
    if not named:
        hint = "say --named with what the manifests call its image"
        raise UsageError("a Dockerfile does not say what its image is called", where=str(path), hint=hint)
    dockerfile = read(path, limits=settings.limits)
    told = of_dockerfile(dockerfile, settings.limits)
    text, notes = started_alone(path, dockerfile, told, settings)
    hardened, _ = harden(path, settings, text)
    after = hardened.text
    stages = parse_dockerfile(after, str(path)).stages
    if notes and len(stages) > len(dockerfile.stages):
        starter = stages[-2].name
        started = start_of({}, told)
        script = f"COPY --from={starter} {started.name} {started.name}\n" if started else ""
        after = after.replace(script, "") if script else after
        told = msgspec.structs.replace(told, starter="-start")
        build = f"docker build --target {starter} -t {with_tools(named, '-start')} ."
        notes = (*notes, f"the init container's image is the stage before the last: {build}")
    advice = _used(advise(place, settings.limits, told, named), named, place)
    before = files.read(path, limit="dockerfile_bytes", limits=settings.limits).decode()
    shown = diff(before, after, str(path)) + advice.diff
    return msgspec.structs.replace(advice, diff=shown, notes=(*notes, *hardened.notes, *advice.notes))


def _used(advice: Advice, named: str, place: Path) -> Advice:
    if advice.looked:
        return advice
    hint = "say --named with what the manifests call it"
    raise UsageError(f"no container runs the image {named}", where=str(place), hint=hint)


def started_alone(path: Path, dockerfile: Dockerfile, told: Told, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """The Dockerfile's text whose last ENTRYPOINT starts the main process without its script, where one is cut."""
    text = files.read(path, limit="dockerfile_bytes", limits=settings.limits).decode()
    started = start_of({}, told)
    starts = [each for stage in dockerfile.shipped[-1:] for each in stage.of("ENTRYPOINT", "CMD")]
    if not started or not starts:
        return text, ()
    try:
        cut = cut_of({}, told, started)
    except NotCut as reason:
        return text, (f"{path}: {started.name} stays: {reason}",)
    lines = text.split("\n")
    words = json.dumps([word.replace("$$", "$") for word in (*started.before, *cut.words)])
    added = [f"ENV {name}={json.dumps(value)}" for name, value in cut.settings]
    added += [f"WORKDIR {cut.folder}"] if cut.folder else []
    added += [f"USER {cut.user}"] if cut.user else []
    last = starts[-1].end
    lines[last:last] = [*added, f"ENTRYPOINT {words}"]
    for each in reversed(starts):
        del lines[each.line - 1 : each.end]
    return "\n".join(lines), (f"{path}: {started.name} is run by the init container of the manifest only",)


def same_image(one: str, other: str) -> bool:
    """Whether two names mean the same image; a tag or digest that one of them lacks counts for nothing."""
    try:
        a, b = parse(one), parse(other)
    except SeawallError:
        return one == other
    tags = {tag for tag in (a.tag, b.tag) if tag}
    return (a.registry, a.repository) == (b.registry, b.repository) and len(tags) < 2


def of_image(image: Image) -> Told:
    """What an image that was read says of its start."""
    contents = image.contents
    programs = contents.programs if contents else ()
    texts = {path: each.text for each in programs if each.text for path in (each.path, *each.links)}
    accounts = contents.accounts if contents else ()
    return Told(
        entrypoint=image.entrypoint,
        command=image.command,
        variables=dict(each.partition("=")[::2] for each in image.env),
        folder=image.working_dir or "/",
        users={each.name: each.user for each in accounts if each.user is not None},
        script=lambda path: texts.get(path.lstrip("/")),
    )


def of_dockerfile(dockerfile: Dockerfile, limits: Limits) -> Told:
    """What a Dockerfile says of the start of its image; scripts are read where COPY takes them from."""
    start, variables, folder = dict[str, tuple[str, ...]](), dict[str, str](), "/"
    for stage in dockerfile.shipped:
        for each in stage.instructions:
            if each.keyword in ("ENTRYPOINT", "CMD"):
                values = tuple(word.value for word in each.words)
                start[each.keyword] = values if each.exec_form else ("/bin/sh", "-c", each.text.strip())
                if each.keyword == "ENTRYPOINT":
                    start.pop("CMD", None)
            elif each.keyword == "ENV":
                variables |= {pair.name: pair.value.value for pair in each.pairs if pair.value and pair.value.known}
            elif each.keyword == "WORKDIR" and each.words:
                word = each.words[0].value
                folder = word if word.startswith("/") else f"{folder.rstrip('/')}/{word}"
    sources = dict(_copied(dockerfile))
    base = Path(dockerfile.file).parent

    def script(path: str) -> str | None:
        source = sources.get(path)
        if source is None or not (base / source).resolve().is_relative_to(base.resolve()):
            return None
        try:
            return files.read(base / source, limit="dockerfile_bytes", limits=limits).decode()
        except (SeawallError, UnicodeDecodeError):
            return None

    return Told(
        entrypoint=start.get("ENTRYPOINT", ()), command=start.get("CMD", ()), variables=variables, folder=folder,
        script=script,
    )  # fmt: skip


def _copied(dockerfile: Dockerfile) -> Iterator[tuple[str, str]]:
    """By its path in the image: where COPY takes a single file from, relative to the Dockerfile's folder."""
    for stage in dockerfile.shipped:
        for each in stage.of("COPY", "ADD"):
            *sources, target = [word.value for word in each.words] or [""]
            if each.flag("from") or each.heredocs:
                continue
            for source in sources:
                name = source.rpartition("/")[2]
                yield (f"{target.rstrip('/')}/{name}" if target.endswith("/") or len(sources) > 1 else target), source


def _read(text: str, limits: Limits) -> tuple[Document, ...]:
    from seawall.safe import yaml

    return yaml.load_all(text.encode(), where="the changed manifest", limits=limits)


def _notes(where: str, moved: Moved) -> Iterator[str]:
    for act in moved.acts:
        yield f"{where}: {act.tool} (line {act.line}) {act.does}; instead: {act.instead}"
    for sentence in (*moved.notes, *moved.left):
        yield f"{where}: {sentence}"


def _as_patch(file: ManifestFile, workload: Workload, pod: Mapping[str, object]) -> str:
    at = workload.at[workload.at.index("spec") :] if "items" in workload.at else workload.at
    text = patch(workload.manifest, at, workload.pod, pod)
    name = f"{file.path.stem}.{workload.kind.lower()}-{workload.document}.seawall-patch"
    return _added(file.path.with_name(name), text)


def _new_file(path: Path, workload: Workload, moved: Moved) -> str:
    name = f"{path.stem}.{workload.kind.lower()}-{workload.document}.seawall-template"
    return _added(path.with_name(name), provider_class(workload.name, moved.vaults))


def _added(path: Path, text: str) -> str:
    """A diff that makes a new file."""
    _, sign, rest = diff("", text, str(path)).partition("+++ ")
    return f"--- /dev/null\n{sign}{rest}"
