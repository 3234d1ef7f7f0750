"""Plain values as YAML that says the same to every reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*")
_OTHER = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null|none|\.inf|\.nan)|[.\d].*|.*\.")
_WIDTH = 100


def render(value: Any, indent: int) -> Iterator[str]:
    """The lines of a block, without ends; `value` is made of dict, list, str, int, float, bool and None."""
    lead = " " * indent
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(f"{lead}{scalar(key)}:", inner, indent)
    elif isinstance(value, list) and value:
        for inner in value:
            if isinstance(inner, dict | list) and inner:
                first, *rest = render(inner, indent + 2)
                yield f"{lead}- {first[indent + 2 :]}"
                yield from rest
            else:
                yield from _entry(f"{lead}-", inner, indent)
    else:
        yield lead + scalar(value)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value and _is_block(value):
        yield f"{head} |{'' if value.endswith(chr(10)) else '-'}"
        yield from (f"{' ' * (indent + 2)}{line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    elif isinstance(value, dict) and value:
        yield head
        yield from render(value, indent + 2)
    elif isinstance(value, list) and value:
        flow = f"{head} [{', '.join(scalar(each) for each in value)}]"
        if len(flow) <= _WIDTH and not any(isinstance(each, dict | list) or "\n" in str(each) for each in value):
            yield flow
        else:
            yield head
            yield from render(value, indent + 2)
    else:
        yield f"{head} {scalar(value)}"


def scalar(value: Any) -> str:
    """One value on one line."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _OTHER.fullmatch(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08X}" for each in quoted)


def _is_block(text: str) -> bool:
    """Whether a literal block says exactly this text."""
    lines = text.split("\n")
    return (
        not text.endswith("\n\n")
        and bool(lines[0].strip())
        and not lines[0].startswith((" ", "\t"))
        and all(line.isprintable() and "\ufeff" not in line and line == line.rstrip() for line in lines)
    )
