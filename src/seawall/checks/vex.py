"""What VEX statements mean for the vulnerabilities that were found: a statement waives one, and says whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seawall.errors import SeawallError
from seawall.model import Finding, Image, NotAssessed
from seawall.model.vex import Statement
from seawall.sources.images.registry.reference import parse as reference
from seawall.sources.images.sbom_purl import Purl, parse

NAMED = 3
"""Statements that are named where many match nothing."""


def apply(findings: Iterable[Finding], image: Image, statements: Sequence[Statement]) -> list[Finding]:
    """The findings of an image, those that the newest statement on them calls `not_affected` or `fixed` waived."""
    by_flaw = _by_flaw(image, statements)
    return [_judged(finding, image, by_flaw) for finding in findings]


def matched(findings: Iterable[Finding], image: Image, statements: Sequence[Statement]) -> set[Statement]:
    """The statements that are about any of the findings of an image, whatever they say."""
    by_flaw = _by_flaw(image, statements)
    return {each for finding in findings for each in _about(finding, image, by_flaw)}


def idle(statements: Iterable[Statement], used: set[Statement]) -> Iterator[NotAssessed]:
    """One entry a file whose statements are not all used: a misspelt product looks like one that settles nothing."""
    by_file: dict[str, list[Statement]] = {}
    for each in statements:
        by_file.setdefault(each.file, []).append(each)
    for file, said in by_file.items():
        left = [each for each in said if each not in used]
        if left:
            named = [f"{', '.join(each.vulnerabilities)} in {each.package or each.product}" for each in left[:NAMED]]
            more = f" and {len(left) - NAMED:,} more" if len(left) > NAMED else ""
            why = f"nothing that was found is what they speak of: {'; '.join(named)}{more}"
            yield NotAssessed(what=f"{len(left):,} of {len(said):,} VEX statements", where=file, why=why)


def _by_flaw(image: Image, statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    by_flaw: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.image in ("", image.name):
            for flaw in statement.vulnerabilities:
                by_flaw.setdefault(flaw.upper(), []).append(statement)
    return by_flaw


def _about(finding: Finding, image: Image, by_flaw: dict[str, list[Statement]]) -> list[Statement]:
    """The statements on a finding, the newest last."""
    purl = parse(finding.package.purl) if finding.package else None
    if purl is None:
        return []
    said = [each for flaw in (finding.rule, *finding.aliases) for each in by_flaw.get(flaw.upper(), ())]
    return sorted((each for each in said if _is_about(each, purl, image)), key=lambda each: each.time)


def _judged(finding: Finding, image: Image, by_flaw: dict[str, list[Statement]]) -> Finding:
    if finding.waived:
        return finding
    said = _about(finding, image, by_flaw)
    if not said or said[-1].status not in ("not_affected", "fixed"):
        return finding
    return msgspec.structs.replace(finding, waived=sentence(said[-1]))


def sentence(statement: Statement) -> str:
    """Who says what, and that nobody has checked it."""
    why = f" ({statement.why})" if statement.why else ""
    author = statement.author or "an author who is not named"
    return f"{statement.status}{why}, says {author} in {statement.file}; no signature was checked"


def _is_about(statement: Statement, purl: Purl, image: Image) -> bool:
    """A part of an image, a package of any image, or all of an image. A part of another package could still be used
    through a third one: such a statement settles nothing."""
    product, part = parse(statement.product), parse(statement.package)
    if product is None:
        return False
    if product.type == "oci":
        return _is_image(product, image) and (not statement.package or (part is not None and _covers(part, purl)))
    return not statement.package and _covers(product, purl)


def _covers(said: Purl, found: Purl) -> bool:
    """A purl without version or qualifier means every one."""
    if (said.type, said.namespace, said.name) != (found.type, found.namespace, found.name):
        return False
    if said.version not in ("", found.version):
        return False
    return all(found.qualifiers.get(key) in (None, value) for key, value in said.qualifiers.items())


def _is_image(said: Purl, image: Image) -> bool:
    """By its digest, and by name and address where it gives one."""
    if said.version and said.version != image.digest:
        return False
    try:
        name = reference(image.name)
    except SeawallError:
        return bool(said.version)
    url = said.qualifiers.get("repository_url", "")
    return name.repository.rpartition("/")[2] == said.name and url in ("", f"{name.registry}/{name.repository}")
