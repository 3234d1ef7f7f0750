"""Which files are looked into, and what is noted of one: it depends on the file alone, and is kept with its layer."""

from __future__ import annotations

import msgspec

from seawall.contents.accounts import FILES, accounts
from seawall.contents.programs import program
from seawall.contents.secrets import in_file, may_hold, readable
from seawall.contents.trace_texts import TEXT_MAX, wants_text
from seawall.model import Account, Program, Secret
from seawall.safe.executable import ELF

_SCRIPT = b"#!"
_ALSO = (".sh", "/pip/__main__.py")


class Noted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one file holds. Paths are those of the layer; the tree may show the file elsewhere.

    `text` is kept of the settings and sources that the trace reads. `skipped`: it may hold secrets, and was not
    searched.
    """

    program: Program | None = None
    accounts: tuple[Account, ...] = ()
    secrets: tuple[Secret, ...] = ()
    text: str = ""
    looked: bool = False
    skipped: bool = False


def wants(path: str) -> bool:
    """True for a file that is looked into by its path."""
    return path.endswith(_ALSO) or path in FILES or may_hold(path) or wants_text(path)


def wants_program(path: str, head: bytes) -> bool:
    """True for a program by its first bytes: ELF files, libraries too, and scripts."""
    return head.startswith((ELF, _SCRIPT))


def inspect(path: str, content: bytes) -> Noted:
    """What the file at `path` holds. Never raises: what is not sound is no program."""
    known = content.startswith((ELF, _SCRIPT)) or path.endswith(_ALSO)
    named = may_hold(path)
    searched = named and readable(content)
    return Noted(
        program=program(path, content) if known else None,
        accounts=tuple(accounts(path, content)) if path in FILES else (),
        secrets=tuple(in_file(path, content)) if searched else (),
        text=_text(path, content),
        looked=known or path in FILES or searched,
        skipped=named and not searched and not content.startswith(ELF),
    )


def _text(path: str, content: bytes) -> str:
    kept = wants_text(path) and len(content) <= TEXT_MAX and b"\0" not in content
    return content.decode("utf-8", "replace") if kept else ""
