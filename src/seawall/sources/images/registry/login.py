"""What a registry is told to let somebody in, and where that comes from. No secret is ever shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from seawall.errors import UsageError

Run = Callable[[Sequence[str], str], tuple[int, str]]
"""Runs a command with a text on its stdin; gives its exit code and what it printed. Raises UsageError."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A user with a password, or an identity token, which is exchanged for a token at every door."""

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        return "Login(…)"


class Logins(Protocol):
    """A place that knows logins; None where it knows none for this registry. Raises SeawallError."""

    def login(self, host: str, url: str) -> Login | None: ...


class Chain:
    """The first login that one of several places knows."""

    def __init__(self, *places: Logins) -> None:
        self._places = places

    def login(self, host: str, url: str) -> Login | None:
        return next((found for place in self._places if (found := place.login(host, url))), None)


def run(command: Sequence[str], stdin: str, *, seconds: float = 30.0) -> tuple[int, str]:
    """Run a command that the user's own settings name. 127 where there is none. Raises UsageError when it hangs."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - named by the user's docker configuration, or `az`; no shell
            command,
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        hint = "run it by hand: it may be waiting for an answer"
        raise UsageError(f"gives no answer in {seconds:.0f} seconds", where=command[0], hint=hint) from None
    except OSError:
        return 127, ""
    return done.returncode, done.stdout.decode(errors="replace")
