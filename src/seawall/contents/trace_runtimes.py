"""Languages whose programs need more than their own file: where each keeps its libraries, and where the application is.

Sources: the layouts of Debian, Alpine, Azure Linux and Docker's official images; PEP 405 for virtual environments.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from seawall.contents.trace_files import Files, follow, join, matching, read, real
from seawall.contents.trace_needs import SHARED_FOLDERS

SCANNED = 20_000
"""Files of one application that are looked at for calls of other programs."""


class Language(msgspec.Struct, frozen=True):
    """`folders` are patterns of what is needed, `{prefix}` the folder above the interpreter's bin, `{version}` as 3.11.

    `sources` end its files; `calls` finds where such a file may start a program, with the first word as a group where
    it is written there. `valued` are options that take the next word, `code` those after which code itself follows.
    """

    name: str
    folders: tuple[str, ...]
    sources: tuple[str, ...]
    calls: str = r"(?!)"
    valued: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


_WORD = r"(?:\s*\[?\s*[fbru]?[\"']([^\"'\n]+)[\"'])?"

LANGUAGES = {
    "python": Language(
        "Python",
        ("{prefix}/lib/python{version}", "{prefix}/lib64/python{version}", "usr/lib/python3", "usr/lib/python{version}",
         "usr/local/lib/python{version}", "etc/python{version}", "usr/share/python3"),
        (".py",),
        r"\b(?:subprocess\.(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput)|os\.(?:system|popen"
        r"|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)|asyncio\.create_subprocess_(?:shell|exec)|pty\.spawn)\s*\("
        + _WORD + r"|\bfrom\s+subprocess\s+import\b",
        ("-W", "-X", "--check-hash-based-pycs"),
        ("-c",),
    ),
    "node": Language(
        "Node.js",
        ("{prefix}/lib/node_modules", "usr/share/nodejs", "usr/share/node_modules", "usr/lib/nodejs",
         "usr/lib/*/nodejs", "usr/local/lib/node_modules"),
        (".js", ".mjs", ".cjs", ".ts"),
        r"\b(?:child_process|execa|cross-spawn)\b",
        ("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file"),
        ("-e", "-p", "--eval", "--print"),
    ),
    "ruby": Language(
        "Ruby",
        ("{prefix}/lib/ruby", "usr/lib/*/ruby", "usr/lib/ruby", "var/lib/gems", "usr/share/rubygems-integration",
         "usr/share/ruby*", "usr/local/bundle"),
        (".rb", ".ru", ".rake"),
        r"(?:\b(?:system|exec|spawn)\s*\(?" + _WORD + r"|%x[\[{(]|\bOpen3\.|`[a-z])",
        ("-I", "-r", "-C", "-E"),
        ("-e",),
    ),
    "perl": Language(
        "Perl",
        ("{prefix}/lib/perl*", "{prefix}/share/perl*", "usr/lib/*/perl*", "usr/share/perl*", "usr/local/lib/*/perl*",
         "usr/local/share/perl*", "usr/lib/perl*", "etc/perl"),
        (".pl", ".pm"),
        r"(?:\b(?:system|exec)\s*\(?" + _WORD + r"|\bqx\b|`[a-z])",
        ("-I", "-M"),
        ("-e", "-E"),
    ),
    "php": Language(
        "PHP",
        ("{prefix}/lib/php*", "{prefix}/etc/php*", "usr/lib/php*", "etc/php*", "usr/share/php*", "usr/local/etc/php*",
         "var/lib/php*", "run/php"),
        (".php",),
        r"\b(?:exec|shell_exec|system|passthru|proc_open|popen|pcntl_exec)\s*\(" + _WORD,
        ("-c", "-d", "-z"),
        ("-r",),
    ),
    "java": Language("Java", (), (".java", ".jsp", ".groovy")),
    "dotnet": Language(".NET", ("usr/share/dotnet", "usr/lib/dotnet", "usr/lib64/dotnet"), ()),
}  # fmt: skip

_NAMED = (
    (re.compile(r"python[\d.]*|pypy[\d.]*"), "python"),
    (re.compile(r"node|nodejs|bun"), "node"),
    (re.compile(r"[jm]?ruby[\d.]*"), "ruby"),
    (re.compile(r"perl[\d.]*"), "perl"),
    (re.compile(r"php(-fpm|-cgi|-cli)?[\d.]*"), "php"),
    (re.compile(r"java"), "java"),
    (re.compile(r"dotnet"), "dotnet"),
)


class Wanted(NamedTuple):
    """A file or folder that a runtime needs."""

    path: str
    why: str


def language(name: str) -> Language | None:
    """The language whose interpreter has this name."""
    return next((LANGUAGES[key] for pattern, key in _NAMED if pattern.fullmatch(name)), None)


def runtime(files: Files, spoken: Language, path: str) -> Iterator[Wanted]:
    """What the interpreter at `path` (as it was named) needs for itself."""
    way = follow(files, path)
    at = way.real or ""
    home = posixpath.dirname(posixpath.dirname(at))
    if spoken.name == "Java":
        home = posixpath.dirname(home) if posixpath.basename(home) == "jre" else home
        yield from (
            Wanted(each, f"the Java runtime of /{at}") for each in (home, "etc/ssl/certs/java", "usr/share/java")
        )
        return
    if spoken.name == ".NET":
        yield from (Wanted(each, f"the .NET runtime of /{at}") for each in (posixpath.dirname(at), *_dotnet(files)))
        return
    version = re.search(r"(\d+(\.\d+)?)$", posixpath.basename(at))
    for pattern in spoken.folders:
        filled = pattern.format(prefix=home, version=version[1] if version else "*")
        yield from (Wanted(found, f"the {spoken.name} library of /{at}") for found in matching(files, filled))
    if spoken.name == "Python":
        for link in (join("", path), *way.links):
            yield from _environment(files, posixpath.dirname(posixpath.dirname(link)))


def _environment(files: Files, folder: str) -> Iterator[Wanted]:
    text = read(files, f"{folder}/pyvenv.cfg") if folder else None
    if text is None:
        if folder and real(files, f"{folder}/pyvenv.cfg") is not None:
            yield Wanted(folder, "the virtual environment of Python")
        return
    yield Wanted(folder, "the virtual environment of Python")
    for key, _, value in (line.partition("=") for line in text.splitlines()):
        if key.strip() in ("home", "base-prefix") and value.strip().startswith("/"):
            base = value.strip()
            yield from (
                Wanted(path, "the base of a virtual environment of Python")
                for pattern in ("python*", "../lib/python3*" if key.strip() == "home" else "lib/python3*")
                for path in matching(files, join(base, pattern))
            )


def _dotnet(files: Files) -> Iterator[str]:
    """Libraries that .NET opens by name: ICU, OpenSSL, Kerberos."""
    for folder in ("usr/lib", "usr/lib64", "lib", "usr/lib/*-linux-gnu*"):
        for name in ("libicu*.so*", "libssl.so*", "libcrypto.so*", "libgssapi_krb5.so*"):
            yield from matching(files, f"{folder}/{name}")
    yield from ("etc/dotnet", "usr/share/icu")


def application(
    files: Files, spoken: Language, words: tuple[str | None, ...], folder: str, environment: Mapping[str, str]
) -> Iterator[Wanted]:
    """What the words of an interpreter's command say of the application: its script, module, jar, and their folders."""
    why = f"the {spoken.name} application"
    if spoken.name == "Java":
        yield from _java(files, words, folder, environment)
        return
    main = script_of(spoken, words)
    if spoken.name == "Python" and "-m" in words:
        main = None
    at = real(files, join(folder, main)) if main else None
    if main and at is not None:
        yield Wanted(join(folder, main), why)
        if not _installed(at):
            yield Wanted(posixpath.dirname(at), why)
    if spoken.name == "Node.js":
        yield from _modules(files, posixpath.dirname(at) if at else folder)
    for name in ("PYTHONPATH", "NODE_PATH", "GEM_HOME", "GEM_PATH", "RUBYLIB", "PERL5LIB", "BUNDLE_PATH"):
        for each in environment.get(name, "").split(":"):
            if each:
                yield Wanted(join(folder, each), f"named by {name}")
    if folder not in SHARED_FOLDERS:
        yield Wanted(folder, f"{why}: the working directory")


