"""Functions of Bicep alone: those that put a file's content, or what the machine holds, into the template."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any, Final

from seawall.errors import InputError, LimitExceeded
from seawall.model import Unknown
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.template_functions.lists import member
from seawall.sources.clusters.unknown_text import UnknownText


class Loads:
    """`load` opens a file that the template names, and raises InputError."""

    def __init__(self, load: Callable[[str], bytes], limits: Limits) -> None:
        self._load = load
        self._limits = limits

    def named(self, name: str) -> Callable[..., Any] | None:
        """The function of that name."""
        if name not in _LOADS:
            return None
        method, most = _LOADS[name]
        work: Callable[..., Any] = getattr(self, method)
        return lambda *values: work(*values) if 0 < len(values) <= most else Unknown(f"{name}() of wrong arguments")

    def text(self, path: Any, encoding: Any = "utf-8") -> Any:
        """`loadTextContent`."""
        return self._loaded(path, lambda data: data.decode(_encoding(encoding)))

    def base64(self, path: Any) -> Any:
        """`loadFileAsBase64`."""
        return self._loaded(path, lambda data: base64.b64encode(data).decode())

    def json(self, path: Any, inner: Any = "$", encoding: Any = "utf-8") -> Any:
        """`loadJsonContent`."""
        return self._loaded(path, lambda data: _inside(json.load(data, where=path, limits=self._limits), inner))

    def yaml(self, path: Any, inner: Any = "$", encoding: Any = "utf-8") -> Any:
        """`loadYamlContent`."""
        from seawall.safe import yaml

        def load(data: bytes) -> Any:
            return yaml.load_all(data, where=path, limits=self._limits)[0].value

        return self._loaded(path, lambda data: _inside(load(data), inner))

    def same(self, value: Any) -> Any:
        """`any`: of any type."""
        return value

    def environment(self, name: Any, default: Any = None) -> Unknown:
        """`readEnvironmentVariable`: what another machine holds is not known."""
        return UnknownText(f"it is read from the environment variable {name!r}", f"{{{name}}}")

    def _loaded(self, path: Any, read: Callable[[bytes], Any]) -> Any:
        if not isinstance(path, str):
            return path if isinstance(path, Unknown) else Unknown("the path of a file to load is no text")
        try:
            return read(self._load(path))
        except LimitExceeded:
            raise
        except InputError as error:
            return Unknown(f"{path} cannot be loaded: {error.message}")
        except (LookupError, ValueError):
            return Unknown(f"{path} does not hold what is asked of it")


_LOADS: Final = {
    "loadTextContent": ("text", 2),
    "loadFileAsBase64": ("base64", 1),
    "loadJsonContent": ("json", 3),
    "loadYamlContent": ("yaml", 3),
    "any": ("same", 1),
    "readEnvironmentVariable": ("environment", 2),
}
"""The method that is the function, and how many arguments it takes at most."""


def _encoding(name: Any) -> str:
    known = {"us-ascii": "ascii", "iso-8859-1": "latin-1", "utf-8": "utf-8-sig", "utf-16": "utf-16"}
    return known.get(str(name).lower(), "utf-16-be")


def _inside(value: Any, path: Any) -> Any:
    """What a path of JSONPath's plainest kind (`$.a.b`, `.a`) leads to. Raises LookupError."""
    for step in _steps(path):
        value = member(value, step)
    return value


def _steps(path: Any) -> Iterator[str]:
    if not isinstance(path, str) or "[" in path or ".." in path:
        raise LookupError(path)
    return (step for step in path.removeprefix("$").split(".") if step)
