"""Lock files of languages: what an application asked for, which need not be what is installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from seawall.catalogers.cataloger import Example, Locked, cataloger, text
from seawall.catalogers.purl import comparable
from seawall.errors import Malformed
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

Names = Iterator[tuple[str, str]]

INSIDE = re.compile(r"(?:^|/)(?:node_modules|site-packages|dist-packages|vendor|gems|registry|pkg/mod)/")
"""Folders of installed packages: a lock file in them was their developers'."""

PACKAGE_LOCK = Example(
    path="app/package-lock.json",
    content=b"""{"lockfileVersion": 3, "packages": {"": {"name": "shop"},
 "node_modules/@babel/core": {"version": "7.23.0"}, "node_modules/mocha": {"version": "10.2.0", "dev": true}}}""",
    finds=(Locked(type="npm", path="app/package-lock.json", packages=(("@babel/core", "7.23.0"),)),),
)
YARN_LOCK = Example(
    path="app/yarn.lock",
    content=b'# yarn lockfile v1\n\n"@babel/core@^7.1.0", "@babel/core@^7.2.0":\n  version "7.23.0"\n  resolved "x"\n',
    finds=(Locked(type="npm", path="app/yarn.lock", packages=(("@babel/core", "7.23.0"),)),),
)
PNPM_LOCK = Example(
    path="app/pnpm-lock.yaml",
    content=b"lockfileVersion: '9.0'\npackages:\n\n  '@babel/core@7.23.0(supports-color@8)':\n    engines: {}\n",
    finds=(Locked(type="npm", path="app/pnpm-lock.yaml", packages=(("@babel/core", "7.23.0"),)),),
)
POETRY_LOCK = Example(
    path="app/poetry.lock",
    content=b'[[package]]\nname = "Django"\nversion = "4.2.1"\ndescription = "x"\n\n[metadata]\n',
    finds=(Locked(type="pypi", path="app/poetry.lock", packages=(("django", "4.2.1"),)),),
)
PIPFILE_LOCK = Example(
    path="app/Pipfile.lock",
    content=b'{"default": {"django": {"version": "==4.2.1"}}, "develop": {"pytest": {"version": "==7.0"}}}',
    finds=(Locked(type="pypi", path="app/Pipfile.lock", packages=(("django", "4.2.1"),)),),
)
GEMFILE_LOCK = Example(
    path="app/Gemfile.lock",
    content=b"GEM\n  specs:\n    rails (7.0.4)\n      activesupport (= 7.0.4)\n    nokogiri (1.13.3-x86_64-linux)\n",
    finds=(Locked(type="gem", path="app/Gemfile.lock", packages=(("nokogiri", "1.13.3"), ("rails", "7.0.4"))),),
)
COMPOSER_LOCK = Example(
    path="app/composer.lock",
    content=b'{"packages": [{"name": "symfony/http-kernel", "version": "v5.4.19"}], "packages-dev": [{"name": "a/b"}]}',
    finds=(Locked(type="composer", path="app/composer.lock", packages=(("symfony/http-kernel", "v5.4.19"),)),),
)
CARGO_LOCK = Example(
    path="app/Cargo.lock",
    content=b'version = 3\n\n[[package]]\nname = "time"\nversion = "0.1.43"\nsource = "registry+x"\n\n'
    b'[[package]]\nname = "own"\nversion = "0.1.0"\n',
    finds=(Locked(type="cargo", path="app/Cargo.lock", packages=(("time", "0.1.43"),)),),
)
NUGET_LOCK = Example(
    path="app/packages.lock.json",
    content=b'{"version": 1, "dependencies": {"net8.0": {"Newtonsoft.Json": {"type": "Direct", "resolved": "12.0.3"},'
    b' "own": {"type": "Project"}}}}',
    finds=(Locked(type="nuget", path="app/packages.lock.json", packages=(("newtonsoft.json", "12.0.3"),)),),
)
MIX_LOCK = Example(
    path="app/mix.lock",
    content=b'%{\n  "phoenix": {:hex, :phoenix, "1.7.2", "c375ffb482beb4", [:mix], []},\n}\n',
    finds=(Locked(type="hex", path="app/mix.lock", packages=(("phoenix", "1.7.2"),)),),
)


