"""IMG-015: An account has no password, and asks for none."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Account, Image, Severity


@check(
    "IMG-015",
    severity=Severity.HIGH,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://man7.org/linux/man-pages/man5/shadow.5.html"],
    passes=[GOLD_IMAGE],
    fails=[changed(accounts=(Account(path="etc/shadow", name="root", empty=True),))],
)
def password_empty(image: Image) -> Verdicts:
    """An account has no password, and asks for none.

    ## Why it matters
    Whoever runs `su` becomes that user without being asked. Official Alpine images had such a root once
    (CVE-2019-5021).

    ## Fix
    Lock the account: `passwd -l NAME`, or `!` in its second field of /etc/shadow.
    """
    for each in contents_of(image).accounts:
        if each.empty:
            yield Fail(f"{each.name} in /{each.path} has an empty password", field=f"{each.path}:{each.name}")
