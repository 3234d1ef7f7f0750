"""IMG-012: The image's own settings or history hold a secret."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Secret, Severity


@check(
    "IMG-012",
    severity=Severity.HIGH,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://docs.docker.com/build/building/secrets/"],
    passes=[GOLD_IMAGE],
    fails=[changed(secrets=(Secret(what="password in a setting", place="env DB_PASSWORD", hint="hunt…"),))],
)
def secret_in_settings(image: Image) -> Verdicts:
    """The image's own settings or history hold a secret.

    ## Why it matters
    ENV, ARG, labels and build steps are stored in the image in clear. `docker history` shows them to everybody
    who may pull it.

    ## Fix
    Make the secret worthless first: revoke it. Give it to the build as a build secret (`RUN
    --mount=type=secret`), and to the program when it starts, by the Secrets Store CSI driver or workload
    identity.
    """
    for each in contents_of(image).secrets:
        if not each.path:
            yield Fail(f"{each.what} ({each.hint or 'not shown'}) in {each.place}", field=f"{each.place}:{each.what}")
