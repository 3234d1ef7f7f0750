"""What is wrong, how bad it is, and what mending it costs."""

from __future__ import annotations

import enum
import hashlib

import msgspec

from seawall.model.location import Location


class Severity(enum.IntEnum):
    """How bad. UNKNOWN means that no source scored it, which is not the same as harmless."""

    UNKNOWN = 0
    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    def __str__(self) -> str:
        return self.name.lower()


class Status(enum.StrEnum):
    """FAIL: the problem is there. UNKNOWN: it could not be decided. A pass is not a finding."""

    FAIL = "fail"
    UNKNOWN = "unknown"


class Cost(enum.IntEnum):
    """What a change costs, cheapest first. UNKNOWN: no source tells."""

    IN_PLACE = 0
    RESTART = 1
    REIMAGE = 2
    NEW_POOL = 3
    NEW_CLUSTER = 4
    UNKNOWN = 5

    def __str__(self) -> str:
        return self.name.lower()


class Tool(enum.StrEnum):
    """The tool that makes a change: the same change can be free with one and destroy the cluster with another."""

    AZ = "az"
    TERRAFORM = "terraform"


class TerraformCost(msgspec.Struct, frozen=True, kw_only=True):
    """What a change costs with the azurerm provider, from version `since` on ("4.59"), "" for the oldest known."""

    since: str = ""
    cost: Cost
    note: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The change that mends a finding. `one_way`: it cannot be undone. `command` is for a shell; "" where none exists.

    `note` holds what to know before (preconditions, traps); `source` cites where the cost was read. `terraform` is
    what the same change costs with azurerm, by version, the oldest first.
    """

    cost: Cost
    one_way: bool = False
    command: str = ""
    note: str = ""
    source: str = ""
    terraform: tuple[TerraformCost, ...] = ()


class Subject(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a finding is about. `kind`: cluster, pool, fleet, image, package…; a pool's name is `CLUSTER/POOL`."""

    kind: str
    name: str


class FixState(enum.StrEnum):
    """Whether a fixed version exists. SUBSCRIPTION: only for those who pay, such as Ubuntu Pro's."""

    FIXED = "fixed"
    NOT_FIXED = "not_fixed"
    WILL_NOT_FIX = "will_not_fix"
    SUBSCRIPTION = "subscription"
    UNKNOWN = "unknown"


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """The fix of a vulnerable package; `version` is the smallest one that mends it, "" where there is none."""

    state: FixState
    version: str = ""


class PackageRef(msgspec.Struct, frozen=True, kw_only=True):
    """The package that a finding is about: its purl, its evidence file, the diffID of the layer that brought it.

    `upgrade` is the smallest version that mends every flaw of the package that has a fix, "" where none has.
    `from_base` tells whether the base image brought it, None where that is not known.
    """

    purl: str
    name: str
    version: str
    path: str = ""
    layer: str = ""
    upgrade: str = ""
    from_base: bool | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of one subject.

    `rule` is the id of a check or of a vulnerability; `field` the setting's path, or the package's purl without
    version. `aliases` holds every other id of the same vulnerability. `epss` is a probability, 0 to 1.
    `scored_by` says whose the severity of a vulnerability is, and by which scale: `PyPI, CVSS 3.1`.
    `waived` is the reason for which someone accepts it, "" where nobody does.
    """

    rule: str
    title: str
    severity: Severity
    status: Status = Status.FAIL
    subject: Subject
    field: str = ""
    message: str
    location: Location | None = None
    change: Change | None = None
    aliases: tuple[str, ...] = ()
    package: PackageRef | None = None
    fix: Fix | None = None
    kev: bool = False
    epss: float | None = None
    scored_by: str = ""
    waived: str = ""
    refs: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The identity that waivers, baselines and history hold on to: rule, subject and field, never the message."""
        parts = (self.rule, self.subject.kind, self.subject.name, self.field)
        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:16]

    @property
    def fixable(self) -> bool:
        """True for a failed check, which always names its change, and for a package with a fixed version."""
        return self.fix is None or self.fix.state is FixState.FIXED
