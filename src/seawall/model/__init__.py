"""The nouns. Frozen, keyword-only msgspec structs; no I/O, no clock, no logging.

Import from here: `from seawall.model import Cluster, UNKNOWN, known`.
"""

from seawall.model.advisory import Advisory, FeedStatus, Match, Range
from seawall.model.cluster import (
    Access,
    Addons,
    ApiServer,
    Cluster,
    Identity,
    Network,
    Pool,
    Protection,
    Upkeep,
)
from seawall.model.dockerfile import Dockerfile, Edit
from seawall.model.finding import (
    Change,
    Cost,
    Finding,
    Fix,
    FixState,
    PackageRef,
    Severity,
    Status,
    Subject,
    TerraformCost,
    Tool,
)
from seawall.model.fleet import FleetGroup, FleetMember, FleetSetting, FleetValue
from seawall.model.image import Base, Distro, Image, Layer, Package
from seawall.model.location import Location, NotAssessed
from seawall.model.plan import Item, Plan, Step
from seawall.model.report import (
    ClusterCoverage,
    ControlResult,
    ControlStatus,
    Coverage,
    DockerfileCoverage,
    FrameworkResult,
    ImageCoverage,
    Outdated,
    Report,
    Verdict,
)
from seawall.model.unknown import UNKNOWN, Maybe, Unknown, is_known, known

__all__ = [
    "UNKNOWN",
    "Access",
    "Addons",
    "Advisory",
    "ApiServer",
    "Base",
    "Change",
    "Cluster",
    "ClusterCoverage",
    "ControlResult",
    "ControlStatus",
    "Cost",
    "Coverage",
    "Distro",
    "Dockerfile",
    "DockerfileCoverage",
    "Edit",
    "FeedStatus",
    "Finding",
    "Fix",
    "FixState",
    "FleetGroup",
    "FleetMember",
    "FleetSetting",
    "FleetValue",
    "FrameworkResult",
    "Identity",
    "Image",
    "ImageCoverage",
    "Item",
    "Layer",
    "Location",
    "Match",
    "Maybe",
    "Network",
    "NotAssessed",
    "Outdated",
    "Package",
    "PackageRef",
    "Plan",
    "Pool",
    "Protection",
    "Range",
    "Report",
    "Severity",
    "Status",
    "Step",
    "Subject",
    "TerraformCost",
    "Tool",
    "Unknown",
    "Upkeep",
    "Verdict",
    "is_known",
    "known",
]
