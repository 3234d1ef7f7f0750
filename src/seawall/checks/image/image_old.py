"""IMG-020: The image has not been built for a long time."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.model import Image, Severity


@check(
    "IMG-020",
    severity=Severity.LOW,
    refs=["https://learn.microsoft.com/azure/container-registry/container-registry-tutorial-base-image-update"],
    passes=[GOLD_IMAGE],
    fails=[changed(created="2026-01-01T00:00:00Z")],
    unknowns=[changed(created=""), changed(created="1970-01-01T00:00:00Z")],
)
def image_old(image: Image, today: datetime.date, days: int) -> Verdicts:
    """The image has not been built for a long time.

    ## Why it matters
    Fixes of the base image and of all that is installed reach a container only when its image is built anew.
    `--max-image-age` sets the days.

    ## Fix
    Build it anew on a schedule and when its base changes: a task of Azure Container Registry does that.
    """
    try:
        made = datetime.date.fromisoformat(image.created[:10])
    except ValueError:
        yield Undecided("cannot be decided: the image does not say when it was built", field="created")
        return
    if made.year < 2000:
        yield Undecided(f"cannot be decided: it says {made}, as builds that leave the time out do", field="created")
    elif (age := (today - made).days) > days:
        yield Fail(f"it was built on {made}, {age:,} days ago", field="created")
