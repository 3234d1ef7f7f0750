"""bbolt databases made on the spot: buckets inside buckets, all of them inline."""

from __future__ import annotations

import struct
from typing import Union

PAGE = 4096
Tree = dict[bytes, Union[bytes, "Tree"]]


def _leaf(tree: Tree, number: int = 0) -> bytes:
    values = {
        key: (1, struct.pack("<QQ", 0, 0) + _leaf(value)) if isinstance(value, dict) else (0, value)
        for key, value in sorted(tree.items())
    }
    elements, data, at = b"", b"", 16 * len(values)
    for index, (key, (kind, value)) in enumerate(values.items()):
        elements += struct.pack("<IIII", kind, at - 16 * index + len(data), len(key), len(value))
        data += key + value
    return struct.pack("<QHHI", number, 2, len(values), 0) + elements + data


def _meta(number: int, root: int) -> bytes:
    fields = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, PAGE, 0, root, 0, 2, 5, number)
    checksum = 0xCBF29CE484222325
    for byte in fields:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    return struct.pack("<QHHI", number, 4, 0, 0) + fields + struct.pack("<Q", checksum)


def database(tree: Tree, *, branches: bool = False) -> bytes:
    """Two descriptions, an empty list of free pages, the root's page, and a branch page above it where asked for."""
    branch = struct.pack("<QHHI", 4, 1, 1, 0) + struct.pack("<IIQ", 16, 1, 3) + b"v"
    size = -(-len(_leaf(tree, 3)) // PAGE)
    assert size == 1 or not branches
    leaf = bytearray(_leaf(tree, 3))
    leaf[12:16] = struct.pack("<I", size - 1)
    root = 4 if branches else 3
    pages = [_meta(0, root), _meta(1, root), struct.pack("<QHHI", 2, 16, 0, 0), bytes(leaf), branch]
    return b"".join(page.ljust(-(-len(page) // PAGE) * PAGE, b"\0") for page in pages)
