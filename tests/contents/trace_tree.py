"""A tree of files for the trace: made of texts, or an unpacked folder whose programs are read by their headers."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from seawall.contents.trace_files import Kind
from seawall.model.contents import Program

_SHELLS = ("sh", "bash", "dash", "ash")


def program(path: str, content: bytes) -> Program | None:
    if content.startswith(b"\x7fELF"):
        return elf(path, content)
    if not content.startswith(b"#!"):
        return None
    line = content[2:].partition(b"\n")[0].decode().strip()
    first, _, rest = line.partition(" ")
    text = content.decode("utf-8", "replace")
    return Program(path=path, kind="script", interpreter=first, arguments=(rest.strip(),) if rest else (), text=text)


def elf(path: str, content: bytes) -> Program:
    """By the dynamic section, of a 64-bit little-endian file."""
    start, size, count = *struct.unpack_from("<Q", content, 32), *struct.unpack_from("<HH", content, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", content, start + at * size) for at in range(count)]
    loads = [(h[3], h[2], h[5]) for h in headers if h[0] == 1]

    def offset(address: int) -> int:
        return next(at + address - base for base, at, length in loads if base <= address < base + length)

    interpreter = next((content[h[2] : h[2] + h[5] - 1].decode() for h in headers if h[0] == 3), "")
    dynamic = next((content[h[2] : h[2] + h[5]] for h in headers if h[0] == 2), b"")
    tags = list(struct.iter_unpack("<QQ", dynamic[: len(dynamic) // 16 * 16]))
    table = next((offset(value) for tag, value in tags if tag == 5), 0)

    def text(at: int) -> str:
        return content[table + at : content.index(b"\0", table + at)].decode()

    needed = tuple(text(value) for tag, value in tags if tag == 1)
    search = tuple(text(value) for tag, value in tags if tag in (15, 29))
    return Program(path=path, kind="elf", interpreter=interpreter, needed=needed, search=search)


class FolderFiles:
    """An unpacked root file system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._programs: dict[str, Program | None] = {}

    def kind(self, path: str) -> Kind | None:
        at = self.root / path
        if at.is_symlink():
            return "link"
        return "dir" if at.is_dir() else "file" if at.is_file() else "other" if os.path.lexists(at) else None

    def link(self, path: str) -> str:
        return str((self.root / path).readlink())

    def entries(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(each.name for each in (self.root / path).iterdir()))

    def program(self, path: str) -> Program | None:
        if path not in self._programs:
            at = self.root / path
            self._programs[path] = program(path, at.read_bytes()) if at.is_file() else None
        return self._programs[path]

    def text(self, path: str) -> str | None:
        try:
            return (self.root / path).read_text()
        except (OSError, UnicodeDecodeError):
            return None


class MadeFiles:
    """Files by path: a text (a script by its first line, ELF for `ELF needed, needed`), or `-> target` for a link."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {path.strip("/"): text for path, text in files.items()}
        self._folders: dict[str, set[str]] = {"": set()}
        for path in self._files:
            while path:
                folder, _, name = path.rpartition("/")
                self._folders.setdefault(folder, set()).add(name)
                path = folder

    def kind(self, path: str) -> Kind | None:
        text = self._files.get(path)
        if text is None or text == "DIR":
            return "dir" if path in self._folders or text == "DIR" else None
        return "link" if text.startswith("-> ") else "file"

    def link(self, path: str) -> str:
        return self._files[path][3:]

    def entries(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._folders.get(path, ())))

    def program(self, path: str) -> Program | None:
        text = self._files.get(path, "")
        if text.startswith("ELF"):
            needed = tuple(name.strip() for name in text[3:].split(",") if name.strip())
            return Program(path=path, kind="elf", interpreter="/lib/ld.so" if needed else "", needed=needed)
        return program(path, text.encode())

    def text(self, path: str) -> str | None:
        text = self._files.get(path)
        return text if text is not None and not text.startswith(("ELF", "-> ")) else None
