"""Values of the Terraform language: plain Python, in which any part may be unknown, and what bounds their making.

None, bool, int, float, str, list (also for sets) and dict; `Namespace` for what is worked out attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe.limits import Limits

Value: TypeAlias = Any


class Failure(Exception):
    """What Terraform would refuse: `try` and `can` catch it, elsewhere it makes a value unknown."""


class Pending(Unknown):
    """An attribute of a resource that is known only once the resource is made: `path` below the one at `address`."""

    __slots__ = ("address", "path")

    def __init__(self, address: str, path: str = "") -> None:
        super().__init__(f"{address}{path} is known only after it is made")
        self.address = address
        self.path = path


class Later(Unknown):
    """A value of a plan that is known only after it is carried out."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("known only after the plan is carried out")


class Encoded(Unknown):
    """JSON text of which parts are unknown, as the value that it was made from."""

    __slots__ = ("value",)

    def __init__(self, value: Value, reason: str) -> None:
        super().__init__(reason)
        self.value = value


class Namespace:
    """Something with attributes that are worked out when they are asked for: `var`, `local`, a module, a resource."""

    __slots__ = ("get",)

    def __init__(self, get: Callable[[str], Value]) -> None:
        self.get = get

    def __repr__(self) -> str:
        return "a resource or module"


class Budget:
    """How much one folder may ask of us. Raises LimitExceeded when it is spent."""

    def __init__(self, limits: Limits, where: str) -> None:
        self._limits = limits
        self._where = where
        self._steps = limits.terraform_steps
        self._depth = 0

    def step(self, count: int = 1) -> None:
        """One more thing worked out."""
        self._steps -= count
        if self._steps < 0:
            raise LimitExceeded("terraform_steps", self._limits.terraform_steps, where=self._where)

    def enter(self) -> None:
        """One level deeper into what refers to each other."""
        self.step()
        self._depth += 1
        if self._depth > _DEEPEST:
            self._depth -= 1
            raise Failure("it is nested too deeply, or refers to itself")

    def leave(self) -> None:
        """Back out of a level."""
        self._depth -= 1

    def hold(self, value: Value) -> Value:
        """The value, if it is not too large to be held; raises Failure otherwise."""
        if isinstance(value, str | list | dict):
            if len(value) > self._limits.terraform_items:
                raise Failure(f"larger than the terraform_items limit of {self._limits.terraform_items:,}")
            self.step(len(value) // 16)
        return value

    def weigh(self, value: Value) -> Value:
        """The value, after counting all that is in it, which can be far more than what is held."""
        for _ in nodes(value):
            self.step()
        return value


_DEEPEST = 200
"""Levels of evaluation: each takes two to seven of Python's thousand calls. Real modules stay below 80."""


def nodes(value: Value) -> Iterator[Value]:
    """The value and all values in it."""
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            pending.extend(node.values())


def unknown_in(value: Value) -> Unknown | None:
    """The first unknown in the value, be it the value itself; None where all is known."""
    for node in nodes(value):
        if isinstance(node, Unknown):
            return node
        if isinstance(node, Namespace):
            return Unknown("not all attributes of a resource or module are known")
    return None


def text(value: Value) -> str:
    """The value as Terraform writes it into a text. Raises Failure for what is no text, number or truth value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.15g}"
    raise Failure(f"a text is needed, not {kind(value)}")


def number(value: Value) -> int | float:
    """The value as a number. Raises Failure."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 300:
        try:
            found = float(value)
        except ValueError:
            raise Failure(f"a number is needed, not {value[:40]!r}") from None
        if found == found and abs(found) != float("inf"):
            return int(found) if found.is_integer() else found
    raise Failure(f"a number is needed, not {kind(value)}")


def truth(value: Value) -> bool:
    """The value as a truth value. Raises Failure."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise Failure(f"true or false is needed, not {kind(value)}")


def items(value: Value) -> list[Value]:
    """The elements of a list, set or object. Raises Failure."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise Failure(f"a list is needed, not {kind(value)}")


def mapping(value: Value) -> dict[str, Value]:
    """The value as an object. Raises Failure."""
    if isinstance(value, dict):
        return value
    raise Failure(f"an object is needed, not {kind(value)}")


def same(one: Value, other: Value) -> bool:
    """Equality as Terraform has it: true is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def kind(value: Value) -> str:
    """What the value is, in words."""
    names = {dict: "an object", list: "a list", bool: "true or false", str: "a text", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "a resource or module")
