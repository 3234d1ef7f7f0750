"""IMG-019: The image offers SSH."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.model import Image, Severity


@check(
    "IMG-019",
    severity=Severity.MEDIUM,
    refs=["https://www.cisecurity.org/benchmark/docker"],
    passes=[GOLD_IMAGE],
    fails=[changed(ports=("22/tcp",))],
)
def ssh_port_exposed(image: Image) -> Verdicts:
    """The image offers SSH.

    ## Why it matters
    A server for logins in a container is one more way in, with keys and accounts of its own that no policy of the
    cluster sees.

    ## Fix
    Remove it. `kubectl exec` and `kubectl debug` do the same, and who may use them is decided and recorded by the
    cluster.
    """
    for port in image.ports:
        if port.partition("/")[0] == "22":
            yield Fail("port 22 is exposed", field="ports.22")
