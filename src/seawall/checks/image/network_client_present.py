"""IMG-003: The image holds a network client."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-003",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://gtfobins.github.io/"],
    passes=[GOLD_IMAGE],
    fails=[
        changed(programs=tool("curl", path="bin/true")),
        changed(programs=tool("busybox", applets=("cat", "nc", "wget"))),
    ],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def network_client_present(image: Image) -> Verdicts:
    """The image holds a network client.

    ## Why it matters
    curl, wget, nc and their like fetch the second stage of an attack, carry data out, and open a way back in. The
    metadata service of the cloud is one call away. It is found by what it is, static or not, under any name.

    ## Fix
    Leave it out. A health check becomes a probe of Kubernetes (httpGet, grpc, tcpSocket); what is fetched at the
    start becomes an init container, a ConfigMap, or the Secrets Store CSI driver.
    """
    yield from judged(image, "network client")
