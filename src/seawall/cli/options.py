"""The options that commands share, and the way from a parsed command line to a report and an exit code."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.safe.limits import Limits
    from seawall.workflows.discover import Found
    from seawall.workflows.settings import Repositories, Settings

    Live: TypeAlias = Callable[[Settings, Callable[[str], None]], Found]

SEVERITIES = ("info", "low", "medium", "high", "critical")
FORMATS = ("table", "html", "json", "sarif", "cyclonedx", "spdx")
MIRRORS = (
    *("debian", "debian-security", "ubuntu", "ubuntu-ports", "alpine", "azurelinux", "mariner"),
    *("pypi", "npm", "maven", "go", "crates", "nuget", "rubygems"),
)
FRAMEWORKS = ("cis-aks", "guide", "mcsb")


def inputs(
    parser: argparse.ArgumentParser,
    metavar: str,
    what: str,
    *,
    kind: Callable[[str], Path | str] = Path,
    nargs: str = "+",
) -> None:
    """The positional inputs: paths, or words (`kind` str) that may be names of images in registries too."""
    parser.add_argument("paths", nargs=nargs, metavar=metavar, type=kind, help=what)


def add_images(parser: argparse.ArgumentParser) -> None:
    """What only images need."""
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
    add_registries(parser)
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


def add_registries(parser: argparse.ArgumentParser) -> None:
    """What only registries need."""
    group = parser.add_argument_group("registries")
    what = "every tag of a repository, all of acr://NAME, or every image of docker://"
    group.add_argument("--all", action="store_true", help=what)
    what = "of the folder of Docker or containerd only this image (default: all)"
    group.add_argument("--image", action="append", default=[], metavar="NAME", help=what)
    what = "count VEX statements and SBOMs attached to an image in its registry; no signature is checked"
    group.add_argument("--attached", action="store_true", help=what)
    what = "count the statements of this VEX document (OpenVEX, CSAF, CycloneDX)"
    group.add_argument("--vex", action="append", default=[], type=Path, metavar="FILE", help=what)
    group.add_argument("--newest", type=count, default=0, metavar="N", help="only the newest N tags of each repository")
    group.add_argument(
        "--insecure-registry",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="this one may have a certificate that nobody vouches for, or none",
    )
    group.add_argument("--registry-ca", metavar="FILE", help="trust these authorities in place of the system's")


def add_framework(parser: argparse.ArgumentParser) -> None:
    """What only clusters need."""
    parser.add_argument("--framework", choices=FRAMEWORKS, default="", help="ask only what this asks, by its controls")


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """What only clusters that belong together need."""
    group = parser.add_argument_group("fleet")
    what = "the estate's own words: which clusters belong together (default: ./seawall.yaml if it is there)"
    group.add_argument("--config", type=Path, metavar="FILE", help=what)
    what = "settings that differ (default), or all of them"
    group.add_argument("--matrix", choices=("differences", "all"), default="differences", help=what)


def add_assessment(parser: argparse.ArgumentParser) -> None:
    """The gate, the report, and the bounds."""
    gate = parser.add_argument_group("gate")
    gate.add_argument("--fail-on", choices=SEVERITIES, default="high", help="fail on this or worse (default: high)")
    fixable = gate.add_mutually_exclusive_group()
    fixable.add_argument(
        "--only-fixable", action="store_true", default=True, help="vulnerabilities with no fix do not fail (default)"
    )
    fixable.add_argument(
        "--any", dest="only_fixable", action="store_false", help="vulnerabilities fail whether they have a fix or not"
    )
    gate.add_argument("--fail-on-unknown", action="store_true", help="fail on what is undecided or was not assessed")
    gate.add_argument(
        "--as-of", type=date, metavar="DATE", help="judge retirement and support dates as of this day (default: today)"
    )
    report = parser.add_argument_group("report")
    report.add_argument("--format", "-f", choices=FORMATS, default="table", help="default: table")
    report.add_argument("--output", "-o", type=Path, metavar="FILE", help="write the report there, whole or not at all")
    report.add_argument("--verbose", "-v", action="store_true", help="cut nothing short")
    report.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    report.add_argument("--quiet", "-q", action="store_true", help="no progress on stderr")
    add_database(parser)


def add_database(parser: argparse.ArgumentParser) -> None:
    """The advisory database, and the bounds on hostile input."""
    group = parser.add_argument_group("data")
    group.add_argument("--db", type=Path, metavar="FILE", help=f"the advisory database (default: {default_database()})")
    group.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="raise a bound on hostile input; the error that needs it names it",
    )


def date(text: str) -> datetime.date:
    """A day, `YYYY-MM-DD`."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date such as 2026-11-23: {text!r}") from None


