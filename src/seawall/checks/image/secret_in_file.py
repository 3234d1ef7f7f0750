"""IMG-011: A file of the image holds a secret."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Secret, Severity


@check(
    "IMG-011",
    severity=Severity.HIGH,
    refs=[
        "https://doi.org/10.6028/NIST.SP.800-190",
        "https://learn.microsoft.com/azure/aks/developer-best-practices-pod-security",
    ],
    passes=[GOLD_IMAGE],
    fails=[
        changed(secrets=(Secret(what="private key", path="root/.ssh/id_rsa", line=1),)),
        changed(secrets=(Secret(what="npm token", path="app/.npmrc", line=1, hidden=True),)),
    ],
)
def secret_in_file(image: Image) -> Verdicts:
    """A file of the image holds a secret.

    ## Why it matters
    Everybody who may pull the image has it, for as long as the image is kept anywhere. Deleting the file in a
    later step does not help: the layer with it still ships.

    ## Fix
    Make the secret worthless first: revoke it. Then give it to the build as a build secret (`RUN
    --mount=type=secret`), and to the program by the Secrets Store CSI driver or, better, replace it by
    workload identity.
    """
    for each in contents_of(image).secrets:
        if each.path:
            how = ", which a later layer deletes or replaces and this image still ships" if each.hidden else ""
            start = f" ({each.hint})" if each.hint else ""
            field = f"{each.path}:{each.line}:{each.what}" + (f"@{each.layer}" if each.hidden else "")
            yield Fail(f"{each.what}{start} in /{each.path}, line {each.line}{how}", field=field)
