"""The parameters of an ARM template: what they are declared to be, and the files that give them values.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#parameters and …/parameter-files
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, TypeAlias

from seawall.errors import Malformed
from seawall.model import Unknown
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import arm_text
from seawall.sources.clusters.unknown_text import UnknownText
from seawall.sources.clusters.values import pick

Parameters: TypeAlias = Mapping[str, Any]
"""Name to value."""

_TYPES: Mapping[str, type] = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


def read_parameters(data: bytes, *, file: str, limits: Limits = DEFAULT) -> Parameters:
    """The values that a parameter file gives; one from a key vault is unknown.

    Raises Malformed for what is no such file, or what `arm_text.load` raises.
    """
    document = arm_text.load(data, where=file, limits=limits)[0]
    given = pick(document, "parameters")
    if not isinstance(given, dict):
        raise Malformed("not a parameter file: it has no parameters", where=file)
    return {name: given_value(name, entry) for name, entry in given.items()}


def given_value(name: str, entry: Any) -> Any:
    """The value in an entry of a parameter file, or of the parameters of a nested deployment."""
    if isinstance(entry, dict) and "value" in entry:
        return entry["value"]
    why = "a key vault" if pick(entry, "reference") is not None else "elsewhere"
    return UnknownText(f"parameter '{name}' is taken from {why}", f"{{{name}}}")


def beside(template: Path) -> tuple[Path, ...]:
    """The parameter files that stand beside a template."""
    return tuple(sorted(path for path in template.parent.iterdir() if is_for(path, template)))


def is_for(file: PurePath, template: PurePath) -> bool:
    """True for `main.parameters.json`, `main.parameters.dev.json` and `main.dev.params.json` beside `main.*`."""
    name, stem = file.name.lower(), template.stem.lower()
    words = name.removeprefix(f"{stem}.").split(".")
    return (
        file.parent == template.parent
        and name.startswith(f"{stem}.")
        and words[-1] == "json"
        and not {"parameters", "params"}.isdisjoint(words)
    )


def checked(name: str, declared: Mapping[str, Any], value: Any) -> Any:
    """The value, unknown where the declaration forbids it (the deployment would fail) or keeps it secret."""
    kind = str(pick(declared, "type") or "").lower()
    if kind.startswith("secure"):
        return UnknownText(f"parameter '{name}' is a secret", f"{{{name}}}")
    expected = _TYPES.get(kind)
    if isinstance(value, Unknown) or value is None:
        return value
    if expected and type(value) is not expected:
        return UnknownText(f"parameter '{name}' is declared as {kind} and given something else", f"{{{name}}}")
    allowed = pick(declared, "allowedValues")
    if isinstance(allowed, list) and not isinstance(value, list) and _word(value) not in map(_word, allowed):
        return UnknownText(f"parameter '{name}' is given what its allowedValues do not hold", f"{{{name}}}")
    return value


def not_given(name: str, declared: Mapping[str, Any], definitions: Any) -> Any:
    """The value of a parameter that has neither a value nor a default."""
    meant = [declared, pick(definitions, str(pick(declared, "$ref")).rpartition("/")[2])]
    if any(pick(each, "nullable") is True for each in meant):
        return None
    allowed = pick(declared, "allowedValues")
    if isinstance(allowed, list) and len(allowed) == 1:
        return allowed[0]
    return UnknownText(f"parameter '{name}' has no default", f"{{{name}}}")


def _word(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
