"""Installed Ruby gems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

STUB = re.compile(r"^# stub: (\S+) (\S+) \S+", re.MULTILINE)
NAME = re.compile(r"""^\s*\w+\.name\s*=\s*["']([\w.-]+)["']""", re.MULTILINE)
VERSION = re.compile(r"""^\s*\w+\.version\s*=\s*(?:Gem::Version\.new\(?\s*)?["']([\w.-]+)["']""", re.MULTILINE)

RAILS = Example(
    path="usr/local/bundle/specifications/nokogiri-1.13.3-x86_64-linux.gemspec",
    content=b"""\
# -*- encoding: utf-8 -*-
# stub: nokogiri 1.13.3 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.13.3"
""",
    finds=(
        Package(
            type="gem",
            name="nokogiri",
            version="1.13.3",
            path="usr/local/bundle/specifications/nokogiri-1.13.3-x86_64-linux.gemspec",
        ),
    ),
)
DEFAULT_GEM = Example(
    path="usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec",
    content=b"Gem::Specification.new do |s|\n  s.name = 'json'\n  s.version = Gem::Version.new('2.6.3')\nend\n",
    finds=(
        Package(
            type="gem",
            name="json",
            version="2.6.3",
            path="usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec",
        ),
    ),
)

EXTENSION = Example(
    path="usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
    content=b"""\
# stub: json 2.6.1 ruby lib
# stub: ext/json/ext/generator/extconf.rb\0ext/json/ext/parser/extconf.rb

Gem::Specification.new do |s|
""",
    finds=(
        Package(
            type="gem",
            name="json",
            version="2.6.1",
            path="usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
        ),
    ),
)


@cataloger(
    "**/specifications/*.gemspec",
    "**/specifications/default/*.gemspec",
    examples=[RAILS, DEFAULT_GEM, EXTENSION],
    bounded=True,
)
def ruby(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The specification that `gem install` writes for each gem, and Ruby brings for its own (default) gems.

    Name and version come from the stub line at its head, else from the code, which is not run. Gems that Bundler took
    from git or a folder have no such file and are not read. The platform of a gem is no part of its version.
    """
    said = text(path, content.replace(b"\0", b" "), limits)  # RubyGems writes one between the parts of its stub lines
    stub, name, version = STUB.search(said), NAME.search(said), VERSION.search(said)
    if stub:
        yield Package(type="gem", name=stub[1], version=stub[2], path=path)
    elif name and version:
        yield Package(type="gem", name=name[1], version=version[1], path=path)
    else:
        raise Malformed("this specification has no name and version that can be read", where=path)
