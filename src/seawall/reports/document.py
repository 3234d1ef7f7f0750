"""The JSON report's shape, and its schema. Fields are added, never renamed or removed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from seawall.model import Cost, Coverage, FixState, FrameworkResult, NotAssessed, Severity, Status, Subject, Verdict

SCHEMA = "seawall-report/1"


SeverityWord = Annotated[str, Meta(extra_json_schema={"enum": [str(severity) for severity in Severity]})]
CostWord = Annotated[str, Meta(extra_json_schema={"enum": [str(cost) for cost in Cost]})]


class LocationShape(msgspec.Struct, frozen=True, kw_only=True):
    """A place in an input, as the user named it; `line` counts from 1."""

    file: str
    line: int | None


class TerraformCostShape(msgspec.Struct, frozen=True, kw_only=True):
    """What a change costs with azurerm of version `since` or newer; null where all versions that are known do so."""

    since: str | None
    cost: CostWord
    note: str | None


class ChangeShape(msgspec.Struct, frozen=True, kw_only=True):
    """The change that mends a finding, and what it costs; `one_way`: it cannot be undone.

    `terraform` is what it costs when azurerm makes it, by version, the oldest first.
    """

    cost: CostWord
    one_way: bool
    command: str | None
    note: str | None
    terraform: tuple[TerraformCostShape, ...] = ()


class PackageRefShape(msgspec.Struct, frozen=True, kw_only=True):
    """The package that a finding is about; `layer` is the diffID of the layer that brought it.

    `upgrade` is the smallest version that mends every flaw of the package that has a fix. `from_base` tells whether the
    base image brought it, null where that is not known.
    """

    purl: str
    name: str
    version: str
    path: str | None
    layer: str | None
    upgrade: str | None
    from_base: bool | None = None


class FixShape(msgspec.Struct, frozen=True, kw_only=True):
    """`version` is the smallest one that mends the package."""

    state: FixState
    version: str | None


class FindingShape(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of one subject. `id` is stable: rule, subject and field. `epss` is a probability.

    `scored_by` says whose the severity of a vulnerability is, and by which scale. `waived` is the reason for which it
    is accepted.
    """

    id: str
    rule: str
    title: str
    severity: SeverityWord
    status: Status
    subject: Subject
    field: str | None
    message: str
    location: LocationShape | None
    change: ChangeShape | None
    aliases: tuple[str, ...]
    package: PackageRefShape | None
    fix: FixShape | None
    kev: bool
    epss: float | None
    scored_by: str | None
    refs: tuple[str, ...]
    waived: str | None = None


class PackageShape(msgspec.Struct, frozen=True, kw_only=True):
    """An installed package; `owner` is the OS package that owns its evidence file, `image` the `id` of its image.

    `claimed` names the attached SBOM that alone says that it is there.
    """

    purl: str
    type: str
    name: str
    version: str
    path: str | None
    layer: str | None
    owner: str | None
    image: str | None
    claimed: str | None


class OutdatedShape(msgspec.Struct, frozen=True, kw_only=True):
    """A package, or the base of an image (`type` "image"), of which there is something newer.

    `newest_in_line` is the newest version of the same line (the distro's release, the major version), `newest` that of
    all; null where there is none newer. `withdrawn` says why the installed version should not be used.
    """

    image: str
    package: str
    type: str
    installed: str
    newest_in_line: str | None
    newest: str | None
    released: str | None
    where: str | None
    withdrawn: str | None
    purl: str | None
    path: str | None


class FleetMemberShape(msgspec.Struct, frozen=True, kw_only=True):
    """One cluster of a group; `environment` is null where neither its name, its tags nor a rule tells it."""

    name: str
    environment: str | None


class FleetValueShape(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a setting, and the clusters that have it. `value` is null where it is not known; the text `none`
    says that the input says none. `weaker`: another value does better. `cost` is the worst that it takes to bring
    these clusters to `align_to`, null where there is nothing to do or the value is not known."""

    value: str | None
    clusters: tuple[str, ...]
    weaker: bool
    cost: CostWord | None
    one_way: bool


class FleetSettingShape(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a group. `align_to` is the value to give the others, never a weaker one; null where nothing
    differs. `odd_one_out` is the one cluster that is alone with its value while the others agree."""

    path: str
    differs: bool
    align_to: str | None
    odd_one_out: str | None
    values: tuple[FleetValueShape, ...]


class FleetGroupShape(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters that should agree, the least precious environment first. `compared` settings were looked at, `differ`
    of them differ; `settings` holds those, or all with `--matrix all`."""

    name: str
    clusters: tuple[FleetMemberShape, ...]
    compared: int
    differ: int
    settings: tuple[FleetSettingShape, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One run of Seawall: the verdict, what is wrong, what is there, and what was not looked at."""

    schema: Annotated[str, Meta(extra_json_schema={"const": SCHEMA})]
    seawall: str
    verdict: Verdict
    findings: tuple[FindingShape, ...]
    packages: tuple[PackageShape, ...]
    not_assessed: tuple[NotAssessed, ...]
    coverage: Coverage
    frameworks: tuple[FrameworkResult, ...] | None = None
    outdated: tuple[OutdatedShape, ...] | None = None
    fleet: tuple[FleetGroupShape, ...] = ()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the report, published as `schema/report.schema.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "Seawall report",
        **msgspec.json.schema(Document),
    }
