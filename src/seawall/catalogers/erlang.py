"""Applications of Erlang and Elixir, as releases and installations hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

APPLICATION = re.compile(r"\{\s*application\s*,\s*'?([a-z]\w*)'?\s*,")
VERSION = re.compile(r"""\{\s*vsn\s*,\s*"([\w.+~-]+)"\s*\}""")

OTP = frozenset(
    """asn1 common_test compiler crypto debugger dialyzer diameter edoc eldap erl_docgen erl_interface erts et eunit
    ftp inets jinterface kernel megaco mnesia observer odbc os_mon parsetools public_key reltool runtime_tools sasl
    snmp ssh ssl stdlib syntax_tools tftp tools wx xmerl eex elixir ex_unit iex logger mix""".split()  # noqa: SIM905 - as a list it would be a page
)
"""The applications that Erlang/OTP and Elixir themselves are made of: they are no packages of Hex, and have versions of
their own. https://www.erlang.org/doc/applications.html"""

PHOENIX = Example(
    path="app/lib/phoenix-1.7.2/ebin/phoenix.app",
    content=b'{application,phoenix,\n [{applications,[kernel,stdlib]},\n  {vsn,"1.7.2"}]}.\n',
    finds=(Package(type="hex", name="phoenix", version="1.7.2", path="app/lib/phoenix-1.7.2/ebin/phoenix.app"),),
)
KERNEL = Example(path="usr/lib/erlang/lib/kernel-9.2/ebin/kernel.app", content=b"{application, kernel, []}.", finds=())


@cataloger("**/ebin/*.app", examples=[PHOENIX, KERNEL], bounded=True)
def erlang(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The resource file of one application, by whose name Hex has the package in nearly all cases.

    The application that the image is for is listed like the others. Erlang and Elixir themselves are not, and what is
    packed into one file (an escript) is not read.
    """
    said = text(path, content, limits)
    application, version = APPLICATION.search(said), VERSION.search(said)
    if application and application[1] in OTP:
        return
    if not application or not version:
        raise Malformed("this has no application and version that can be read", where=path)
    yield Package(type="hex", name=application[1], version=version[1], path=path)
