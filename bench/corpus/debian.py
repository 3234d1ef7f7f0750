"""Debian by mmdebstrap, with Ruby's gems as Debian packs them; the truth is dpkg's and RubyGems' own."""

from __future__ import annotations

from pathlib import Path

from corpus.layer import Truth, run

BASE = ("ca-certificates", "curl", "git", "openssl", "perl", "python3", "procps")
RUBY = (
    "ruby",
    "ruby-rails",
    "ruby-nokogiri",
    "ruby-sinatra",
    "ruby-sidekiq",
    "puma",
    "ruby-devise",
    "ruby-faraday",
    "ruby-rest-client",
)
GEMS = "Gem::Specification.each { |gem| puts [gem.name, gem.version].join(' ') }"


def base(root: Path, work: Path) -> Truth:
    """The system below the applications. Needs root, as chroot does."""
    return {"deb": _installed(root, work, BASE)}


def ruby(root: Path, work: Path) -> Truth:
    """A system of its own, with Rails."""
    packages = _installed(root, work, RUBY)
    gems = run("chroot", root, "ruby", "-e", GEMS, cwd=work)
    return {"deb": packages, "gem": [_two(line.split()) for line in gems.splitlines()]}


def _installed(root: Path, work: Path, packages: tuple[str, ...]) -> list[tuple[str, str]]:
    words = ("--mode=root", "--variant=minbase", "--quiet", f"--include={','.join(packages)}", "bookworm")
    run("mmdebstrap", *words, root, cwd=work)
    form = "${db:Status-Status} ${Package} ${Version}\\n"
    listed = run("dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show", f"--showformat={form}", cwd=work)
    return [_two(line.split()[1:]) for line in listed.splitlines() if line.startswith("installed ")]


def _two(words: list[str]) -> tuple[str, str]:
    return words[0], words[1]
