"""Registries of languages: one request a package, answered with its releases. One file and one line each."""

from __future__ import annotations

from seawall.sources.repositories.languages import cargo, gem, golang, maven, npm, nuget, pypi
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release, releases

__all__ = ["REGISTRIES", "LanguageRegistry", "Release", "releases"]

REGISTRIES: dict[str, LanguageRegistry] = {
    "cargo": cargo.REGISTRY,
    "gem": gem.REGISTRY,
    "golang": golang.REGISTRY,
    "maven": maven.REGISTRY,
    "npm": npm.REGISTRY,
    "nuget": nuget.REGISTRY,
    "pypi": pypi.REGISTRY,
}
"""By the purl type of the package."""
