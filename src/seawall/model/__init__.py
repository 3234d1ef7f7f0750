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
from seawall.model.contents import Account, Contents, Leftover, Need, Program, Run, Secret, Special, Trace
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
from seawall.model.image import Distro, Image, Layer, Package
from seawall.model.location import Location, NotAssessed
from seawall.model.plan import Item, Plan, Step
from seawall.model.report import (
    ClusterCoverage,
    ControlResult,
    ControlStatus,
    Coverage,
    FrameworkResult,
    ImageCoverage,
    Report,
    Verdict,
)
from seawall.model.unknown import UNKNOWN, Maybe, Unknown, is_known, known

__all__ = [
    "UNKNOWN",
    "Access",
    "Account",
    "Addons",
    "Advisory",
    "ApiServer",
    "Change",
    "Cluster",
    "ClusterCoverage",
    "Contents",
    "ControlResult",
    "ControlStatus",
    "Cost",
    "Coverage",
    "Distro",
    "FeedStatus",
    "Finding",
    "Fix",
    "FixState",
    "FrameworkResult",
    "Identity",
    "Image",
    "ImageCoverage",
    "Item",
    "Layer",
    "Leftover",
    "Location",
    "Match",
    "Maybe",
    "Need",
    "Network",
    "NotAssessed",
    "Package",
    "PackageRef",
    "Plan",
    "Pool",
    "Program",
    "Protection",
    "Range",
    "Report",
    "Run",
    "Secret",
    "Severity",
    "Special",
    "Status",
    "Step",
    "Subject",
    "TerraformCost",
    "Tool",
    "Trace",
    "Unknown",
    "Upkeep",
    "Verdict",
    "is_known",
    "known",
]
