"""What a check looks for: the list of all checks, one check's page, and the pages as a folder of documents."""

from __future__ import annotations

import difflib
from pathlib import Path

from seawall.checks import Check, all_checks, dockerfile_checks, image_checks
from seawall.checks.baseline import BASELINE
from seawall.checks.documented import Documented
from seawall.checks.page import index
from seawall.checks.page import page as page_of
from seawall.checks.plan import RULES
from seawall.errors import UsageError
from seawall.safe import files
from seawall.sources.clusters.costs import change


def _everything() -> list[Check | Documented]:
    return sorted((*all_checks(), BASELINE, *RULES, *image_checks(), *dockerfile_checks()), key=lambda each: each.id)


def listing() -> str:
    """Every check, a line each: id, severity, title."""
    return "".join(f"{each.id:<13} {each.severity!s:<9} {each.title}\n" for each in _everything())


def page(id_or_name: str) -> str:
    """The page of one check, Markdown. Raises UsageError for an id that is none, naming those alike."""
    checks = {key: check for check in _everything() for key in (check.id.lower(), check.name)}
    if check := checks.get(id_or_name.lower()):
        return check.page if isinstance(check, Documented) else page_of(check, change)
    alike = difflib.get_close_matches(id_or_name.lower(), checks, n=3, cutoff=0.5)
    hint = (
        f"did you mean {', '.join(checks[key].id for key in alike)}?" if alike else "`seawall explain` lists them all"
    )
    raise UsageError(f"there is no check {id_or_name!r}", hint=hint)


def documents() -> dict[str, str]:
    """File name -> Markdown: a page a check, and the index."""
    return {"index.md": index(_everything()), **{f"{each.id}.md": page(each.id) for each in _everything()}}


def write_docs(folder: Path) -> None:
    """Write the documents into `folder`, and remove the pages of checks that are no more."""
    files.make_folder(folder)
    current = documents()
    for stale in folder.glob("*.md"):
        if stale.name not in current:
            stale.unlink()
    for name, text in current.items():
        with files.replace(folder / name) as temporary:
            temporary.write_text(text)
