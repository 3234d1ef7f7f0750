"""Programs whose only work is to run another one: what they run, and whether they stay."""

from __future__ import annotations

import re

import msgspec

from seawall.contents.shell_values import Field, Fields

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


class _Wrapper(msgspec.Struct, frozen=True):
    """`valued` are the options that take the next word, `before` the words before the command; `stays`: it waits."""

    valued: tuple[str, ...] = ()
    before: int = 0
    stays: bool = False


_WRAPPERS = {
    "su-exec": _Wrapper(before=1),
    "gosu": _Wrapper(before=1),
    "setpriv": _Wrapper(("--reuid", "--regid", "--groups", "--inh-caps", "--ambient-caps", "--bounding-set")),
    "setuidgid": _Wrapper(before=1),
    "s6-setuidgid": _Wrapper(before=1),
    "chpst": _Wrapper(("-u", "-U", "-b", "-e", "-d", "-l", "-L", "-m", "-n", "-o", "-p", "-f", "-c", "-t", "-/")),
    "tini": _Wrapper(("-e", "-p"), stays=True),
    "tini-static": _Wrapper(("-e", "-p"), stays=True),
    "docker-init": _Wrapper(("-e", "-p"), stays=True),
    "catatonit": _Wrapper(stays=True),
    "dumb-init": _Wrapper(("-r", "--rewrite"), stays=True),
    "env": _Wrapper(("-u", "--unset", "-C", "--chdir")),
    "nice": _Wrapper(("-n", "--adjustment")),
    "ionice": _Wrapper(("-c", "-n", "--class", "--classdata")),
    "chrt": _Wrapper(("-T", "-P", "-D"), before=1),
    "taskset": _Wrapper(before=1),
    "nohup": _Wrapper(),
    "setsid": _Wrapper(),
    "stdbuf": _Wrapper(("-i", "-o", "-e")),
    "numactl": _Wrapper(("-m", "-N", "-C", "-i", "-p")),
    "prlimit": _Wrapper(),
    "chroot": _Wrapper(before=1),
    "timeout": _Wrapper(("-s", "-k", "--signal", "--kill-after"), before=1, stays=True),
    "time": _Wrapper(("-f", "-o"), stays=True),
    "flock": _Wrapper(("-w", "-E"), before=1, stays=True),
    "sudo": _Wrapper(("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T"), stays=True),
    "doas": _Wrapper(("-u", "-C"), stays=True),
    "runuser": _Wrapper(("-u", "--user", "-g", "-G"), stays=True),
    "xargs": _Wrapper(("-n", "-P", "-I", "-d", "-L", "-s", "-a", "-E"), stays=True),
    "unbuffer": _Wrapper(stays=True),
    "opentelemetry-instrument": _Wrapper(),
    "ddtrace-run": _Wrapper(),
    "busybox": _Wrapper(),
    "toybox": _Wrapper(),
}


class Wrapped(msgspec.Struct, frozen=True):
    """The command inside; `settings` are variables that it gets; `stays`: the wrapper waits for it."""

    words: Fields
    settings: tuple[tuple[str, str], ...] = ()
    stays: bool = False


def unwrap(name: str, words: Fields) -> Wrapped | None:
    """What a wrapper of this name runs; None for a program that is no wrapper or was given no command."""
    if name in ("su", "runuser") and (command := _after(words, "-c", "--command")) is not None:
        return Wrapped(("/bin/sh", "-c", command), stays=True)
    if name == "start-stop-daemon":
        program = _after(words, "--exec", "-x", "--startas", "-a")
        rest = words[words.index("--") + 1 :] if "--" in words else ()
        return Wrapped((program, *rest), stays=False) if program else None
    wrapper = _WRAPPERS.get(name)
    return _inside(name, wrapper, words) if wrapper else None


def _inside(name: str, wrapper: _Wrapper, words: Fields) -> Wrapped | None:
    at, settings, left = 1, list[tuple[str, str]](), wrapper.before
    split: tuple[str, ...] = ()
    while at < len(words):
        word = words[at]
        if word == "--":
            at += 1
            if not left:
                break
        elif name == "env" and word is not None and word.startswith(("-S", "--split-string", "-vS")):
            rest = re.sub(r"^(-S|-vS|--split-string=?)", "", word)
            split = tuple(rest.split())
            at += 1
            break
        elif word is not None and len(word) > 1 and word.startswith("-"):
            at += 2 if word in wrapper.valued else 1
        elif name == "env" and word is not None and _ASSIGNMENT.fullmatch(word):
            settings.append((word.partition("=")[0], word.partition("=")[2]))
            at += 1
        elif left:
            left, at = left - 1, at + 1
            if at < len(words) and words[at] == "--":
                at += 1
                break
        else:
            break
    inner = (*split, *words[at:])
    if split and name == "env":
        again = _inside("env", wrapper, ("env", *inner))
        return again or Wrapped(inner)
    return Wrapped(inner, tuple(settings), wrapper.stays) if inner else None


def _after(words: Fields, *options: str) -> Field:
    """The word after one of the options."""
    for at, word in enumerate(words[:-1]):
        if word in options:
            return words[at + 1]
    return None
