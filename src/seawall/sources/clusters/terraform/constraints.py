"""Type constraints of variables: what Terraform turns a value into, with the defaults of optional attributes.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable

from seawall.model import Unknown
from seawall.safe import hcl
from seawall.sources.clusters.terraform.values import Failure, Namespace, Value, items, mapping, number, text, truth

_SCALARS: dict[str, Callable[[Value], Value]] = {"string": text, "number": number, "bool": truth}


def converted(value: Value, constraint: hcl.Expression, evaluate: Callable[[hcl.Expression], Value]) -> Value:
    """`value` as the type. `evaluate` works out the defaults of optional attributes. Raises Failure."""
    if value is None or isinstance(value, Unknown | Namespace):
        return value
    if isinstance(constraint, hcl.Variable):
        convert = _SCALARS.get(constraint.name)
        return convert(value) if convert else value
    if not isinstance(constraint, hcl.Call) or not constraint.arguments:
        return value
    inner = constraint.arguments[0]
    match constraint.name:
        case "list" | "set":
            return [converted(item, inner, evaluate) for item in items(value)]
        case "map":
            return {key: converted(held, inner, evaluate) for key, held in mapping(value).items()}
        case "object":
            return _object(mapping(value), inner, evaluate)
        case "tuple" if isinstance(inner, hcl.List):
            pairs = zip(items(value), inner.items, strict=False)
            return [converted(item, each, evaluate) for item, each in pairs]
        case _:
            return value


def _object(value: dict[str, Value], shape: hcl.Expression, evaluate: Callable[[hcl.Expression], Value]) -> Value:
    if not isinstance(shape, hcl.Object):
        return value
    found: dict[str, Value] = {}
    for key, constraint in shape.pairs:
        name = str(key.value) if isinstance(key, hcl.Literal) else ""
        default: hcl.Expression | None = None
        optional = isinstance(constraint, hcl.Call) and constraint.name == "optional" and constraint.arguments
        if isinstance(constraint, hcl.Call) and optional:
            default = constraint.arguments[1] if len(constraint.arguments) > 1 else None
            constraint = constraint.arguments[0]
        if name not in value and not optional:
            raise Failure(f"the attribute {name!r} is missing")
        given = value.get(name)
        if given is None and default is not None:
            given = evaluate(default)
        found[name] = converted(given, constraint, evaluate)
    return found
