"""Functions on dates. The present is unknown: only a deployment has one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from seawall.sources.clusters.template_functions.function import Function

_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII
)


def _moved(base: Any, duration: Any, form: Any = None) -> str:
    """A year counts 365 days and a month 30, as .NET reads ISO 8601 durations."""
    parts = _DURATION.fullmatch(duration)
    if parts is None or form is not None:
        raise ValueError(duration)
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    span = timedelta(days=years * 365 + months * 30 + weeks * 7 + days, hours=hours, minutes=minutes, seconds=seconds)
    return _written(_moment(base) - span if parts[1] else _moment(base) + span)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


FUNCTIONS: Mapping[str, Function] = {
    "dateTimeAdd": Function(_moved),
    "dateTimeFromEpoch": Function(lambda seconds: _written(datetime.fromtimestamp(seconds, UTC))),
    "dateTimeToEpoch": Function(lambda value: int(_moment(value).timestamp())),
}
