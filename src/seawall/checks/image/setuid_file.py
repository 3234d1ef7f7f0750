"""IMG-008: A file runs with the rights of its owner, not of who starts it."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Severity, Special


@check(
    "IMG-008",
    severity=Severity.MEDIUM,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://man7.org/linux/man-pages/man2/execve.2.html"],
    passes=[GOLD_IMAGE],
    fails=[changed(specials=(Special(path="usr/bin/su", mode=0o4755, user=0, group=0),))],
)
def setuid_file(image: Image) -> Verdicts:
    """A file runs with the rights of its owner, not of who starts it.

    ## Why it matters
    A setuid program of root is the classic way from an ordinary user to root: each flaw in it is a flaw of every
    container of this image. Containers need none of those that a distribution brings. A file that a later layer
    deletes, or replaces without the bit, does not count: a container sees the last layer's, and cannot run another.

    ## Fix
    Take the bit away in the build: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`, or take a base
    that has none. In the pod, set `allowPrivilegeEscalation: false`, which makes the kernel ignore it.
    """
    for each in contents_of(image).specials:
        if each.mode & 0o6000 and not each.folder:
            bits = " and ".join(name for bit, name in ((0o4000, "setuid"), (0o2000, "setgid")) if each.mode & bit)
            whose = f"of user {each.user}" if each.mode & 0o4000 else f"of group {each.group}"
            yield Fail(f"/{each.path} is {bits} {whose} (mode {each.mode:04o})", field=each.path)
