"""`seawall.yaml`: what an estate says about itself, read once at the door. Every section is a row of SECTIONS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from seawall.checks.grouping import ENVIRONMENTS, Environment, Grouping, Rule
from seawall.errors import UsageError
from seawall.safe import files, yaml
from seawall.safe.limits import Limits

NAME = "seawall.yaml"
KINDS = ("tag", "pattern", "clusters")
MOST_STARS = 3
"""`*` in one pattern: each multiplies the ways in which a hostile name can be tried."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says; a section that is not in it has its defaults."""

    fleet: Grouping = Grouping()


def read(path: Path, limits: Limits) -> Configuration:
    """The file's sections. Raises UsageError with the line and the keys that there are, or InputError."""
    documents = yaml.load_all(files.read(path, limits=limits), where=str(path), limits=limits)
    if len(documents) > 1:
        raise UsageError("expected one document", where=str(path), hint="remove the line `---` between the two")
    if not documents or documents[0].value is None:
        return Configuration()
    place = _Place(documents[0], str(path))
    for pointer, line in documents[0].duplicates:
        raise UsageError(f"{pointer[-1]!r} is written twice", where=f"{path}:{line}", hint="keep one of them")
    sections = place.mapping("the file", SECTIONS)
    return Configuration(**{name: SECTIONS[name](place.at(name)) for name, value in sections.items() if value})


class _Place:
    """A value in the file, and where it is."""

    def __init__(self, document: yaml.Document, file: str, pointer: yaml.Pointer = ()) -> None:
        self._document = document
        self._file = file
        self._pointer = pointer
        self.value: Any = document.value
        for step in pointer:
            self.value = self.value[step]

    def at(self, step: str | int) -> _Place:
        return _Place(self._document, self._file, (*self._pointer, step))

    def __str__(self) -> str:
        return f"{self._file}:{self._document.lines.get(self._pointer, 1)}"

    def fault(self, message: str, hint: str) -> UsageError:
        return UsageError(message, where=str(self), hint=hint)

    def mapping(self, what: str, keys: Sequence[str] | Mapping[str, object] = ()) -> dict[str, Any]:
        """The value, a mapping; of these keys, where some are given."""
        valid = f"the keys of {what} are: {', '.join(keys)}" if keys else "write NAME: VALUE, a line each"
        if not isinstance(self.value, dict):
            raise self.fault(f"{what} is not a mapping", valid)
        for key in self.value:
            if keys and key not in keys:
                raise self.at(key).fault(f"there is no key {key!r} in {what}", valid)
        return self.value

    def items(self, what: str) -> list[_Place]:
        if not isinstance(self.value, list):
            raise self.fault(f"{what} is not a list", "begin each entry with `- `")
        return [self.at(index) for index in range(len(self.value))]

    def text(self, what: str) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.fault(f"{what} is not a text", 'write a word, in quotes ("no") where YAML reads another thing')
        return self.value


def _fleet(place: _Place) -> Grouping:
    told = place.mapping("fleet", ("environments", "groups", "automatic"))
    environments = _environments(place.at("environments")) if "environments" in told else ENVIRONMENTS
    if not isinstance(automatic := told.get("automatic", True), bool):
        raise place.at("automatic").fault("automatic is neither true nor false", "write true or false")
    rules = tuple(_rule(each, environments) for each in place.at("groups").items("groups")) if "groups" in told else ()
    return Grouping(environments=environments, rules=rules, automatic=automatic)


def _environments(place: _Place) -> tuple[Environment, ...]:
    made: list[Environment] = []
    for each in place.items("environments"):
        if isinstance(each.value, dict):
            if len(each.value) != 1:
                raise each.fault("more than one environment in one entry", "begin each with `- `")
            (name,) = each.value
            words = tuple(word.text("a word of an environment") for word in each.at(name).items("its words"))
        else:
            name, words = each.text("an environment"), ()
        if any(name == other.name for other in made):
            raise each.fault(f"the environment {name!r} is there twice", "keep one of them")
        made.append(Environment(name, words))
    if not made:
        raise place.fault("there is no environment", "name them, the least precious first: [dev, staging, prod]")
    return tuple(made)


def _rule(place: _Place, environments: tuple[Environment, ...]) -> Rule:
    told = place.mapping("a group", ("name", *KINDS))
    kinds = [kind for kind in KINDS if kind in told]
    if len(kinds) != 1:
        raise place.fault(f"a group needs exactly one of {', '.join(KINDS)}", "see docs/fleet.md for one of each")
    name = place.at("name").text("the name of a group") if "name" in told else ""
    (kind,) = kinds
    value = place.at(kind)
    what = _clusters(value, environments) if kind == "clusters" else value.text(kind)
    if kind == "pattern":
        _check_pattern(value)
    if not name and kind != "tag" and not (kind == "pattern" and "{group}" in value.value):
        raise place.fault("the group has no name", "add `name:`, or {group} to the pattern")
    return msgspec.structs.replace(Rule(name=name, place=str(place)), **{kind: what})


def _check_pattern(place: _Place) -> None:
    pattern: str = place.value
    rest = pattern.replace("{env}", "", 1).replace("{group}", "", 1)
    if "{" in rest or "}" in rest:
        raise place.fault(f"the pattern {pattern!r} is not one", "it may hold *, ?, and {env} and {group} once each")
    if pattern.count("*") > MOST_STARS:
        raise place.fault(f"more than {MOST_STARS} * in one pattern", "write two groups of the same name")


def _clusters(place: _Place, environments: tuple[Environment, ...]) -> Mapping[str, str]:
    """Name -> environment, from a list of names or a mapping."""
    if isinstance(place.value, list):
        return {each.text("the name of a cluster"): "" for each in place.items("clusters")}
    names = [each.name for each in environments]
    for name, environment in place.mapping("clusters").items():
        if environment not in names:
            message = f"there is no environment {environment!r}"
            raise place.at(name).fault(message, f"the environments are: {', '.join(names)}")
    clusters: dict[str, str] = place.value
    return clusters


SECTIONS: Mapping[str, Callable[[_Place], Any]] = {"fleet": _fleet}
"""Each key of the file, named as in Configuration, with what reads it."""
