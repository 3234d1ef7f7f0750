"""Files in, packages out. One file each, and the folder is the list; `unread` names what is known and not read yet.

`wants(path)` says whether some cataloger asks for a file, `wants_program(path, head)` whether it is a program that one
asks for, `exact_paths()` lists those that have one fixed path,
`catalog(path, content)` reads one, and `assemble(evidence)` makes one package list of all that an image holds.
"""

from seawall.catalogers.assemble import Contents, Evidence, assemble
from seawall.catalogers.cataloger import Cataloger, Example, Owns, Record, all_catalogers
from seawall.catalogers.run import catalog, exact_paths, wants, wants_program

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
    "exact_paths",
    "wants",
    "wants_program",
]
