"""Node packages of large applications, by npm; the truth is what it says is in node_modules."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.layer import Truth, run

PACKAGES = ("react-scripts@5.0.1", "node-red@4.0.5", "@nestjs/cli@10.4.5", "gatsby@5.13.7")


def node(root: Path, work: Path) -> Truth:
    """Tens of thousands of files. `npm query` walks the packages as npm put them there, those in bundles too."""
    app = root / "srv/app"
    app.mkdir(parents=True)
    words = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--legacy-peer-deps")
    run("npm", "install", *words, *PACKAGES, cwd=app)
    listed = json.loads(run("npm", "query", "*", cwd=app))
    return {"npm": sorted({(each["name"], each["version"]) for each in listed if each["location"]})}
