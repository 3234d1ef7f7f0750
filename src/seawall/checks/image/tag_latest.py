"""IMG-021: The image goes by the tag latest."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.model import Image, Severity


@check(
    "IMG-021",
    severity=Severity.LOW,
    refs=["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
    passes=[GOLD_IMAGE],
    fails=[changed(name="contoso.azurecr.io/shop:latest")],
)
def tag_latest(image: Image) -> Verdicts:
    """The image goes by the tag latest.

    ## Why it matters
    The tag says nothing of what is in it, and changes under your feet: two nodes may run different images of one
    name, and there is no way back.

    ## Fix
    Tag each build with a name of its own, and name the image by digest in manifests.
    """
    if image.name.endswith(":latest"):
        yield Fail("its tag is latest", field="name")
