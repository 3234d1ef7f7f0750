"""Package databases that are known and not read yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, regex
from seawall.model import NotAssessed

KINDS = {
    "**/*.deps.json": ".NET packages",
    "**/specifications/*.gemspec": "Ruby gems",
    "**/specifications/default/*.gemspec": "Ruby gems",
    "**/vendor/composer/installed.json": "PHP packages",
    "opt/bitnami/*/.spdx-*.spdx": "Bitnami packages",
    "var/lib/chisel/manifest.wall": "packages of a chiselled Ubuntu",
}
WHY = "this version of Seawall does not read them"

CHISEL = Example(
    path="var/lib/chisel/manifest.wall",
    content=b"",
    finds=(NotAssessed(what="packages of a chiselled Ubuntu", where="var/lib/chisel/manifest.wall", why=WHY),),
)
GEM = Example(
    path="usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec",
    content=b"Gem::Specification.new do |s|\nend\n",
    finds=(NotAssessed(what="Ruby gems", where="usr/local/lib/ruby/gems/3.2.0/specifications/default", why=WHY),),
)


@cataloger(*KINDS, examples=[CHISEL, GEM])
def unread(path: str, content: bytes) -> Iterator[NotAssessed]:
    """Files that hold packages which no cataloger reads yet, so that the report can say so: one line a folder of gems.

    When a cataloger comes that reads them, their row goes.
    """
    kind = next(kind for glob, kind in KINDS.items() if re.fullmatch(regex(glob), path, re.DOTALL))
    yield NotAssessed(what=kind, where=path.rpartition("/")[0] if path.endswith(".gemspec") else path, why=WHY)
