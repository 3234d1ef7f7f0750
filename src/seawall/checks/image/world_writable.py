"""IMG-014: Every user may write to a file or folder of the image."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Severity, Special


@check(
    "IMG-014",
    severity=Severity.MEDIUM,
    refs=["https://www.cisecurity.org/benchmark/docker"],
    passes=[GOLD_IMAGE],
    fails=[changed(specials=(Special(path="app/plugins", mode=0o777, user=0, group=0, folder=True),))],
)
def world_writable(image: Image) -> Verdicts:
    """Every user may write to a file or folder of the image.

    ## Why it matters
    Whoever gets in as any user can replace what is there: a plug-in, a script, a setting that the program or root
    reads the next time. Folders for temporary files, which have the sticky bit, are not meant.

    ## Fix
    Give it to the one user who writes to it (`COPY --chown`, `chmod o-w`), or mount a volume there and set
    `readOnlyRootFilesystem: true`.
    """
    for each in contents_of(image).specials:
        if each.mode & 0o002:
            yield Fail(f"every user may write to /{each.path} (mode {each.mode:04o})", field=each.path)
