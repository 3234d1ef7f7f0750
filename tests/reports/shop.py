"""An image of which everything is told, its Dockerfile, and what has something newer in it."""

from __future__ import annotations

from seawall.model import (
    Base,
    DockerfileCoverage,
    Finding,
    ImageCoverage,
    Location,
    Outdated,
    Points,
    Run,
    Severity,
    Started,
    Subject,
)
from seawall.model.vex import Attached

SHOP = Subject(kind="image", name="contoso.azurecr.io/shop:1.4")
SHOP_ID = f"{SHOP.name}@sha256:{'5' * 64}"
DOCKERFILE = Subject(kind="dockerfile", name="shop/Dockerfile<img>")

DOCKERFILES = tuple(
    Finding(
        rule="IMG-DF-001",
        title="An image is not pinned by digest.",
        severity=Severity.MEDIUM,
        subject=DOCKERFILE,
        field=f"{stage}: FROM",
        message=f"{stage} is not pinned by digest",
        location=Location(file=DOCKERFILE.name, line=line),
        waived=waived,
    )
    for stage, line, waived in (("build:1", 1, ""), ("debian:12", 7, "renewed every night, <b>see ticket 12</b>"))
)

SHOP_SEEN = ImageCoverage(
    id=SHOP_ID,
    name=SHOP.name,
    file="images/shop.tar",
    platform="linux/amd64",
    distro="debian 12",
    layers=4,
    packages=143,
    matched=120,
    exploitability=35,
    points=(
        Points(what="shell", points=20, why=("/bin/sh (dash)",)),
        Points(what="root", points=15, why=("the image names no user",)),
    ),
    trace=Started(
        runs=(
            Run(path="bin/dash", command=("/bin/sh", "/start.sh"), phase="start", why="the entrypoint"),
            Run(path="usr/bin/java", command=("java", "-jar", "<b>"), phase="main", why="exec in /start.sh"),
        ),
        unknown=("/start.sh, line 3: $HOOK is not known",),
    ),
    attached=(Attached(kind="sbom", type="application/spdx+json", digest="sha256:ab"),),
    base=Base(name="debian:12", layers=1, why="its labels"),
    from_base=88,
)

DOCKERFILE_SEEN = DockerfileCoverage(file=DOCKERFILE.name, stages=2, instructions=9, passed=30, failed=1, undecided=0)

OUTDATED = (
    Outdated(
        image=SHOP.name,
        type="pypi",
        name="django",
        installed="2.2",
        newest_in_line="2.2.28",
        newest="6.1",
        released="2022-04-11",
        where="https://pypi.org/simple",
        withdrawn="<i>yanked</i>",
        path="usr/lib/django-2.2.dist-info/METADATA",
    ),
    Outdated(
        image=SHOP.name, type="image", name="debian:12", installed="12.5", newest="13", where="https://mcr.example"
    ),
)
