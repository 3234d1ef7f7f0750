"""An image made harder to exploit: read, traced, planned, written without what is not needed, and scanned again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from seawall.checks.exploitability import exploitability
from seawall.errors import Unsupported, UsageError
from seawall.model import Hardening, Image, Measured
from seawall.remedies.images.databases import wants
from seawall.remedies.images.plan import Plan, Wish, plan
from seawall.remedies.images.rewrite import Added, Format, Rewrite, Written
from seawall.remedies.images.user import user
from seawall.remedies.images.writing import write
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.safe.packing import Entry, Sink, write_tar
from seawall.sources.images.files import readable
from seawall.sources.images.image import ImageSource, LayerSource
from seawall.sources.images.opening import recognise
from seawall.sources.images.read import read
from seawall.version import __version__
from seawall.workflows.advisories import Judge, open_advisories
from seawall.workflows.images import Images
from seawall.workflows.inputs import told_apart
from seawall.workflows.settings import Settings

__all__ = ["Wish", "harden", "is_image"]

Say = Callable[[str], None]
BLIND = "What a compiled program starts by itself cannot be seen: try the result before it is used."


def is_image(word: str) -> bool:
    """True for an archive, layout or root file system, and for the name of an image in a registry."""
    paths, afar = told_apart([word])
    return bool(afar) or recognise(paths[0]) is not None


def harden(word: str, out: Path | None, wish: Wish, settings: Settings, say: Say, *, force: bool = False) -> Hardening:
    """Plan it, and write it to `out` unless that is None. An archive where `out` ends with `.tar`, else a layout.

    Raises SeawallError; nothing is then left at `out`.
    """
    paths, afar = told_apart([word])
    with Images(settings) as images, open_advisories(settings) as judge:
        sources = images.sources((paths or afar)[0])
        if len(sources) != 1:
            names = ", ".join(source.image.name for source in sources)
            raise UsageError(f"holds {len(sources)} images: {names}", where=word, hint="give one with one image")
        source = sources[0]
        if not source.config or None in source.layers:
            hint = "give an archive, an OCI layout or a registry's image that has all its layers"
            raise Unsupported("is no whole image with a configuration of its own", where=word, hint=hint)
        say(f"reading {source.image.name}")
        image = images.contents(source)
        planned, hardening = _plan(source, image, wish, judge, settings)
        if out is None:
            return hardening
        say(f"writing {out}")
        form: Format = "archive" if out.suffix == ".tar" else "oci"
        written = write(
            source, _rewrite(image, planned, hardening), out, form=form, force=force, limits=settings.limits
        )
        say(f"reading {out}")
        after = images.contents(images.sources(out)[0])
        size = sum(layer.size for layer in written.layers)
        return msgspec.structs.replace(
            hardening,
            out=str(out),
            digest=written.digest,
            after=_measure(after, size, judge),
            notes=_notes(hardening, written),
        )


def _plan(source: ImageSource, image: Image, wish: Wish, judge: Judge, settings: Settings) -> tuple[Plan, Hardening]:
    tree = read(source, wants=wants, visit=lambda _, content: content, limits=settings.limits, verify=False).tree
    planned = plan(image, tree, _sizes(source, settings.limits), wish)
    chosen, why = user(image, {path: rights for path, rights, _ in tree.rights()})
    trace = image.contents.trace if image.contents else None
    rpm = any(package.type == "rpm" for package in image.packages)
    notes = [BLIND] + ["The database of rpm is not rewritten: it still names what has gone."] * rpm
    if any(each.phase == "start" for each in (trace.runs if trace else ())):
        notes.append("`seawall harden IMAGE --manifests DIR` moves what runs at start into an init container.")
    if image.healthcheck[:1] not in ((), ("NONE",)):
        said = " ".join(image.healthcheck[1:])
        notes.append(f"HEALTHCHECK was not followed; Docker runs it, Kubernetes does not: {said}")
    stored = sum(layer.size or _stored(layer) for layer in source.layers if layer)
    return planned, Hardening(
        image=image.name,
        removed=planned.removed,
        kept=planned.kept,
        setuid=tuple(sorted(planned.setuid)),
        user=chosen,
        user_why=why,
        packages=planned.packages,
        unknown=trace.unknown if trace else (),
        notes=tuple(notes),
        before=_measure(image, stored, judge),
    )


def _stored(layer: LayerSource) -> int:
    """The bytes of a layer in an archive, which does not say them."""
    with readable(layer.where), closing(layer.open()) as raw:
        return raw.seek(0, 2)


def _sizes(source: ImageSource, limits: Limits) -> dict[tuple[int, str], int]:
    """The bytes of every file of every layer, by the layer's index and the name there."""
    sizes = {}
    for index, layer in enumerate(source.layers):
        if layer is None:
            continue
        with readable(layer.where), closing(layer.open()) as raw:
            stream = open_stream(raw, where=layer.where, limits=limits)
            for member in tar.walk(stream, where=layer.where, limits=limits):
                sizes[index, member.name] = member.size
    return sizes


def _measure(image: Image, size: int, judge: Judge) -> Measured:
    points = exploitability(image) or ()
    return Measured(
        score=sum(each.points for each in points),
        points=points,
        packages=len(image.packages),
        vulnerabilities=len(judge.match(image.packages, image.distro).matches),
        size=size,
    )


def _rewrite(image: Image, planned: Plan, hardening: Hardening) -> Rewrite:
    """What the writer has to do; nothing at all where nothing goes, so that hardening twice changes nothing."""
    if not (planned.paths or planned.hidden or planned.setuid or hardening.user):
        return Rewrite(name=_tag(image))
    note = f"seawall harden: {len(hardening.removed)} things removed"
    return Rewrite(
        remove=planned.paths,
        hidden=planned.hidden,
        plain=planned.setuid,
        add=tuple(_databases(planned.written)),
        user=hardening.user or None,
        note=note,
        name=_tag(image),
        annotations={"org.opencontainers.image.base.digest": image.digest} if image.digest else {},
        provenance=_provenance(image, hardening),
    )


def _tag(image: Image) -> str:
    return "" if image.name == image.file else image.name


def _databases(written: Mapping[str, bytes]) -> Iterator[Added]:
    entries = [Entry(name=path, content=content) for path, content in sorted(written.items())]

    def layer(sink: Sink) -> None:
        write_tar(entries, sink)

    if entries:
        yield Added(write=layer, created_by="seawall harden: package databases without what has gone")


def _provenance(image: Image, hardening: Hardening) -> dict[str, Any]:
    """SLSA v1: what was done, of which image, by which program."""
    algorithm, _, value = image.digest.partition(":")
    done = {
        key: msgspec.to_builtins(getattr(hardening, key))
        for key in ("removed", "setuid", "user", "packages", "unknown")
    }
    return {
        "buildDefinition": {
            "buildType": "urn:seawall:harden:1",
            "externalParameters": {"image": image.name, **done},
            "resolvedDependencies": [{"name": image.name, "digest": {algorithm: value}}] if value else [],
        },
        "runDetails": {"builder": {"id": "urn:seawall", "version": {"seawall": __version__}}},
    }


def _notes(hardening: Hardening, written: Written) -> tuple[str, ...]:
    old = [layer for layer in written.layers if layer.before]
    changed = sum(layer.changed for layer in old)
    return (
        *hardening.notes,
        f"{changed} of {len(old)} layers were written anew; the others keep their digests.",
    )
