"""Whether an image may run as a user who is not root, by what can be seen of it."""

from __future__ import annotations

from collections.abc import Mapping

from seawall.checks.image.runs_as_root import runs_as_root
from seawall.model import Image
from seawall.remedies.images.needed import gaps
from seawall.sources.images.layer import Rights

USER = "65532:65532"
"""The `nonroot` of distroless images. A number needs no line in /etc/passwd."""

_DATA = ("var/lib/", "var/log/", "var/cache/", "var/spool/", "srv/", "run/")
_SYSTEM = ("var/lib/dpkg", "var/lib/apk", "var/lib/rpm", "var/lib/ca-certificates")


def user(image: Image, rights: Mapping[str, Rights]) -> tuple[str, str]:
    """The user to set, "" where the image should stay as it is, and why. `rights` are those of programs, by path."""
    trace = image.contents.trace if image.contents else None
    if next(iter(runs_as_root.function(image)), None) is None:
        return "", f"it already runs as {image.user}"
    if trace is None or gaps(trace):
        return "", "not all that runs is known" + (f": {gaps(trace)[0]}" if trace else "")
    if not image.ports:
        return "", "the image does not say which ports it listens on"
    if low := [port for port in image.ports if int(port.partition("/")[0].partition("-")[0] or 0) < 1024]:
        return "", f"it listens on port {low[0]}, which only root may where the node does not allow it"
    if image.volumes:
        return "", f"it has the volume {image.volumes[0]}, which root may own"
    start = next((run for run in trace.runs if run.phase == "start"), None)
    if start:
        return "", f"/{start.path} runs before the main process, and may need root"
    written = [need.path for need in trace.needs if need.path.startswith(_DATA) and need.folder]
    if written := [path for path in written if not path.startswith(_SYSTEM)]:
        return "", f"/{written[0]} may have to be written, and belongs to root"
    for run in trace.runs:
        if run.path in rights and not rights[run.path].mode & 0o001:
            return "", f"/{run.path} may only be run by its owner"
    return USER, "it listens on no port below 1024, and nothing shows that it writes where only root may"
