"""Live clusters: who is there, what they are set to, and what Azure keeps of them elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import msgspec

from seawall.errors import FetchError, SeawallError
from seawall.model import Cluster, NotAssessed
from seawall.safe.limits import Limits
from seawall.sources.clusters import az_json
from seawall.sources.clusters.azure.arm import Arm
from seawall.sources.clusters.azure.calls import ACR_PULLS, CLUSTER, CLUSTERS, FLEET, OF_A_CLUSTER, Call, Query
from seawall.sources.clusters.azure.scope import Scope, below, visible
from seawall.sources.clusters.values import pick, text

T = TypeVar("T")
R = TypeVar("R")
Say = Callable[[str], None]
Body = dict[str, Any]

AT_ONCE = 8
"""Calls under way at the same time: as many as `safe.http` keeps connections."""

_SUBSCRIPTIONS_PER_QUESTION = 1_000
_CLUSTER = re.compile(
    r"/subscriptions/[-0-9a-f]{36}/resourcegroups/[-\w.()]{1,90}"
    r"/providers/microsoft\.containerservice/managedclusters/[-\w]{1,63}",
    re.IGNORECASE,
)


class Reading(msgspec.Struct, kw_only=True):
    """What was found and what was not looked at. `failed` are sentences on what was asked for and cannot be read."""

    clusters: list[Cluster] = []
    not_assessed: list[NotAssessed] = []
    failed: list[str] = []

    def fail(self, what: str, where: str, error: SeawallError) -> None:
        self.failed.append(f"{where}: {_said(error)}")
        self.not_assessed.append(NotAssessed(what=what, where=where, why=_said(error)))


def read(scope: Scope, *, arm: Arm, limits: Limits, say: Say) -> Reading:
    """The clusters of `scope`, each with what Azure keeps of it in resources of its own.

    What cannot be read is reported beside what can. Raises SeawallError where nothing can: no login, no such scope.
    """
    scope.check()
    arm.log_in()
    reading = Reading()
    subscriptions = _subscriptions(scope, arm, reading, say)
    bodies = _clusters(scope, subscriptions, arm, reading, say)
    _attach(bodies, arm, reading, say)
    for body in bodies.values():
        _understand(body, reading, limits)
    if not reading.clusters and not reading.failed:
        reading.failed.append(f"no AKS cluster was found; searched {_few(scope.below, subscriptions)}")
    return reading


def _subscriptions(scope: Scope, arm: Arm, reading: Reading, say: Say) -> list[str]:
    say("asking Azure for the subscriptions")
    found = [subscription.lower() for subscription in scope.subscriptions]
    for group in scope.management_groups:
        try:
            inside = below(group, arm)
        except SeawallError as error:
            reading.fail("management group", f"managementGroups/{group}", error)
        else:
            found += inside
            if not inside:
                reading.failed.append(f"management group {group}: there is no subscription below it")
    if scope.everything:
        found += visible(arm)
        if not found:
            reading.failed.append("the login sees no subscription: assign it the role of deploy/azure-role.json on one")
    return sorted(set(found))


def _clusters(scope: Scope, subscriptions: Sequence[str], arm: Arm, reading: Reading, say: Say) -> dict[str, Body]:
    """The body of each cluster by its id in lower case: of the lists, and of those that only Resource Graph shows."""
    places = [place for subscription in subscriptions for place in scope.below(subscription)]
    bodies: dict[str, Body] = {}
    for place, answer in _each(partial(arm.items, CLUSTERS), places, say, "listing the clusters of {} subscriptions"):
        if isinstance(answer, SeawallError):
            reading.fail("subscription" if place.count("/") == 2 else "resource group", place, answer)
            continue
        for body in answer:
            if _CLUSTER.fullmatch(key := str(body.get("id", "")).lower()):
                bodies[key] = {**body, "resources": []}
            else:
                why = f"no cluster's id: {key!r:.200}"
                reading.not_assessed.append(NotAssessed(what="cluster", where=place, why=why))
    inside = tuple(f"{place}/".lower() for place in places)
    known = [str(row.get("id", "")).lower() for row in _graph(FLEET, subscriptions, arm, reading)]
    hidden = [key for key in known if key.startswith(inside) and key not in bodies and _CLUSTER.fullmatch(key)]
    for key, found in _each(partial(arm.item, CLUSTER), hidden, say, "reading {} clusters that no list shows"):
        if not isinstance(found, SeawallError):
            bodies[key] = {**found, "id": found.get("id") or key, "resources": []}
        elif getattr(found, "status", 0) != 404:  # deleted since: Resource Graph lags
            reading.not_assessed.append(NotAssessed(what="cluster", where=key, why=_said(found)))
    return bodies


def _attach(bodies: dict[str, Body], arm: Arm, reading: Reading, say: Say) -> None:
    """Put into each body, as an export does, the resources that hold settings of it."""
    asked = [(call, key) for key in bodies for call in OF_A_CLUSTER]
    unread: Counter[tuple[Call, str, str]] = Counter()
    for (call, key), answer in _each(_patient(arm), asked, say, "asking {} times for what belongs to clusters"):
        if isinstance(answer, SeawallError):
            unread[call, key.split("/")[2], _said(answer)] += 1
        else:
            bodies[key]["resources"] += answer or [{"type": call.noun}]  # nothing in it: there is none
    for (call, subscription, why), count in unread.items():
        what = f"{call.noun} of {count} cluster{'s' * (count > 1)}"
        reading.not_assessed.append(NotAssessed(what=what, where=f"/subscriptions/{subscription}", why=why))
    _attach_roles(bodies, arm, reading)


def _patient(arm: Arm) -> Callable[[tuple[Call, str]], list[Body]]:
    """The question after one kind of resource of one cluster, until a subscription has had enough of that kind.

    AKS answers 60 such questions at once and then one a second: https://learn.microsoft.com/azure/aks/quotas-skus-regions
    """
    given_up: dict[tuple[Call, str], FetchError] = {}

    def ask(asked: tuple[Call, str]) -> list[Body]:
        call, key = asked
        subscription = key.split("/")[2]
        if error := given_up.get((call, subscription)):
            raise error
        try:
            return arm.items(call, key)
        except FetchError as error:
            if error.status == 429:
                given_up[call, subscription] = error
            raise

    return ask


def _attach_roles(bodies: dict[str, Body], arm: Arm, reading: Reading) -> None:
    subscriptions = sorted({key.split("/")[2] for key in bodies})
    roles: dict[str, list[Body]] = {}
    for role in _graph(ACR_PULLS, subscriptions, arm, reading):
        roles.setdefault(text(pick(role, "properties"), "principalId").lower(), []).append(role)
    for body in bodies.values():
        kubelet = pick(pick(pick(body, "properties"), "identityProfile"), "kubeletidentity")
        body["resources"] += roles.get(text(kubelet, "objectId").lower() or "-", ())


def _graph(query: Query, subscriptions: Sequence[str], arm: Arm, reading: Reading) -> list[Body]:
    rows: list[Body] = []
    for start in range(0, len(subscriptions), _SUBSCRIPTIONS_PER_QUESTION):
        some = list(subscriptions[start : start + _SUBSCRIPTIONS_PER_QUESTION])
        try:
            rows += arm.graph(query, some)
        except SeawallError as error:
            reading.not_assessed.append(NotAssessed(what=query.noun, where=error.where, why=_said(error)))
    return rows


def _understand(body: Body, reading: Reading, limits: Limits) -> None:
    """Read one body as an export of one cluster. No lines: there is no file."""
    where = f"azure:{body['id']}"
    try:
        found = az_json.read(msgspec.json.encode(body), file=where, limits=limits)
    except SeawallError as error:
        reading.not_assessed.append(NotAssessed(what="cluster", where=where, why=_said(error)))
        return
    reading.clusters += (msgspec.structs.replace(cluster, lines={}) for cluster in found.clusters)
    reading.not_assessed += (msgspec.structs.replace(note, where=where) for note in found.not_assessed)


def _each(ask: Callable[[T], R], things: Sequence[T], say: Say, doing: str) -> Iterator[tuple[T, R | SeawallError]]:
    """The answer or the error for each of `things`, in their order, several asked at once."""

    def one(thing: T) -> R | SeawallError:
        try:
            return ask(thing)
        except SeawallError as error:
            return error

    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        for done, (thing, answer) in enumerate(zip(things, threads.map(one, things), strict=True), 1):
            say(f"{doing.format(len(things))}: {done}")
            yield thing, answer
    finally:
        threads.shutdown(cancel_futures=True)


def _few(places_of: Callable[[str], Iterator[str]], subscriptions: Sequence[str]) -> str:
    """The places, ten at most by name."""
    places = [place for subscription in subscriptions for place in places_of(subscription)]
    more = f" and {len(places) - 10} more" if len(places) > 10 else ""
    return ", ".join(places[:10]) + more


def _said(error: SeawallError) -> str:
    return error.message + (f" ({error.hint})" if error.hint else "")