@cataloger(
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/yarn.lock",
    "**/pnpm-lock.yaml",
    "**/poetry.lock",
    "**/uv.lock",
    "**/pdm.lock",
    "**/Pipfile.lock",
    "**/Gemfile.lock",
    "**/composer.lock",
    "**/Cargo.lock",
    "**/packages.lock.json",
    "**/mix.lock",
    examples=[
        PACKAGE_LOCK,
        YARN_LOCK,
        PNPM_LOCK,
        POETRY_LOCK,
        PIPFILE_LOCK,
        GEMFILE_LOCK,
        COMPOSER_LOCK,
        CARGO_LOCK,
        NUGET_LOCK,
        MIX_LOCK,
    ],
    bounded=True,
)
def lock_files(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Locked]:
    """What one lock file names, packages for development left out where it tells them apart.

    It is no evidence that a package is in the image. Where one is named and nothing installed answers to it, it may be
    bundled into the application, which `assemble` reports. Lock files inside installed packages are not read.
    """
    if INSIDE.search(path):
        return
    kind, read = FORMATS[path.rpartition("/")[2]]
    said = text(path, content, limits)
    found = {(comparable(kind, name), version) for name, version in read(said, path, limits) if name and version}
    if found:
        yield Locked(type=kind, path=path, packages=tuple(sorted(found)))


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("this lock file is not built as its format is", where=path)
    return value


def _npm(said: str, path: str, limits: Limits) -> Names:
    lock = _object(json.load(said.encode(), where=path, limits=limits), path)
    packages = _object(lock.get("packages", {}), path)
    for place, entry in packages.items():
        about = _object(entry, path)
        if "node_modules/" in place and not (about.get("dev") or about.get("link") or about.get("optional")):
            yield str(about.get("name") or place.rpartition("node_modules/")[2]), str(about.get("version", ""))
    for name, entry in () if packages else _object(lock.get("dependencies", {}), path).items():
        about = _object(entry, path)
        if not (about.get("dev") or about.get("optional")):
            yield name, str(about.get("version", ""))


def _pattern(expression: str) -> Callable[[str, str, Limits], Names]:
    """A format of lines, in which each match is a name and a version."""
    compiled = re.compile(expression, re.MULTILINE)

    def names(said: str, _path: str, _limits: Limits) -> Names:
        yield from compiled.findall(said)

    return names


def _pipenv(said: str, path: str, limits: Limits) -> Names:
    lock = _object(json.load(said.encode(), where=path, limits=limits), path)
    for name, entry in _object(lock.get("default", {}), path).items():
        yield name, str(_object(entry, path).get("version", "")).removeprefix("==")


def _composer(said: str, path: str, limits: Limits) -> Names:
    packages = _object(json.load(said.encode(), where=path, limits=limits), path).get("packages", [])
    for entry in packages if isinstance(packages, list) else [packages]:
        about = _object(entry, path)
        yield str(about.get("name", "")), str(about.get("version", ""))


def _nuget(said: str, path: str, limits: Limits) -> Names:
    lock = _object(json.load(said.encode(), where=path, limits=limits), path)
    for target in _object(lock.get("dependencies", {}), path).values():
        for name, entry in _object(target, path).items():
            yield name, str(_object(entry, path).get("resolved", ""))


_TOML = r'^\[\[package\]\]\r?\nname = "([^"\n]+)"\r?\nversion = "([^"\n]+)"'

FORMATS: dict[str, tuple[str, Callable[[str, str, Limits], Names]]] = {
    "package-lock.json": ("npm", _npm),
    "npm-shrinkwrap.json": ("npm", _npm),
    # "name@range, name@range:", then the version that they resolve to
    "yarn.lock": ("npm", _pattern(r'^"?((?:@[^/@\s"]+/)?[^/@\s"]+)@[^\n]*:\r?\n {2}version:? "?([^"\s]+)"?')),
    "pnpm-lock.yaml": ("npm", _pattern(r"^ {2}'?/?((?:@[^/@\s]+/)?[^/@\s]+)[@/](\d[^\s:('/_]*)[^\n]*:\r?$")),
    "poetry.lock": ("pypi", _pattern(_TOML)),
    "uv.lock": ("pypi", _pattern(_TOML + r"\r?\nsource = \{ registry")),
    "pdm.lock": ("pypi", _pattern(_TOML)),
    "Pipfile.lock": ("pypi", _pipenv),
    "Gemfile.lock": ("gem", _pattern(r"^ {4}([\w.-]+) \((\d[\w.]*)(?:-[\w-]+)?\)\r?$")),
    "composer.lock": ("composer", _composer),
    "Cargo.lock": ("cargo", _pattern(_TOML + r'\r?\nsource = "registry')),
    "packages.lock.json": ("nuget", _nuget),
    "mix.lock": ("hex", _pattern(r'^\s*"\w+": \{:hex, :(\w+), "([^"\n]+)"')),
}
"""File names: the purl type, and what reads the names and versions."""
