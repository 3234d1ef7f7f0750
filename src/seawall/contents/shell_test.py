"""`[ … ]` and `[[ … ]]`: whether a condition holds, where that is known before the script runs."""

from __future__ import annotations

import operator

from seawall.contents.shell_values import Field, State, matches
from seawall.contents.trace_files import Files, follow, join

_NUMBERS = {"-eq": operator.eq, "-ne": operator.ne, "-gt": operator.gt, "-ge": operator.ge, "-lt": operator.lt,
            "-le": operator.le}  # fmt: skip
_THERE = {"-e", "-a", "-f", "-d", "-r", "-x", "-s", "-L", "-h"}


def decide(fields: list[Field], patterns: list[Field], state: State, files: Files) -> bool | None:
    """The words of a test, its brackets included; `patterns` has the same for `[[`, quoted for matching."""
    double = fields[0] == "[["
    words, right = (fields[1:-1], patterns[1:-1]) if fields[0] != "test" else (fields[1:], patterns[1:])
    return _any(words, right, double, state, files)


def _any(words: list[Field], right: list[Field], double: bool, state: State, files: Files) -> bool | None:
    """Tests with `||` or `-o` between those with `&&` or `-a` between them."""
    for signs, stop in ((("||", "-o"), True), (("&&", "-a"), False)):
        for at in range(1, len(words) - 1):
            if words[at] in signs and (len(words) > 3 or double):
                parts = [_any(w, r, double, state, files) for w, r in (
                    (words[:at], right[:at]), (words[at + 1 :], right[at + 1 :]))]  # fmt: skip
                return stop if stop in parts else None if None in parts else not stop
    if words and words[0] == "!" and len(words) > 1:
        inside = _any(words[1:], right[1:], double, state, files)
        return None if inside is None else not inside
    return _one(words, right, double, state, files)


def _one(words: list[Field], right: list[Field], double: bool, state: State, files: Files) -> bool | None:
    if not words:
        return False
    if len(words) == 1:
        return None if words[0] is None else words[0] != ""
    if len(words) == 2:
        return _unary(words[0], words[1], state, files)
    if len(words) != 3 or words[0] is None or words[2] is None:
        return None
    left, sign, other = words[0], words[1], words[2]
    if sign in ("=", "==", "!="):
        pattern = right[2]
        if double and pattern is None:
            return None
        same = matches(left, pattern) if double and pattern is not None else left == other
        return same == (sign != "!=")
    if sign in _NUMBERS and left.lstrip("-").isdecimal() and other.lstrip("-").isdecimal():
        return bool(_NUMBERS[sign](int(left[:18]), int(other[:18])))
    return None


def _unary(sign: Field, word: Field, state: State, files: Files) -> bool | None:
    if word is None:
        return None
    if sign in ("-z", "-n"):
        return (word == "") == (sign == "-z")
    if sign not in _THERE:
        return None
    path = join(state.folder, word)
    if sign in ("-L", "-h"):
        return files.kind(path) == "link"
    real = follow(files, path).real
    if real is None:
        return False
    wanted = {"-f": "file", "-d": "dir"}.get(sign)
    return files.kind(real) == wanted if wanted else None if sign in ("-s", "-r", "-x") and real else True
