"""The functions of ARM templates and Bicep, on plain values, any of which may be `Unknown`.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions and its pages by family.
What only a deployment can tell (`reference`, `listKeys`, `utcNow`…) is unknown, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from seawall.errors import UnknownValue
from seawall.model import Unknown
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.template_functions import addresses, dates, lists, logic, numbers, resources, texts
from seawall.sources.clusters.template_functions.function import Care, Function, unknown_in, weigh
from seawall.sources.clusters.unknown_text import UnknownText, shown

_FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, OSError)
"""What wrong arguments raise in Python; a deployment would fail on them, so that there is no value to know."""


def call(
    name: str, args: Sequence[Any], *, limits: Limits = DEFAULT, spend: Callable[[int], None] | None = None
) -> Any:
    """The value of `name(args…)`; the case of the name does not matter. A lambda among `args` is a Python callable.

    An argument that matters and is unknown makes the value unknown, with that reason; so do wrong arguments and a
    function that is not known here. `spend` is told how much was looked at, and may raise. Raises LimitExceeded for
    values that grow past `template_items` or `template_text`.
    """
    function = _functions().get(name.lower())
    if function is None:
        return _only_azure(name, args)
    weight = weigh(args, limits)
    if spend:
        spend(weight)
    unknown = None if function.care is Care.NONE else unknown_in(args, deep=function.care is Care.DEEP)
    if unknown is not None:
        return UnknownText(unknown.reason, f"{{{name}({', '.join(map(shown, args))})}}")
    try:
        value = function.run(*args, limits) if function.limited else function.run(*args)
    except UnknownValue as error:
        return Unknown(error.message)
    except _FAULTS:
        return Unknown(f"{name}() cannot be worked out from these arguments")
    if isinstance(value, str | list | dict) and len(value) > limits.template_items:
        weigh([value], limits)
    return value


@cache
def _functions() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for family in (logic, texts, lists, numbers, dates, addresses, resources):
        found |= {name.lower(): function for name, function in family.FUNCTIONS.items()}
    return found


def _only_azure(name: str, args: Sequence[Any]) -> Unknown:
    """What Azure works out while it deploys, shown with its first argument: mostly the id of a resource."""
    bare = name.lower()
    if bare.startswith("list") or bare in resources.ONLY_AZURE:
        return UnknownText(f"only a deployment tells {name}()", f"{{{shown(args[0]) if args else name}}}")
    return Unknown(f"Seawall does not know the function {name}()")
