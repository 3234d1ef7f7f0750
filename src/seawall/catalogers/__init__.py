"""Files in, packages out. One file each, and the folder is the list; `unread` names what is known and not read yet.

`wants(path)` says whether some cataloger asks for a file, `catalog(path, content)` reads it, and
`assemble(evidence)` makes one package list of what was found in all files of an image.
"""

from seawall.catalogers.assemble import Contents, Evidence, assemble
from seawall.catalogers.cataloger import Cataloger, Example, Owns, Record, all_catalogers
from seawall.catalogers.run import catalog, wants

__all__ = [
    "Cataloger",
    "Contents",
    "Evidence",
    "Example",
    "Owns",
    "Record",
    "all_catalogers",
    "assemble",
    "catalog",
    "wants",
]
