"""What has a page of its own and is no check of one cluster."""

from __future__ import annotations

import msgspec

from seawall.model import Severity


class Documented(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its documentation; `severity` is that of what it says unless it says another."""

    id: str
    name: str
    title: str
    doc: str
    severity: Severity
    refs: tuple[str, ...]
    asked_of: str

    @property
    def page(self) -> str:
        """What `seawall explain` prints, Markdown."""
        head = f"# {self.id}: {self.title}\n\n`{self.name}` · severity {self.severity} · asked of {self.asked_of}"
        return f"{head}\n\n{self.doc}\n\n## References\n\n" + "\n".join(f"- <{ref}>" for ref in self.refs) + "\n"
