"""Unknown is a value: what the input does not say is neither true nor false nor absent.

`None` and `False` mean that the source says so; `UNKNOWN` means that it does not say.
"""

from __future__ import annotations

from typing import NoReturn, TypeAlias, TypeGuard, TypeVar

from seawall.errors import UnknownValue

T = TypeVar("T")


class Unknown:
    """A value that the input does not give, with the reason where one is known.

    It raises when used as a truth value, so `if cluster.access.rbac:` can never read it as off.
    """

    __slots__ = ("reason",)

    def __init__(self, reason: str = "the input does not say") -> None:
        self.reason = reason

    def __bool__(self) -> NoReturn:
        raise UnknownValue(self.reason)

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)


UNKNOWN = Unknown()

Maybe: TypeAlias = T | Unknown


def known(value: T | Unknown) -> T:
    """Narrow a `Maybe[T]` to `T`; raises UnknownValue, which a check's runner turns into the verdict `unknown`."""
    if isinstance(value, Unknown):
        raise UnknownValue(value.reason)
    return value


def is_known(value: T | Unknown) -> TypeGuard[T]:
    """True where the source gives a value, be it `None` or `False`."""
    return not isinstance(value, Unknown)
