"""What the evaluation of all files of one reading shares: its budget, and names that stand for no plain value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe.limits import Limits

T = TypeVar("T")


class Budget:
    """The steps that one reading may take: four for an expression, for the time that it takes, one for a value."""

    def __init__(self, limits: Limits, where: str) -> None:
        self.limits = limits
        self.left = limits.template_steps
        self._where = where

    def spend(self, steps: int) -> None:
        """Raises LimitExceeded when there are not as many left."""
        self.left -= steps
        if self.left < 0:
            raise LimitExceeded("template_steps", self.limits.template_steps, where=self._where)

    def spend_on(self, value: Any) -> Any:
        """Pay for a value that many may share, as if each copied it; the value itself."""
        pending, steps = [value], 0
        while pending and steps <= self.left:
            node = pending.pop()
            steps += 1
            if isinstance(node, str):
                steps += len(node) // 64
            elif isinstance(node, dict):
                pending += node.values()
            elif isinstance(node, list):
                pending += node
        self.spend(steps)
        return value


class Once(Generic[T]):
    """An attribute that is worked out when it is first asked for; see `once`."""

    def __init__(self, work: Callable[[Any], T], meanwhile: Any) -> None:
        self._work = work
        self._meanwhile = meanwhile

    def __get__(self, instance: Any, owner: Any = None) -> T:
        held: dict[str, Any] = instance.__dict__
        name = self._work.__name__
        if name not in held:
            held[name] = self._meanwhile
            held[name] = self._work(instance)
        return held[name]  # type: ignore[no-any-return] # what `_work` gave


def once(meanwhile: Any) -> Callable[[Callable[[Any], T]], Once[T]]:
    """Like `cached_property`; whoever needs the attribute to work out itself is given `meanwhile`."""
    return lambda work: Once(work, meanwhile)


ITSELF = Unknown("it needs itself to be worked out")


class Symbol:
    """What a name stands for that is no value itself: a resource, a module, a list of them, an imported file."""

    def __init__(self, name: str) -> None:
        self.name = name

    def member(self, name: str) -> Any:
        """`symbol.name`: a value or another symbol."""
        raise NotImplementedError

    def item(self, index: Any) -> Any:
        """`symbol[index]`."""
        return self.plain()

    def nested(self, name: str) -> Any:
        """`symbol::name`."""
        return Unknown(f"'{self.name}' has no resource '{name}'")

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """`symbol.name(…)`."""
        return Unknown(f"only a deployment tells {self.name}.{name}()")

    def plain(self) -> Unknown:
        """The symbol where a value is wanted."""
        return Unknown(f"only a deployment tells all of '{self.name}'")
