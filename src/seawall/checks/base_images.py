"""What is known of an image by its name: its user, whether it is minimal, its distribution; and which one would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.model import Distro
from seawall.model.dockerfile import Dockerfile, Instruction, Word

_OFFICIAL = re.compile(r"(?:(?:docker\.io/)?library/|docker\.io/)?([a-z0-9_.-]+)(?::[^/]*)?")
_MINIMAL = re.compile(r"/distroless/|(?:^|/)distroless|-distroless|chiseled|^scratch$|cgr\.dev/chainguard/(?!.*-dev)")
_NOT_ROOT = re.compile(r":[^/]*(?:nonroot|chiseled)|-nonroot|chiseled|cgr\.dev/chainguard/|nginxinc/nginx-unprivileged")
_OWN_USER = frozenset(("elasticsearch", "kibana", "logstash", "solr", "jetty", "sonarqube", "grafana", "memcached"))
"""Official images that name a user of their own."""
_CODENAMES = {
    "debian": {"stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13"},
    "ubuntu": {"trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04",
               "noble": "24.04"},
}  # fmt: skip
_FAMILIES = {
    "debian": "debian", "ubuntu": "ubuntu", "alpine": "alpine", "centos": "centos", "almalinux": "almalinux",
    "rockylinux": "rocky", "amazonlinux": "amzn",
}  # fmt: skip
ADVICE = {
    "python": "gcr.io/distroless/python3-debian12:nonroot",
    "node": "gcr.io/distroless/nodejs22-debian12:nonroot",
    "java": "gcr.io/distroless/java21-debian12:nonroot",
    "dotnet": "mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled",
    "go": "gcr.io/distroless/static-debian12:nonroot",
    "rust": "gcr.io/distroless/cc-debian12:nonroot",
    "c": "gcr.io/distroless/base-debian12:nonroot",
}
"""By language: a base without shell and package manager, whose user is not root."""
_LANGUAGES = (
    ("dotnet", r"mcr\.microsoft\.com/dotnet/|\bdotnet\b"),
    ("python", r"(?:^|/)(?:python|pypy)\b|\bpip\d?\b|\bpython3?\b"),
    ("node", r"(?:^|/)node\b|\bnpm\b|\byarn\b|\bnodejs\b"),
    ("java", r"temurin|openjdk|\bmaven\b|\bgradle\b|\bmvn\b|\bjava\b|\.jar\b"),
    ("go", r"(?:^|/)golang\b|\bgo build\b"),
    ("rust", r"(?:^|/)rust\b|\bcargo\b"),
    ("c", r"\bgcc\b|\bmake\b|\bcmake\b"),
)


def images(dockerfile: Dockerfile) -> Iterator[tuple[Word, str]]:
    """The images from outside that it is built from, each with the field that a finding of it has."""
    for stage in dockerfile.stages:
        if stage.parent is None and stage.base.value.lower() != "scratch" and stage.base.value:
            yield stage.base, _named(stage.base)
        names = {one.name for one in dockerfile.stages if one.name}
        for each in stage.instructions:
            for word in sources(each):
                if word.known and re.search(r"[/:@.]", word.value) and word.value.lower() not in names:
                    yield word, f"--from={_named(word)}"


def sources(each: Instruction) -> Iterator[Word]:
    """The stages and images that it copies from."""
    if (word := each.flag("from")) and each.keyword in ("COPY", "ADD"):
        yield word
    for name, value in each.flags:
        match = re.search(r"(?:^|,)from=([^,]+)", value.value) if name == "mount" else None
        if match:
            yield Word(text=match[1], value=match[1], known=value.known, line=value.line)


def _named(word: Word) -> str:
    """The name without tag and digest, which change."""
    name = word.value.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    return head + slash + tail.partition(":")[0]


def runs_as_root(image: str) -> bool | None:
    """Whether its user is root; None where that is not known."""
    if _NOT_ROOT.search(image):
        return False
    if (
        image == "scratch"
        or "/distroless/" in image
        or re.match(r"mcr\.microsoft\.com/(?:dotnet|azurelinux|cbl)", image)
    ):
        return True
    official = _OFFICIAL.fullmatch(image.partition("@")[0])
    return official[1] not in _OWN_USER if official else None


def is_minimal(image: str) -> bool | None:
    """Whether it has neither shell nor package manager; None where that is not known."""
    if _MINIMAL.search(image):
        return not re.search(r":[^@]*debug", image)
    if _OFFICIAL.fullmatch(image.partition("@")[0]) or re.match(
        r"mcr\.microsoft\.com/(?:dotnet|azurelinux|cbl)", image
    ):
        return False
    return None


def distro_of(image: str) -> Distro | None:
    """The distribution that its name and tag tell, None where they tell none."""
    name = image.partition("@")[0]
    repository, _, tag = name.rpartition("/")[2].partition(":")
    if match := re.search(r"cbl-mariner/.*:(\d)|azurelinux/.*:(\d)", name):
        return Distro(id="mariner" if match[1] else "azurelinux", version=match[1] or match[2])
    if family := _FAMILIES.get(repository):
        codes = _CODENAMES.get(family, {})
        version = next((number for code, number in codes.items() if tag.startswith(code)), "")
        version = version or (re.match(r"\d+(?:\.\d+)?", tag) or [""])[0]
        return Distro(id=family, version=version) if version else None
    if match := re.search(r"alpine(\d+\.\d+)", tag):
        return Distro(id="alpine", version=match[1])
    for family, codes in _CODENAMES.items():
        for code, version in codes.items():
            if re.search(rf"(?:^|-){code}(?:-|$)", tag):
                return Distro(id=family, version=version)
    return None


def language(dockerfile: Dockerfile) -> str:
    """The language of what is built, one of ADVICE, "" where nothing tells: first by what runs, then by its bases."""
    shipped = dockerfile.shipped
    starts = [each.text for stage in shipped for each in stage.of("ENTRYPOINT", "CMD")][-1:]
    bases = [stage.base.value.partition("@")[0] for stage in (*shipped, *reversed(dockerfile.stages))]
    runs = [each.text for stage in reversed(dockerfile.stages) for each in stage.of("RUN")]
    for text in (*starts, *bases, *runs):
        for name, pattern in _LANGUAGES:
            if re.search(pattern, text):
                return name
    return ""


def advice(dockerfile: Dockerfile) -> str:
    """Which base would do, in words."""
    found = language(dockerfile)
    if not found:
        return "a distroless, chiseled or Azure Linux distroless base has neither"
    return f"for {found}, {ADVICE[found]} has neither"