def script_of(spoken: Language, words: tuple[str | None, ...]) -> str | None:
    """The script among the words of an interpreter's command; None where there is none."""
    at = 1
    while at < len(words):
        word = words[at]
        if word is None or word in spoken.code or word == "-":
            return None
        if not word.startswith("-"):
            return (
                word if spoken.name != ".NET" or word != "exec" else next(iter(w for w in words[at + 1 :] if w), None)
            )
        at += 2 if word in spoken.valued else 1
    return None


def _installed(path: str) -> bool:
    """Whether a file lies where programs are installed, so that what is beside it belongs to others."""
    folder = posixpath.dirname(path)
    return folder in SHARED_FOLDERS or posixpath.basename(folder) in ("bin", "sbin")


def _modules(files: Files, folder: str) -> Iterator[Wanted]:
    """Node's own search: node_modules in each folder up the tree."""
    while folder:
        for name in ("node_modules", "package.json"):
            if real(files, f"{folder}/{name}") is not None:
                yield Wanted(f"{folder}/{name}", "a module folder of Node.js")
        folder = posixpath.dirname(folder)
    yield Wanted("node_modules", "a module folder of Node.js")


def _java(files: Files, words: tuple[str | None, ...], folder: str, environment: Mapping[str, str]) -> Iterator[Wanted]:
    """-jar, -cp and their like, and CLASSPATH; a jar's manifest may name others beside it."""
    paths = [environment.get("CLASSPATH", "")]
    for before, word in zip((None, *words), words, strict=False):
        if word and before in ("-jar", "-cp", "-classpath", "--class-path", "-p", "--module-path"):
            paths.append(word)
        elif word and word.startswith(("-javaagent:", "-agentpath:")):
            paths.append(word.partition(":")[2].partition("=")[0])
    for path in (each for entry in paths for each in entry.split(":") if each):
        at = join(folder, path.removesuffix("*"))
        yield Wanted(at, "named on the class path of Java")
        if path.endswith(".jar") and posixpath.dirname(at) not in SHARED_FOLDERS:
            yield Wanted(posixpath.dirname(at), "beside a jar, whose manifest may name it")
    if folder not in SHARED_FOLDERS:
        yield Wanted(folder, "the Java application: the working directory")


def calls(files: Files, spoken: Language, folders: list[str]) -> tuple[list[tuple[str, int, str]], list[str]]:
    """Where an application's own files may start programs (path, line, first word or ""), and the folders with files
    of its language that could not be looked at."""
    found: list[tuple[str, int, str]] = []
    unread: list[str] = []
    pattern = re.compile(spoken.calls)
    left = SCANNED
    for folder in folders:
        blind = False
        todo = [folder]
        while todo and left:
            here = todo.pop()
            if posixpath.basename(here) in ("node_modules", "site-packages", "dist-packages"):
                continue
            if files.kind(here) == "dir":
                todo += [join(here, name) for name in files.entries(here)]
                continue
            left -= 1
            if not here.endswith(spoken.sources) or files.kind(here) != "file":
                continue
            text = read(files, here)
            blind |= text is None
            for hit in pattern.finditer(text or ""):
                line = (text or "").count("\n", 0, hit.start()) + 1
                found.append((here, line, (hit[1] or "") if pattern.groups else ""))
        if blind or not left:
            unread.append(folder)
    return found, unread
