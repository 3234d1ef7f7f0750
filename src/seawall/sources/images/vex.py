"""VEX documents: OpenVEX, CSAF 2.0 of the VEX profile, and the analyses in CycloneDX, all in JSON.

https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md,
https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#45-profile-5-vex,
https://cyclonedx.org/docs/1.6/json/#vulnerabilities. No signature is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model.vex import Statement
from seawall.safe import files, json
from seawall.safe.limits import DEFAULT, Limits

_STATUSES = frozenset({"not_affected", "fixed", "affected", "under_investigation"})
_CSAF = {
    "known_not_affected": "not_affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "known_affected": "affected",
    "under_investigation": "under_investigation",
}
_CYCLONEDX = {
    "not_affected": "not_affected",
    "false_positive": "not_affected",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
}


def read_vex(path: Path, *, limits: Limits = DEFAULT) -> tuple[Statement, ...]:
    """The statements of a file. Raises Unreadable, Malformed, LimitExceeded, Unsupported for another format."""
    return statements(json.load(files.read(path, limits=limits), where=str(path), limits=limits), where=str(path))


def statements(document: object, *, where: str, image: str = "") -> tuple[Statement, ...]:
    """The statements of a decoded document; `image` is what it is attached to. Raises Malformed, Unsupported."""
    fields = document if isinstance(document, dict) else {}
    try:
        if "openvex" in str(fields.get("@context", "")):
            read = _openvex(msgspec.convert(document, _OpenVex))
        elif "csaf_version" in (fields.get("document") or {}):
            read = _csaf(msgspec.convert(document, _Csaf))
        elif fields.get("bomFormat") == "CycloneDX":
            read = _cyclonedx(msgspec.convert(document, _CycloneDx))
        else:
            hint = "OpenVEX, CSAF 2.0 and CycloneDX are read, all in JSON"
            raise Unsupported("is no VEX document that is known", where=where, hint=hint)
        return tuple(msgspec.structs.replace(each, file=where, image=image) for each in read)
    except (msgspec.ValidationError, TypeError, KeyError, AttributeError) as error:
        raise Malformed(f"not the VEX document it should be: {error}", where=where) from None


class _Part(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = {}

    @property
    def purl(self) -> str:
        return self.identifiers.get("purl") or self.id


class _Product(_Part, frozen=True):
    subcomponents: tuple[_Part, ...] = ()


class _Flaw(msgspec.Struct, frozen=True):
    name: str = ""
    aliases: tuple[str, ...] = ()


class _Said(msgspec.Struct, frozen=True):
    vulnerability: _Flaw
    status: str
    products: tuple[_Product, ...] = ()
    justification: str = ""
    impact_statement: str = ""
    timestamp: str = ""


class _OpenVex(msgspec.Struct, frozen=True):
    author: str = ""
    timestamp: str = ""
    statements: tuple[_Said, ...] = ()


def _openvex(document: _OpenVex) -> Iterator[Statement]:
    for said in document.statements:
        for product in said.products:
            for part in product.subcomponents or (None,):
                if said.status in _STATUSES:
                    yield Statement(
                        vulnerabilities=tuple(filter(None, (said.vulnerability.name, *said.vulnerability.aliases))),
                        product=product.purl,
                        package=part.purl if part else "",
                        status=said.status,
                        why=said.justification or said.impact_statement,
                        author=document.author,
                        time=said.timestamp or document.timestamp,
                    )


class _Csaf(msgspec.Struct, frozen=True):
    document: dict[str, Any]
    product_tree: dict[str, Any] = {}
    vulnerabilities: tuple[dict[str, Any], ...] = ()


def _csaf(document: _Csaf) -> Iterator[Statement]:
    about = document.document
    purls = dict(_products(document.product_tree))
    wholes = {
        each["full_product_name"]["product_id"]: (
            purls.get(each.get("relates_to_product_reference", ""), ""),
            purls.get(each.get("product_reference", ""), ""),
        )
        for each in document.product_tree.get("relationships", ())
    }
    for flaw in document.vulnerabilities:
        why = {
            product: reason.get("label", "") or reason.get("details", "")
            for reason in [*flaw.get("threats", ()), *flaw.get("flags", ())]
            for product in reason.get("product_ids") or [""]
        }
        for key, ids in flaw.get("product_status", {}).items():
            for one in ids:
                product, package = wholes.get(one, (purls.get(one, ""), ""))
                if key in _CSAF and (product or package):
                    yield Statement(
                        vulnerabilities=tuple(filter(None, (flaw.get("cve", ""), *_ids(flaw)))),
                        product=product or package,
                        package=package if product else "",
                        status=_CSAF[key],
                        why=why.get(one) or why.get("", ""),
                        author=str(about.get("publisher", {}).get("name", "")),
                        time=str(about.get("tracking", {}).get("current_release_date", "")),
                    )


def _ids(flaw: dict[str, Any]) -> Iterator[str]:
    return (str(each.get("text", "")) for each in flaw.get("ids", ()))


def _products(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The purl of every product by its id; `safe.json` has bounded how deep the tree is."""
    todo = [tree]
    while todo:
        node = todo.pop()
        todo += node.get("branches", ())
        for product in (node.get("product"), *node.get("full_product_names", ())):
            if product:
                yield product["product_id"], product.get("product_identification_helper", {}).get("purl", "")


class _Analysis(msgspec.Struct, frozen=True):
    state: str = ""
    justification: str = ""
    detail: str = ""


class _Affected(msgspec.Struct, frozen=True):
    ref: str


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str = ""
    analysis: _Analysis | None = None
    affects: tuple[_Affected, ...] = ()


class _CycloneDx(msgspec.Struct, frozen=True):
    metadata: dict[str, Any] = {}
    vulnerabilities: tuple[_Vulnerability, ...] = ()


def _cyclonedx(document: _CycloneDx) -> Iterator[Statement]:
    supplier = document.metadata.get("supplier") or document.metadata.get("manufacturer") or {}
    for flaw in document.vulnerabilities:
        analysis = flaw.analysis or _Analysis()
        status = _CYCLONEDX.get(analysis.state, "")
        for affected in flaw.affects if status else ():
            # a reference into another document is a BOM-Link, the purl behind its #
            purl = affected.ref.partition("#")[2] if affected.ref.startswith("urn:cdx:") else affected.ref
            yield Statement(
                vulnerabilities=(flaw.id,),
                product=purl if purl.startswith("pkg:") else unquote(purl),
                status=status,
                why=analysis.justification or analysis.detail,
                author=str(supplier.get("name", "")),
                time=str(document.metadata.get("timestamp", "")),
            )
