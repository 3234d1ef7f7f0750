"""The options of images, of the registries that hold them, and of the repositories that their packages come from."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seawall.cli.places import count, user_cache
from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.workflows.settings import Repositories

MIRRORS = (
    *("debian", "debian-security", "ubuntu", "ubuntu-ports", "alpine", "azurelinux", "mariner"),
    *("pypi", "npm", "maven", "go", "crates", "nuget", "rubygems"),
)


def add_images(parser: argparse.ArgumentParser, *, sweep: bool = True) -> None:
    """What only images need; with `sweep` several may be named at once, and documents on them."""
    parser.add_argument(
        "--platform", default="", metavar="OS/ARCH", help="which image of a multi-platform one (default: linux/amd64)"
    )
    parser.add_argument(
        "--max-age",
        type=int,
        default=5,
        metavar="DAYS",
        help="advisories imported longer ago are reported as stale (default: 5)",
    )
    parser.add_argument(
        "--max-image-age", type=count, default=90, metavar="DAYS", help="images built longer ago are old (default: 90)"
    )
    add_registries(parser, sweep=sweep)
    cache = parser.add_argument_group("cache of layers")
    cache.add_argument(
        "--cache", type=Path, metavar="DIR", help=f"where what is known of layers is kept (default: {default_cache()})"
    )
    cache.add_argument("--no-cache", action="store_true", help="read every layer, keep nothing")
    cache.add_argument("--cache-size", type=int, default=1024, metavar="MIB", help="its bound (default: 1024)")


def add_repositories(parser: argparse.ArgumentParser) -> None:
    """What only those need who ask repositories and registries of packages."""
    group = parser.add_argument_group("repositories of packages")
    group.add_argument(
        "--mirror",
        action="append",
        default=[],
        metavar="NAME=URL",
        help=f"ask this address in place of the public one; names: {', '.join(MIRRORS)}",
    )
    group.add_argument(
        "--keyring",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="trust these keys too: an OpenPGP keyring, or Alpine's .rsa.pub",
    )
    group.add_argument(
        "--repository-host",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="this one may be asked though only the image names it",
    )
    group.add_argument("--offline", action="store_true", help="ask nobody; what that leaves open is reported")


def add_registries(parser: argparse.ArgumentParser, *, sweep: bool) -> None:
    """What only registries and stores need."""
    group = parser.add_argument_group("registries")
    if sweep:
        _add_sweep(group)
    group.add_argument(
        "--insecure-registry",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="this one may have a certificate that nobody vouches for, or none",
    )
    group.add_argument("--registry-ca", metavar="FILE", help="trust these authorities in place of the system's")


def _add_sweep(group: argparse._ArgumentGroup) -> None:
    what = "every tag of a repository, all of acr://NAME, or every image of docker://"
    group.add_argument("--all", action="store_true", help=what)
    what = "of the folder of Docker or containerd only this image (default: all)"
    group.add_argument("--image", action="append", default=[], metavar="NAME", help=what)
    what = "count VEX statements and SBOMs attached to an image in its registry; no signature is checked"
    group.add_argument("--attached", action="store_true", help=what)
    what = "count the statements of this VEX document (OpenVEX, CSAF, CycloneDX)"
    group.add_argument("--vex", action="append", default=[], type=Path, metavar="FILE", help=what)
    group.add_argument("--newest", type=count, default=0, metavar="N", help="only the newest N tags of each repository")


def default_cache() -> Path:
    """`SEAWALL_CACHE`, else a folder in the user's cache folder."""
    return Path(os.environ.get("SEAWALL_CACHE") or user_cache() / "layers")


def repositories(args: argparse.Namespace) -> Repositories:
    """How repositories of packages are reached. Raises UsageError for a mirror that is none."""
    from seawall.workflows.settings import Repositories

    mirrors = {}
    for word in args.mirror:
        name, _, url = word.partition("=")
        if name not in MIRRORS or not url.startswith(("http://", "https://")):
            hint = f"say NAME=URL with one of {', '.join(MIRRORS)}"
            raise UsageError(f"this names no mirror: {word!r}", where="--mirror", hint=hint)
        mirrors[name] = url
    return Repositories(
        mirrors=mirrors,
        keyrings=tuple(args.keyring),
        hosts=frozenset(host.lower() for host in args.repository_host),
        cache=None if args.no_cache else ((args.cache or default_cache()).expanduser().parent / "indexes"),
        now=datetime.datetime.now(datetime.UTC),
        offline=args.offline,
    )


def of_images(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that only images need; whether a login is of use is seen when a registry asks for one."""
    from seawall.cli.update import proxies
    from seawall.version import __version__
    from seawall.workflows.settings import Access, Identity

    environment = os.environ.get
    folder = environment("DOCKER_CONFIG") or "~/.docker"
    identity = Identity(
        tenant=environment("AZURE_TENANT_ID", ""),
        client_id=environment("AZURE_CLIENT_ID", ""),
        client_secret=environment("AZURE_CLIENT_SECRET", ""),
        token_file=environment("AZURE_FEDERATED_TOKEN_FILE", ""),
        authority=environment("AZURE_AUTHORITY_HOST", "").rstrip("/") or "https://login.microsoftonline.com",
    )
    access = Access(
        docker_config=Path(environment("REGISTRY_AUTH_FILE") or f"{folder}/config.json").expanduser(),
        identity=identity,
        proxies=proxies(),
        ca_file=args.registry_ca or environment("SSL_CERT_FILE"),
        insecure=frozenset(host.lower() for host in args.insecure_registry),
        user_agent=f"seawall/{__version__}",
    )
    several = hasattr(args, "newest")
    return {
        "access": access,
        "sweep": several and args.all,
        "docker_host": environment("DOCKER_HOST", ""),
        "named": tuple(args.image) if several else (),
        "vex": tuple(args.vex) if several else (),
        "attached": several and args.attached,
        "newest": args.newest if several else 0,
        "cache": None if args.no_cache else (args.cache or default_cache()).expanduser(),
        "cache_bytes": args.cache_size << 20,
        "rootfs": tuple(getattr(args, "rootfs", ())),
    }
