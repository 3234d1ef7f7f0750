"""Whether a path is needed, and how much may be needed that the trace does not show."""

from __future__ import annotations

from collections.abc import Iterable

from seawall.model import Need, Trace
from seawall.safe.names import normalise

HOME = frozenset({"the home of the user", "the working directory"})
"""Folders that are needed for what the program itself keeps in them, not for what building left there."""

PLACES = frozenset({"a place for temporary files", "a place for sockets and locks"})
"""Folders that are needed empty: a tool in them is none."""


class Needed:
    """The needs of a trace, and the paths that the user keeps, by path."""

    def __init__(self, needs: Iterable[Need], keep: Iterable[str]) -> None:
        self._needs = {need.path: need for need in needs}
        self._above: dict[str, Need] = {}
        for need in self._needs.values():
            folder = need.path.rpartition("/")[0]
            while folder and folder not in self._above:
                self._above[folder] = need
                folder = folder.rpartition("/")[0]
        self._keep = frozenset(normalise(path) for path in keep)

    def why(self, path: str, besides: frozenset[str] = frozenset()) -> Need | None:
        """The need that a path is, lies in, or holds; those for a reason of `besides` are passed over."""
        whole = False
        if self.kept(path):
            return Need(path=path, phase="main", why="you said so")
        if path in self._above:
            return self._above[path]
        while path:
            need = self._needs.get(path)
            if need and (need.folder or not whole) and not any(need.why.endswith(reason) for reason in besides):
                return need
            path, whole = path.rpartition("/")[0], True
        return None

    def kept(self, path: str) -> bool:
        """Whether the user keeps the path, a folder that it lies in, or something in it."""
        return any(path == each or path.startswith(f"{each}/") or each.startswith(f"{path}/") for each in self._keep)


def gaps(trace: Trace) -> list[str]:
    """The sentences on what could run without the trace showing it. What is not in the image cannot run from it."""
    found = [sentence for sentence in trace.unknown if not sentence.endswith(" is not in the image")]
    if not any(run.phase == "main" for run in trace.runs):
        found += trace.unknown or ["no program that stays was found"]
    return list(dict.fromkeys(found))
