"""Dockerfiles and Containerfiles in, `model.Dockerfile` out.

Import from here: `from seawall.sources.dockerfile import is_dockerfile, parse, read`.
"""

from seawall.sources.dockerfile.read import is_dockerfile, parse, read

__all__ = ["is_dockerfile", "parse", "read"]
