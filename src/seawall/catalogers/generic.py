"""Well-known programs and libraries that were copied or compiled into an image by hand, by what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger
from seawall.model import Package
from seawall.safe.executable import ELF

NUMBER = rb"(\d{1,3}\.\d{1,3}\.\d{1,3})"

KNOWN = {
    "bash": (r"bash", rb"@\(#\)Bash version " + NUMBER),
    "busybox": (r"busybox", rb"BusyBox v" + NUMBER),
    "curl": (r"curl|libcurl\.so.*", rb"curl[/ ]" + NUMBER),
    "envoy": (r"envoy", rb"/" + NUMBER + rb"/Clean/RELEASE"),
    "glibc": (r"libc\.so\.6", rb"GNU C Library [^\n\0]{0,80}release version (\d\.\d{1,3})"),
    "httpd": (r"httpd|apache2", rb"Apache/" + NUMBER),
    "mariadb": (r"mariadbd?|mysqld", NUMBER + rb"-MariaDB"),
    "memcached": (r"memcached", rb"memcached " + NUMBER),
    "nginx": (r"nginx", rb"nginx version: nginx/" + NUMBER),
    "node": (r"node|nodejs|libnode\.so.*", rb"node\.js/v" + NUMBER),
    "openresty": (r"openresty|nginx", rb"openresty/(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})"),
    "openssl": (
        r"openssl|lib(?:crypto|ssl)[-\w]*\.so.*",
        rb"OpenSSL (\d\.\d\.\d{1,3}[a-z]{0,2}(?:-(?:alpha|beta)\d+)?) {1,2}\d{1,2} [A-Z][a-z]{2} \d{4}",
    ),
    "perl": (r"perl|libperl\.so.*", rb"/perl5?/(5\.\d{1,3}\.\d{1,3})\0"),
    "php": (r"php(?:-fpm|-cgi|\d[\d.]*)?|libphp\d?\.so", rb"X-Powered-By: PHP/" + NUMBER),
    "postgresql": (r"postgres|psql", rb"\(PostgreSQL\) (\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)"),
    "python": (
        r"python\d?(?:\.\d+)?|libpython\d\.\d+[a-z]*\.so.*",
        rb"(?:\0|/versions/|/Python-)([23]\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)\+?\0",
    ),
    "redis": (r"redis-(?:server|cli|sentinel)", rb"\0(\d{1,2}\.\d{1,2}\.\d{1,2})[0-9a-z]{12}-\d{19}\0"),
    "ruby": (r"ruby|libruby[-\w]*\.so.*", rb"ruby (\d\.\d\.\d{1,2})(?:p\d+)? \(\d{4}"),
    "zlib": (r"libz\.so.*", rb"deflate (1\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?) Copyright"),
}
"""What a program or library is called, and the words in it that its version stands beside: those that it prints when it
is asked for its version, or its banner. Compare the binary classifiers of Syft, syft/pkg/cataloger/binary."""

PIECE = 8 << 20

NAMES = {name: re.compile(called) for name, (called, _) in KNOWN.items()}
VERSIONS = {name: re.compile(words) for name, (_, words) in KNOWN.items()}

OPENSSL = Example(
    path="opt/app/lib/libcrypto.so.3",
    content=ELF + b"\2\1\1\0OpenSSL 3.0.11 19 Sep 2023\0",
    finds=(Package(type="generic", name="openssl", version="3.0.11", path="opt/app/lib/libcrypto.so.3"),),
)
UNKNOWN_TOOL = Example(path="usr/local/bin/tool", content=ELF + b"\2\1\1\0BusyBox v1.36.1", finds=())


def is_known_library(path: str) -> bool:
    name = path.rpartition("/")[2]
    return any(called.fullmatch(name) for called in NAMES.values())


@cataloger(examples=[OPENSSL, UNKNOWN_TOOL], magic=(ELF,), libraries=is_known_library)
def generic(path: str, content: bytes) -> Iterator[Package]:
    """Programs of KNOWN by the name of their file and the first version that stands where theirs does.

    Those under another name, of Windows, and versions that are written in another way are not found; what is linked
    into other programs is not either. `assemble` leaves out what a package of the operating system owns.
    """
    name = path.rpartition("/")[2]
    for each, called in NAMES.items():
        if called.fullmatch(name) and (found := _search(VERSIONS[each], content)):
            yield Package(type="generic", name=each, version=found[1].decode(), path=path)


def _search(version: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    """A piece at a time: of a large program, no more than that is in memory."""
    pieces = (content[at : at + PIECE + 256] for at in range(0, len(content), PIECE))
    return next(filter(None, map(version.search, pieces)), None)
