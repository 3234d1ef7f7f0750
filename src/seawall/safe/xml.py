"""XML without document types and entities, bounded in size and depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from seawall.errors import LimitExceeded, Malformed, Unsupported
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PIECE = 1 << 14  # an error of a handler comes out at the end of a piece: little is read after one


def parse(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Element:
    """The root of a document; names in a namespace as `{namespace}name`.

    Raises Malformed with line and column, Unsupported for a DOCTYPE (which is where entities come from), LimitExceeded.
    """
    from xml.parsers import expat

    if len(data) > limits.xml_bytes:
        raise LimitExceeded("xml_bytes", limits.xml_bytes, where=where, found=len(data))
    tree = _Tree(where, limits)
    try:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = tree.refuse
        parser.EntityDeclHandler = tree.refuse
        parser.DefaultHandler = lambda _: None  # its mere presence keeps expat from expanding entities
        parser.StartElementHandler = tree.start
        parser.EndElementHandler = tree.end
        parser.CharacterDataHandler = tree.text
        for begin in range(0, len(data), _PIECE):
            parser.Parse(data[begin : begin + _PIECE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise Malformed(f"not valid XML: {place}: {message}", where=where) from None
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise Malformed(f"not valid XML: {error}", where=where) from None
    return tree.root()


class _Tree:
    """Elements from the events of expat."""

    def __init__(self, where: str, limits: Limits) -> None:
        from xml.etree.ElementTree import TreeBuilder

        self._builder = TreeBuilder()
        self.root = self._builder.close
        self.text = self._builder.data
        self._where = where
        self._bound = limits.nesting
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._bound:
            raise LimitExceeded("nesting", self._bound, where=self._where)
        self._builder.start(_qualified(name), {_qualified(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_qualified(name))

    def refuse(self, *_: object) -> NoReturn:
        hint = "remove the DOCTYPE: entities can make a small file endless, or read other files"
        raise Unsupported("XML with a DOCTYPE is not read", where=self._where, hint=hint)


def _qualified(name: str) -> str:
    """`uri}name`, as expat gives it, to `{uri}name`."""
    return "{" + name if "}" in name else name
