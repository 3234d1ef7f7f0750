"""PHP packages that Composer installed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, Record, cataloger, document
from seawall.model import NotAssessed, Package
from seawall.safe.limits import DEFAULT, Limits

COMPOSER_2 = Example(
    path="var/www/vendor/composer/installed.json",
    content=b'{"packages": [{"name": "symfony/http-kernel", "version": "v5.4.19"}, {"name": "pear/x"}], "dev": false}',
    finds=(
        Package(
            type="composer",
            namespace="symfony",
            name="http-kernel",
            version="v5.4.19",
            path="var/www/vendor/composer/installed.json",
        ),
        NotAssessed(
            what="the package 'pear/x'", where="var/www/vendor/composer/installed.json", why="it has no version"
        ),
    ),
)
COMPOSER_1 = Example(
    path="app/vendor/composer/installed.json",
    content=b'[{"name": "monolog/monolog", "version": "1.25.1", "version_normalized": "1.25.1.0"}]',
    finds=(
        Package(
            type="composer",
            namespace="monolog",
            name="monolog",
            version="1.25.1",
            path="app/vendor/composer/installed.json",
        ),
    ),
)


class _Installed(msgspec.Struct, frozen=True):
    name: str
    version: str = ""


class _Packages(msgspec.Struct, frozen=True):
    packages: tuple[_Installed, ...]


@cataloger("**/vendor/composer/installed.json", examples=[COMPOSER_2, COMPOSER_1], bounded=True)
def php(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """Composer's list of what is in its `vendor` folder: a list (version 1), or an object with one (version 2).

    Packages for development count too: they are there. A composer.lock without that folder, PEAR and plugins of
    WordPress are not read.
    """
    said = document(path, content, tuple[_Installed, ...] | _Packages, limits)  # type: ignore[arg-type]
    for each in said.packages if isinstance(said, _Packages) else said:
        vendor, _, name = each.name.rpartition("/")
        if name and each.version:
            yield Package(type="composer", namespace=vendor, name=name, version=each.version, path=path)
        else:
            yield NotAssessed(what=f"the package {each.name[:100]!r}", where=path, why="it has no version")