def count(text: str) -> int:
    """A number from 1."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"not a number from 1: {text!r}")
    return int(text)


def default_cache() -> Path:
    """`SEAWALL_CACHE`, else a folder in the user's cache folder."""
    return Path(os.environ.get("SEAWALL_CACHE") or user_cache() / "layers")


def user_cache() -> Path:
    """Seawall's folder in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path("~/.cache")) / "seawall"


def default_database() -> Path:
    """`SEAWALL_DB`, else a file in the user's cache folder."""
    if path := os.environ.get("SEAWALL_DB"):
        return Path(path)
    return user_cache() / "advisories.db"


def database(args: argparse.Namespace) -> Path:
    """The database that the command line names, or the default one."""
    path: Path = args.db or default_database()
    return path.expanduser()


def limits(words: list[str]) -> Limits:
    """The bounds with those that the command line raises. Raises UsageError for a name that is none."""
    import msgspec

    from seawall.safe.limits import DEFAULT

    raised = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in DEFAULT.__struct_fields__:
            names = ", ".join(DEFAULT.__struct_fields__)
            raise UsageError(f"there is no limit named {name!r}", where="--limit", hint=f"the limits are: {names}")
        if not value.replace("_", "").isdigit():
            raise UsageError(f"not a whole number: {value!r}", where=f"--limit {name}", hint=f"say --limit {name}=1000")
        raised[name] = int(value)
    return msgspec.structs.replace(DEFAULT, **raised)


def settings(args: argparse.Namespace) -> Settings:
    """The settings of a run, read once."""
    from seawall.gate import Policy
    from seawall.model import Severity
    from seawall.workflows.settings import Settings

    return Settings(
        today=args.as_of or datetime.datetime.now(datetime.UTC).date(),
        database=database(args),
        platform=getattr(args, "platform", ""),
        framework=getattr(args, "framework", ""),
        max_age=getattr(args, "max_age", 0),
        max_image_age=getattr(args, "max_image_age", 90),
        baseline=getattr(args, "baseline", ""),
        policy=Policy(
            fail_on=Severity[args.fail_on.upper()],
            only_fixable=args.only_fixable,
            fail_on_unknown=args.fail_on_unknown,
        ),
        limits=limits(args.limit),
        outdated=getattr(args, "outdated", False),
        repositories=repositories(args) if hasattr(args, "repository_host") else None,
        **(of_fleet(args) if hasattr(args, "matrix") else {}),
        **(of_images(args) if hasattr(args, "no_cache") else {}),
    )


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


def of_fleet(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that only clusters need, from `seawall.yaml` where there is one. Raises UsageError."""
    from seawall.workflows import configuration

    path = args.config or Path(configuration.NAME)
    told = configuration.Configuration()
    if args.config or path.is_file():
        told = configuration.read(path, limits(args.limit))
    return {"grouping": told.fleet, "whole_matrix": args.matrix == "all"}


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
    return {
        "access": access,
        "sweep": args.all,
        "docker_host": environment("DOCKER_HOST", ""),
        "named": tuple(args.image),
        "vex": tuple(args.vex),
        "attached": args.attached,
        "newest": args.newest,
        "cache": None if args.no_cache else (args.cache or default_cache()).expanduser(),
        "cache_bytes": args.cache_size << 20,
        "rootfs": tuple(getattr(args, "rootfs", ())),
    }


def assess(args: argparse.Namespace, kinds: tuple[str, ...], live: Live | None = None) -> int:
    """Run the assessment that the command line asks for, write its report, and return the exit code."""
    from seawall.cli.output import progress, style, write
    from seawall.reports import render
    from seawall.workflows.assess import assess as workflow

    with progress(quiet=args.quiet) as say:
        report = workflow(args.paths, kinds, settings(args), say, live)
    write(render(report, args.format, style(args)), args.output)
    if args.output and not args.quiet:
        print(f"seawall: report written to {args.output}; exit {report.verdict.exit_code}", file=sys.stderr)
    return report.verdict.exit_code
