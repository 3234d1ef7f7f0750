"""Files of parameters for a Bicep file: `.bicepparam`, and JSON."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from seawall.errors import Malformed
from seawall.sources.clusters.bicep.modules import Files
from seawall.sources.clusters.bicep.template import Run, Template

ENDING: Final = ".bicepparam"


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one file; `template` is the Bicep file that it is for, "" where it names none."""

    template: str
    values: dict[str, Any]


def read_parameters(file: str, run: Run, *, chain: tuple[str, ...] = ()) -> Parameters:
    """The values in a `.bicepparam`, on top of those of the file that it extends.

    A statement that cannot be read is noted in `run`. Raises InputError where the file cannot be read.
    """
    if file in chain:
        raise Malformed("a file of parameters extends itself", where=file)
    source = run.files.source(file)
    template = Template(source, {}, run)
    target = ""
    values: dict[str, Any] = {}
    for fault in source.tree.faults:
        template.note("statement", fault, fault.message)
    for declaration in source.tree.declarations:
        if declaration.keyword == "using" and declaration.reference:
            target = run.files.named_in(file, declaration.reference)
        elif declaration.keyword == "extends":
            other = run.files.named_in(file, declaration.reference)
            values = {**read_parameters(other, run, chain=(*chain, file)).values, **values}
    for declaration in source.tree.declarations:
        if declaration.keyword == "param" and declaration.value is not None:
            values[declaration.name] = template.value(declaration.value, {})
    return Parameters(template=target, values=values)


def target_of(file: str, files: Files) -> str:
    """The path of the Bicep file that a `.bicepparam` is for, "" where it names none. Raises InputError."""
    for declaration in files.source(file).tree.declarations:
        if declaration.keyword == "using" and declaration.reference:
            return files.named_in(file, declaration.reference)
    return ""
