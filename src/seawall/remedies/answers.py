"""The questions that a design asks, what the answers may be, and which of them exclude each other."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from seawall.checks.kubernetes_versions import SUPPORT, settled_version
from seawall.errors import UsageError
from seawall.remedies.profiles import SIZES


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of whoever wants a cluster. "" and () stand for: not wanted, or made anew."""

    name: str = "aks"
    environment: str = "prod"
    region: str = "westeurope"
    access: str = "private"
    authorized_ranges: tuple[str, ...] = ()
    bastion: bool = True
    egress: str = "nat"
    firewall_ip: str = ""
    windows: bool = False
    regulated: bool = False
    network: str = "10.224.0.0/16"
    pod_cidr: str = "10.244.0.0/16"
    service_cidr: str = "10.0.0.0/16"
    kubernetes_version: str = settled_version()
    admin_groups: tuple[str, ...] = ()
    acr_id: str = ""
    workspace_id: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question, as a person is asked it; `choices` is empty where the answer is open.

    `after` is the question, and its answer, without which this one is not asked; `asked` is false for what a person
    who is asked is seldom asked for, and can still say.
    """

    text: str
    choices: tuple[str, ...] = ()
    after: tuple[str, str] = ("", "")
    asked: bool = True


QUESTIONS: Mapping[str, Question] = {
    "name": Question(text="name of the cluster"),
    "environment": Question(text="environment: it decides the size, never the security", choices=tuple(SIZES)),
    "region": Question(text="Azure region"),
    "access": Question(text="API server: private, or public for authorised ranges only", choices=("private", "ranges")),
    "authorized_ranges": Question(
        text="ranges that may reach the API server, with commas between", after=("access", "ranges")
    ),
    "bastion": Question(text="make a bastion and a jump host", choices=("yes", "no"), after=("access", "private")),
    "egress": Question(
        text="way out: through a firewall, a NAT gateway, a load balancer, or none",
        choices=("firewall", "nat", "loadbalancer", "none"),
    ),
    "firewall_ip": Question(text="private address of the firewall", after=("egress", "firewall")),
    "windows": Question(text="Windows nodes", choices=("yes", "no")),
    "regulated": Question(text="regulated: FIPS, keys in an HSM, every request audited", choices=("yes", "no")),
    "network": Question(text="addresses of the virtual network"),
    "pod_cidr": Question(text="addresses of the pods (overlay)", asked=False),
    "service_cidr": Question(text="addresses of the services", asked=False),
    "kubernetes_version": Question(text="Kubernetes version, the newest but one that is known", asked=False),
    "admin_groups": Question(text="object ids of Entra groups that administer the cluster, with commas between"),
    "acr_id": Question(text="resource id of the container registry to pull from"),
    "workspace_id": Question(text="resource id of the Log Analytics workspace; none makes one"),
}

_DEFAULTS: Final = Answers()
_RESERVED = tuple(
    map(
        ipaddress.IPv4Network,
        ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"),
    )
)
_RANGES = ("network", "pod_cidr", "service_cidr")
_WIDEST = 8
_SHAPES: Mapping[str, tuple[str, str]] = {
    "name": (r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?", "lower-case letters, digits and hyphens, at most 42"),
    "region": (r"[a-z][a-z0-9]*", "a region such as westeurope"),
    "kubernetes_version": (r"1\.\d+(\.\d+)?", "a version such as 1.36"),
    "acr_id": (
        r"(/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.ContainerRegistry/registries/\w+)?",
        "a resource id: /subscriptions/…/registries/NAME",
    ),
    "workspace_id": (
        r"(/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.OperationalInsights/workspaces/[\w-]+)?",
        "a resource id: /subscriptions/…/workspaces/NAME",
    ),
}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def default(name: str) -> str:
    """The default answer, as a person would write it."""
    value = getattr(_DEFAULTS, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def answers(given: Mapping[str, Any]) -> Answers:
    """The answers, texts as people write them or values of YAML and JSON. Raises UsageError for what makes no sense."""
    unheard = next((name for name in given if name not in QUESTIONS), None)
    if unheard is not None:
        raise UsageError(f"there is no question {unheard!r}", hint=f"the questions are: {', '.join(QUESTIONS)}")
    made = Answers(**{name: _value(name, value) for name, value in given.items() if value is not None})
    for problem in (*_misshapen(made), *_excluded(made)):
        raise problem
    return made


def _value(name: str, value: Any) -> Any:
    plain = getattr(_DEFAULTS, name)
    if isinstance(plain, tuple):
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise UsageError(f"{name}: expected a list of texts, found {value!r:.60}")
        return tuple(item.strip() for item in items if item.strip())
    if isinstance(plain, bool):
        word = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip().lower()
        if word not in ("yes", "no", "true", "false"):
            raise UsageError(f"{name}: expected yes or no, found {value!r:.60}")
        return word in ("yes", "true")
    if not isinstance(value, str):
        raise UsageError(f"{name}: expected a text, found {value!r:.60}", hint="put it in quotes")
    choices = QUESTIONS[name].choices
    if choices and value not in choices:
        raise UsageError(f"{name}: {value!r:.60} is none of {', '.join(choices)}", hint=f"the default is {plain}")
    return value.strip()


def _misshapen(answers: Answers) -> Iterator[UsageError]:
    for name, (shape, expected) in _SHAPES.items():
        if not re.fullmatch(shape, getattr(answers, name), re.ASCII | (re.IGNORECASE if name.endswith("_id") else 0)):
            yield UsageError(f"{name}: {getattr(answers, name)!r:.80} is not {expected}")
    for group in answers.admin_groups:
        if not _UUID.fullmatch(group):
            yield UsageError(f"admin_groups: {group!r:.60} is not the object id of a group")
    for entry in answers.authorized_ranges:
        network = _network("authorized_ranges", entry)
        if network.prefixlen < _WIDEST:
            hint = "name the ranges of your offices and pipelines, or make the cluster private: access private"
            yield UsageError(f"authorized_ranges: {entry} admits a large part of the internet", hint=hint)
    if answers.firewall_ip:
        try:
            ipaddress.IPv4Address(answers.firewall_ip)
        except ValueError:
            yield UsageError(f"firewall_ip: {answers.firewall_ip!r:.60} is not an IPv4 address")
    yield from _addresses(answers)


def _network(name: str, text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError as error:
        raise UsageError(f"{name}: not an IPv4 range: {error}", hint="write it as 10.224.0.0/16") from None


def _addresses(answers: Answers) -> Iterator[UsageError]:
    ranges = {name: _network(name, getattr(answers, name)) for name in _RANGES}
    pods = 24 - (SIZES[answers.environment].nodes - 1).bit_length()
    # a node takes a /24 of the pods' addresses; AKS wants services below /12; the network holds nodes and three subnets
    bounds = {"network": (8, 23), "pod_cidr": (8, pods), "service_cidr": (12, 27)}
    for name, network in ranges.items():
        least, most = bounds[name]
        if not least <= network.prefixlen <= most:
            near = f"{network.network_address}/{min(max(network.prefixlen, least), most)}"
            hint = f"the nearest that does: {ipaddress.ip_network(near, strict=False)}"
            yield UsageError(f"{name}: {network} does not fit; a prefix from /{least} to /{most} does", hint=hint)
        if any(network.overlaps(reserved) for reserved in _RESERVED) or network.is_global:
            hint = f"use a private range such as {default(name)}"
            yield UsageError(f"{name}: {network} is public, or kept by Azure for itself", hint=hint)
    for one, other in (("network", "pod_cidr"), ("network", "service_cidr"), ("pod_cidr", "service_cidr")):
        if ranges[one].overlaps(ranges[other]):
            free = _free([network for name, network in ranges.items() if name != other], ranges[other].prefixlen)
            yield UsageError(
                f"{one} {ranges[one]} and {other} {ranges[other]} overlap", hint=f"free for {other}: {free}"
            )


def _free(taken: list[ipaddress.IPv4Network], prefix: int) -> str:
    """A private range of that size that touches none of those taken."""
    spaces = (ipaddress.IPv4Network("10.0.0.0/8"), ipaddress.IPv4Network("192.168.0.0/16"))
    candidates = (each for space in spaces for each in space.subnets(new_prefix=max(prefix, space.prefixlen)))
    free = (str(each) for each in candidates if not any(each.overlaps(other) for other in taken))
    return next(free, "no private range of that size: choose smaller ones")


def _excluded(answers: Answers) -> Iterator[UsageError]:
    """Answers that cannot go together, with the reason and the nearest choice that can."""
    if answers.access == "ranges" and not answers.authorized_ranges:
        hint = "name them with authorized_ranges, or choose access private"
        yield UsageError("access ranges without a range would leave the API server open to all or to none", hint=hint)
    if answers.access == "private" and answers.authorized_ranges:
        hint = "leave authorized_ranges out, or choose access ranges"
        yield UsageError("a private API server has no public address that authorised ranges could guard", hint=hint)
    if answers.egress == "firewall" and not answers.firewall_ip:
        hint = "name its address with firewall_ip, or choose egress nat"
        yield UsageError("egress firewall needs a firewall to route to, which must be there first", hint=hint)
    if answers.egress != "firewall" and answers.firewall_ip:
        hint = "choose egress firewall, or leave firewall_ip out"
        yield UsageError(f"firewall_ip says where to route, and egress {answers.egress} routes nowhere", hint=hint)
    supported = [f"{major}.{minor}" for major, minor in sorted(SUPPORT)[-3:]]
    if ".".join(answers.kubernetes_version.split(".")[:2]) not in supported:
        hint = f"take one of {', '.join(supported)}"
        yield UsageError(f"Kubernetes {answers.kubernetes_version} is old, or not known here", hint=hint)
    if answers.egress == "none" and answers.windows:
        hint = "choose egress firewall, which lets through only what you name, or leave Windows out"
        yield UsageError("AKS refuses Windows pools in clusters without egress", hint=hint)
