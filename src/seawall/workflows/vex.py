"""Where VEX statements come from: the files that the user names, and what is attached to images in registries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import SeawallError
from seawall.model import Finding, Image, NotAssessed, Package
from seawall.model.vex import Statement
from seawall.sources.images.registry.reference import Reference
from seawall.workflows.inputs import Place
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.model.vex import Attached
    from seawall.workflows.images import Images


class Spoken(msgspec.Struct, kw_only=True):
    """The statements of one run, and which of them were about anything that was found."""

    of_all: list[Statement]
    of_one: list[Statement] = []
    used: set[Statement] = msgspec.field(default_factory=set)

    def judge(self, findings: Sequence[Finding], image: Image, attached: Sequence[Statement]) -> list[Finding]:
        """The findings of an image as the statements leave them."""
        from seawall.checks.vex import apply, matched

        said = [*self.of_all, *attached]
        self.of_one += attached
        self.used |= matched(findings, image, said)
        return apply(findings, image, said)

    def idle(self) -> list[NotAssessed]:
        """The statements that were about nothing."""
        from seawall.checks.vex import idle

        return list(idle([*self.of_all, *self.of_one], self.used))


def of_files(settings: Settings, failed: list[str]) -> list[Statement]:
    """The statements in the files that the user named; a file that cannot be read is work that could not be done."""
    from seawall.sources.images.vex import read_vex

    said: list[Statement] = []
    for path in settings.vex:
        try:
            said += read_vex(path, limits=settings.limits)
        except SeawallError as error:
            failed.append(str(error) + (f" ({error.hint})" if error.hint else ""))
    return said


def beside(
    image: Image, place: Place, images: Images, settings: Settings, not_assessed: list[NotAssessed]
) -> tuple[Image, tuple[Attached, ...], list[Statement]]:
    """What is attached to an image in its registry, and with `settings.attached` what that says of its flaws.

    The image comes back with the packages that only an attached SBOM knows of.
    """
    if not isinstance(place, Reference) or settings.framework:
        return image, (), []
    from seawall.sources.images.registry.attached import attached, read_attached

    found: tuple[Attached, ...] = ()
    try:
        found = attached(place, image.digest, images.registries, tags=settings.attached)
        if not settings.attached:
            return image, found, []
        said = read_attached(place, image.name, found, images.registries)
    except SeawallError as error:
        not_assessed.append(NotAssessed(what="what is attached to the image", where=image.name, why=error.message))
        return image, found, []
    not_assessed += said.not_assessed
    return claimed(image, said.packages), found, said.statements


def claimed(image: Image, packages: Iterable[Package]) -> Image:
    """The image with those of `packages` that were not seen in it, each once."""
    seen = {_what(each) for each in image.packages}
    more = {_what(each): each for each in packages if _what(each) not in seen}
    return msgspec.structs.replace(image, packages=(*image.packages, *more.values()))


def _what(package: Package) -> tuple[str, str, str]:
    """The package without its namespace, which makers of SBOMs fill in by their own lights."""
    return package.type, re.sub(r"[-_.]+", "-", package.name).lower(), package.version
