"""Python packages of an application, by pip; the truth is what `pip list` says of the folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from corpus.layer import Truth, run

PACKAGES = (
    "numpy==1.26.4",
    "pandas==2.1.4",
    "scipy==1.11.4",
    "pyarrow==15.0.0",
    "Django==4.2.11",
    "requests==2.31.0",
    "Pillow==10.2.0",
    "celery==5.3.6",
    "SQLAlchemy==2.0.29",
    "fastapi==0.110.0",
    "boto3==1.34.69",
    "azure-identity==1.15.0",
    "azure-storage-blob==12.19.1",
    "scikit-learn==1.4.1.post1",
    "jupyterlab==4.1.5",
    "dask==2024.3.1",
    "polars==0.20.16",
    "ansible-core==2.16.5",
)


def python(root: Path, work: Path) -> Truth:
    """An application's site-packages."""
    site = root / "usr/local/lib/python3.11/site-packages"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-compile", "--target", site, *PACKAGES, cwd=work)
    listed = json.loads(run(*pip, "list", "--path", site, "--format", "json", cwd=work))
    return {"pypi": [(each["name"], each["version"]) for each in listed]}
