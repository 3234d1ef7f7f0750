"""What a check looks for: the list of all checks, one check's page, and the pages as a folder of documents."""

from __future__ import annotations

import difflib
from pathlib import Path

from seawall.checks import Check, all_checks, image_checks
from seawall.checks.page import index
from seawall.checks.page import page as page_of
from seawall.checks.plan import RULES, Rule
from seawall.errors import UsageError
from seawall.safe import files
from seawall.sources.clusters.costs import change


def _everything() -> tuple[Check | Rule, ...]:
    return (*all_checks(), *RULES, *image_checks())


def listing() -> str:
    """Every check, a line each: id, severity, title."""
    return "".join(f"{each.id:<13} {each.severity!s:<9} {each.title}\n" for each in _everything())


def page(id_or_name: str) -> str:
    """The page of one check, Markdown. Raises UsageError for an id that is none, naming those alike."""
    checks = {key: check for check in _everything() for key in (check.id.lower(), check.name)}
    if check := checks.get(id_or_name.lower()):
        return check.page if isinstance(check, Rule) else page_of(check, change)
    alike = difflib.get_close_matches(id_or_name.lower(), checks, n=3, cutoff=0.5)
    hint = (
        f"did you mean {', '.join(checks[key].id for key in alike)}?" if alike else "`seawall explain` lists them all"
    )
    raise UsageError(f"there is no check {id_or_name!r}", hint=hint)


def documents() -> dict[str, str]:
    """File name -> Markdown: a page a check, and the index."""
    checks = (*all_checks(), *image_checks())
    pages = {f"{check.id}.md": page_of(check, change) for check in checks} | {
        f"{rule.id}.md": rule.page for rule in RULES
    }
    return {"index.md": index(_everything()), **pages}


def write_docs(folder: Path) -> None:
    """Write the documents into `folder`, and remove the pages of checks that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    current = documents()
    for stale in folder.glob("*.md"):
        if stale.name not in current:
            stale.unlink()
    for name, text in current.items():
        with files.replace(folder / name) as temporary:
            temporary.write_text(text)
