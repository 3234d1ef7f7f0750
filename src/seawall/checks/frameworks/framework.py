"""What a framework is: controls, each with the checks that decide it, or the reason why nothing here can."""

from __future__ import annotations

import msgspec


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """One control. `checks` decide it; `images` says that known vulnerabilities of images do.

    `reason` says why it cannot be decided from files, or, beside checks, what part of it they do not see.
    """

    id: str
    title: str
    checks: tuple[str, ...] = ()
    images: bool = False
    reason: str = ""


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """A published list of controls. `source` says where the numbers were read."""

    id: str
    title: str
    version: str
    source: str
    controls: tuple[Control, ...]

    @property
    def checks(self) -> frozenset[str]:
        """The ids of all checks that decide some control."""
        return frozenset(check for control in self.controls for check in control.checks)


def row(id: str, title: str, checks: str = "", *, images: bool = False, reason: str = "") -> Control:  # noqa: A002
    """One row of a table; `checks` are ids without their `AKS-`, separated by spaces."""
    ids = tuple(f"AKS-{check}" for check in checks.split())
    return Control(id=id, title=title, checks=ids, images=images, reason=reason)
