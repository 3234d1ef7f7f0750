"""The report for programs; `document` holds its shape, `schema/report.schema.json` its schema."""

from __future__ import annotations

from seawall.model import (
    Change,
    Finding,
    Fix,
    FleetGroup,
    FleetSetting,
    Location,
    Outdated,
    Package,
    PackageRef,
    Report,
)
from seawall.reports.document import (
    SCHEMA,
    ChangeShape,
    Document,
    FindingShape,
    FixShape,
    FleetGroupShape,
    FleetMemberShape,
    FleetSettingShape,
    FleetValueShape,
    LocationShape,
    OutdatedShape,
    PackageRefShape,
    PackageShape,
    TerraformCostShape,
)
from seawall.reports.encoding import pretty
from seawall.reports.order import worst_first
from seawall.reports.style import PLAIN, Style
from seawall.version import __version__


def render(report: Report, _style: Style = PLAIN) -> str:
    return pretty(
        Document(
            schema=SCHEMA,
            seawall=__version__,
            verdict=report.verdict,
            findings=tuple(_finding(finding) for finding in worst_first(report.findings)),
            packages=tuple(sorted((_package(package) for package in report.packages), key=repr)),
            not_assessed=tuple(sorted(report.not_assessed)),
            coverage=report.coverage,
            frameworks=report.frameworks or None,
            outdated=None if report.outdated is None else tuple(_outdated(each) for each in sorted(report.outdated)),
            fleet=tuple(_fleet(group) for group in report.fleet),
        )
    )


def _finding(finding: Finding) -> FindingShape:
    return FindingShape(
        id=finding.id,
        rule=finding.rule,
        title=finding.title,
        severity=str(finding.severity),
        status=finding.status,
        subject=finding.subject,
        field=finding.field or None,
        message=finding.message,
        location=_location(finding.location) if finding.location else None,
        change=_change(finding.change) if finding.change else None,
        aliases=finding.aliases,
        package=_package_ref(finding.package) if finding.package else None,
        fix=_fix(finding.fix) if finding.fix else None,
        kev=finding.kev,
        epss=finding.epss,
        scored_by=finding.scored_by or None,
        refs=finding.refs,
        waived=finding.waived or None,
    )


def _fleet(group: FleetGroup) -> FleetGroupShape:
    return FleetGroupShape(
        name=group.name,
        clusters=tuple(
            FleetMemberShape(name=each.name, environment=each.environment or None) for each in group.clusters
        ),
        compared=group.compared,
        differ=group.differ,
        settings=tuple(_setting(setting) for setting in group.settings),
    )


def _setting(setting: FleetSetting) -> FleetSettingShape:
    return FleetSettingShape(
        path=setting.path,
        differs=setting.differs,
        align_to=setting.align_to or None,
        odd_one_out=setting.odd_one_out or None,
        values=tuple(
            FleetValueShape(
                value=each.value,
                clusters=each.clusters,
                weaker=each.weaker,
                cost=None if each.cost is None else str(each.cost),
                one_way=each.one_way,
            )
            for each in setting.values
        ),
    )


def _location(location: Location) -> LocationShape:
    return LocationShape(file=location.file, line=location.line or None)


def _change(change: Change) -> ChangeShape:
    return ChangeShape(
        cost=str(change.cost),
        one_way=change.one_way,
        command=change.command or None,
        note=change.note or None,
        terraform=tuple(
            TerraformCostShape(since=each.since or None, cost=str(each.cost), note=each.note or None)
            for each in change.terraform
        ),
    )


def _package_ref(package: PackageRef) -> PackageRefShape:
    return PackageRefShape(
        purl=package.purl,
        name=package.name,
        version=package.version,
        path=package.path or None,
        layer=package.layer or None,
        upgrade=package.upgrade or None,
        from_base=package.from_base,
    )


def _outdated(outdated: Outdated) -> OutdatedShape:
    return OutdatedShape(
        image=outdated.image,
        package=outdated.name,
        type=outdated.type,
        installed=outdated.installed,
        newest_in_line=outdated.newest_in_line or None,
        newest=outdated.newest or None,
        released=outdated.released or None,
        where=outdated.where or None,
        withdrawn=outdated.withdrawn or None,
        purl=outdated.purl or None,
        path=outdated.path or None,
    )


def _fix(fix: Fix) -> FixShape:
    return FixShape(state=fix.state, version=fix.version or None)


def _package(package: Package) -> PackageShape:
    return PackageShape(
        purl=package.purl,
        type=package.type,
        name=package.name,
        version=package.version,
        path=package.path or None,
        layer=package.layer or None,
        owner=package.owner or None,
        image=package.image or None,
        claimed=package.claimed or None,
    )
