"""Where things are in a program: the sections and segments of ELF (Linux) and PE (Windows).

https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
https://learn.microsoft.com/windows/win32/debug/pe-format
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import msgspec

ELF, PE = b"\x7fELF", b"MZ"
GO_NOTE = b"\4\0\0\0Go\0\0"
"""The kind and owner of the note with the id of Go's build, in the first page of what Go's linker makes."""

UPX = re.compile(rb"UPX[!0-3]")
LIBRARY = re.compile(r"\.(?:so(?:\.[\w.-]+)?|dll)$")
NAME_MAX = 64
TEXT_MAX = 4096
DYNAMIC_MAX = 1 << 16
"""Bytes of the table that the loader reads. Real ones have some hundred."""

_NEEDED, _STRTAB, _STRSZ, _RPATH, _RUNPATH, _FLAGS_1 = 1, 5, 10, 15, 29, 0x6FFFFFFB
_PIE = 0x08000000


class Executable(msgspec.Struct, frozen=True, kw_only=True):
    """`sections` are name, offset and size in the file; `segments` the address, offset and size of what is loaded.

    Sections that are cut short, or not in the file, are left out; so are all where the section table is not sound.
    Of ELF alone: `wide` is 64 bits, `fixed` a program that is loaded at one address, `interpreter` its loader,
    `dynamic` the offset and size of what the loader reads.
    """

    order: str
    sections: tuple[tuple[str, int, int], ...] = ()
    segments: tuple[tuple[int, int, int], ...] = ()
    wide: bool = True
    fixed: bool = False
    interpreter: str = ""
    dynamic: tuple[int, int] = (0, 0)

    def section(self, name: str) -> tuple[int, int] | None:
        """Where the first section of this name begins and ends."""
        return next(((at, at + size) for each, at, size in self.sections if each == name), None)

    def offset(self, address: int, size: int) -> int | None:
        """Where in the file something of `size` bytes lies that is loaded at an address; None where nothing is."""
        inside = (
            at + address - start
            for start, at, length in self.segments
            if start <= address and address + size <= start + length
        )
        return next(inside, None)


class Linkage(msgspec.Struct, frozen=True, kw_only=True):
    """What the loader of an ELF file is asked for: sonames, the folders of RUNPATH or RPATH as written, and in `names`
    where the file's own table of names (sonames, imports, exports) begins and ends. `program`: it can be run, by its
    content."""

    needed: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    names: tuple[int, int] = (0, 0)
    program: bool = False


def linkage(content: bytes, parts: Executable) -> Linkage:
    """What an ELF file asks its loader for. What is not sound is left out: nothing is raised."""
    start, size = parts.dynamic
    entry = struct.Struct(parts.order + ("QQ" if parts.wide else "II"))
    size = min(size, max(0, len(content) - start), DYNAMIC_MAX)
    entries = list(entry.iter_unpack(content[start : start + size // entry.size * entry.size]))
    values = dict(reversed(entries))
    length = values.get(_STRSZ, 0)
    begin = parts.offset(values.get(_STRTAB, -1), length)
    program = parts.fixed or bool(parts.interpreter) or bool(values.get(_FLAGS_1, 0) & _PIE)
    if begin is None:
        return Linkage(program=program)

    def texts(*tags: int) -> tuple[str, ...]:
        found = (content[begin + at : begin + min(at + TEXT_MAX, length)] for tag, at in entries if tag in tags)
        return tuple(text.partition(b"\0")[0].decode("utf-8", "replace") for text in found)

    search = texts(_RUNPATH) or texts(_RPATH)
    return Linkage(
        needed=texts(_NEEDED),
        search=tuple(folder for text in search for folder in text.split(":")),
        names=(begin, begin + length),
        program=program,
    )


def is_library(path: str) -> bool:
    return ".so" in path and LIBRARY.search(path) is not None


def is_go(head: bytes) -> bool:
    return GO_NOTE in head


def is_packed(head: bytes) -> bool:
    """True where UPX packed the program, going by its first 4 KiB."""
    return UPX.search(head, 0, 4096) is not None


def parse(content: bytes) -> Executable:
    """The parts of a program. What is not sound is left out: nothing is raised."""
    try:
        return _elf(content) if content.startswith(ELF) else _pe(content)
    except (struct.error, IndexError, OverflowError):
        return Executable(order="<")


def _elf(content: bytes) -> Executable:
    wide, order = content[4] == 2, ">" if content[5] == 2 else "<"
    header = struct.unpack_from(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), content, 16)
    kind_of_file, _, _, _, programs, table, _, _, program_size, program_count, entry_size, count, names = header
    program = struct.Struct(order + ("I4xQQ8xQ" if wide else "IIII" + "I"))
    segments, interpreter, dynamic = [], "", (0, 0)
    for number in range(program_count):
        fields = program.unpack_from(content, programs + number * program_size)
        kind, at, address, size = fields if wide else (fields[0], fields[1], fields[2], fields[4])
        if kind == 1:
            segments.append((address, at, min(size, max(0, len(content) - at))))
        elif kind == 2:
            dynamic = at, size
        elif kind == 3:
            interpreter = content[at : at + min(size, TEXT_MAX)].partition(b"\0")[0].decode("utf-8", "replace")
    return Executable(
        order=order,
        sections=tuple(_elf_sections(content, order, wide, (table, entry_size, count, names))),
        segments=tuple(segments),
        wide=wide,
        fixed=kind_of_file == 2,
        interpreter=interpreter,
        dynamic=dynamic,
    )


def _elf_sections(
    content: bytes, order: str, wide: bool, table: tuple[int, int, int, int]
) -> Iterator[tuple[str, int, int]]:
    start, entry_size, count, names = table
    entry = struct.Struct(order + ("II16xQQ" if wide else "II8xII"))
    if not start or entry_size < entry.size or start + count * entry_size > len(content) or names >= count:
        return
    entry = struct.Struct(f"{entry.format}{entry_size - entry.size}x")
    entries = list(entry.iter_unpack(content[start : start + count * entry_size]))
    _, _, begin, size = entries[names]
    strings = content[begin : begin + min(size, count * NAME_MAX)]
    for name, kind, at, size in entries:
        if kind not in (0, 8) and at + size <= len(content):
            raw = strings[name : name + NAME_MAX].partition(b"\0")[0]
            yield raw.decode("ascii", "replace"), at, size


def _pe(content: bytes) -> Executable:
    (start,) = struct.unpack_from("<I", content, 0x3C)
    if content[start : start + 4] != b"PE\0\0":
        return Executable(order="<")
    (count,) = struct.unpack_from("<H", content, start + 6)
    (optional,) = struct.unpack_from("<H", content, start + 20)
    wide = content[start + 24 : start + 26] == b"\x0b\x02"
    (base,) = struct.unpack_from("<Q" if wide else "<I", content, start + (48 if wide else 52))
    sections, segments = [], []
    for number in range(count):
        name, size, address, packed, at = struct.unpack_from("<8sIIII", content, start + 24 + optional + number * 40)
        if at + packed <= len(content):
            sections.append((name.rstrip(b"\0").decode("ascii", "replace"), at, min(size or packed, packed)))
            segments.append((base + address, at, packed))
    return Executable(order="<", sections=tuple(sections), segments=tuple(segments))
