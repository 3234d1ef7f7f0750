"""Every error that Seawall raises on purpose.

    SeawallError
    ├── InputError          the bytes handed in cannot be used
    │   ├── Unreadable        cannot be opened: missing, vanished, no permission
    │   ├── Malformed         not what it claims to be, or cut short
    │   ├── Unsupported       well-formed, but of a kind or version that Seawall does not read
    │   └── LimitExceeded     breaks a bound of `seawall.safe.limits`
    ├── UnknownValue        a decision needed a value that the input does not give
    ├── FetchError          a server could not be reached, or answered with an error
    ├── DatabaseError       the advisory database is missing, damaged, locked or of another version
    └── UsageError          the command line or a setting makes no sense

Each says what happened, to what (`where`), and what to do about it (`hint`).
The doors print them in one form and exit with 2; none is shown with a stack trace.
"""

from __future__ import annotations


class SeawallError(Exception):
    """Base of all errors raised on purpose.

    `message` says what happened, `where` names the file, member or address, `hint` the way out.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(SeawallError):
    """The bytes handed in cannot be used."""


class Unreadable(InputError):
    """The input cannot be opened: it is missing, has vanished, or permission is denied."""


class Malformed(InputError):
    """The input is not what it claims to be, or is cut short."""


class Unsupported(InputError):
    """The input is well-formed, but of a kind or version that Seawall does not read."""


class LimitExceeded(InputError):
    """The input breaks a bound; `limit` names the field of `seawall.safe.limits.Limits`."""

    def __init__(self, limit: str, bound: int, *, where: str, found: int | None = None) -> None:
        size = f" ({found:,})" if found is not None else ""
        super().__init__(
            f"more than the {limit} limit of {bound:,} allows{size}",
            where=where,
            hint=f"if you trust this input, raise the bound: --limit {limit}={max(bound * 4, found or 0)}",
        )
        self.limit = limit
        self.bound = bound


class UnknownValue(SeawallError):
    """A decision needed a value that the input does not give; the verdict is `unknown`."""


class FetchError(SeawallError):
    """A server could not be reached, or answered with an error. `status` is the HTTP status, or 0."""

    def __init__(self, message: str, *, where: str = "", hint: str = "", status: int = 0) -> None:
        super().__init__(message, where=where, hint=hint)
        self.status = status


class DatabaseError(SeawallError):
    """The advisory database is missing, damaged, locked or of another version."""


class UsageError(SeawallError):
    """The command line or a setting makes no sense."""
