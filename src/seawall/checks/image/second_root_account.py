"""IMG-016: More than one account is root."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Account, Image, Severity


@check(
    "IMG-016",
    severity=Severity.HIGH,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://man7.org/linux/man-pages/man5/passwd.5.html"],
    passes=[GOLD_IMAGE],
    fails=[
        changed(
            accounts=(Account(path="etc/passwd", name="root", user=0), Account(path="etc/passwd", name="toor", user=0))
        )
    ],
)
def second_root_account(image: Image) -> Verdicts:
    """More than one account is root.

    ## Why it matters
    Every account of number 0 is root, whatever its name. A second one is the usual way to keep a door open.

    ## Fix
    Delete it, or give it a number of its own.
    """
    for each in contents_of(image).accounts:
        if each.path == "etc/passwd" and each.user == 0 and each.name != "root":
            yield Fail(
                f"the account {each.name} in /etc/passwd has the number of root", field=f"etc/passwd:{each.name}"
            )
