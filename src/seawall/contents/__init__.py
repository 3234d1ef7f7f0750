"""What an image's files are, beside packages: tools under any name, rights, secrets, accounts, leftovers.

`wants(path)` and `wants_program(path, head)` say which files are looked into, `inspect(path, content)` notes what is in
one, and `assemble(image, tree, noted)` makes one `Contents` of all of them. The room never sees where files come from.
"""

from seawall.contents.assemble import Tree, assemble
from seawall.contents.inspect import Noted, inspect, wants, wants_program

__all__ = ["Noted", "Tree", "assemble", "inspect", "wants", "wants_program"]
