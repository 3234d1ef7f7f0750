"""Maintainer scripts are followed to everything that they can reach, and never further than what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.remedies.patch.script_commands import Situation
from seawall.remedies.patch.scripts import follow
from seawall.remedies.patch.shell import NotUnderstood, parse

KINDS = {"usr/bin/there": "file", "etc/x": "file", "srv": "dir", "usr/share/debconf/confmodule": "file"}
TEXTS = {
    "etc/passwd": b"root:x:0:0::/root:/bin/sh\n",
    "var/lib/dpkg/alternatives/vi": b"auto\n/usr/bin/vi\n\n/usr/bin/vim\n30\n",
}
SITUATION = Situation(
    package="p", arch="amd64", kind_of=lambda path: KINDS.get(path, ""), text_of=lambda path: TEXTS.get(path, b"")
)


def run(text: str, *arguments: str, first: str = "#!/bin/sh\nset -e\n") -> None:
    made: set[str] = set()
    follow((first + text).encode(), "postinst", arguments or ("configure", "1.0-1"), SITUATION, made)
    assert not made


FINE = [
    "true",
    "echo hello >&2",
    'if [ "$1" = remove ]; then mkfs /dev/sda; fi',
    "ldconfig || true",
    "exit 0\nmkfs",
    'case "$1" in configure) : ;; *) mkfs ;; esac',
    'if [ -z "$2" ]; then mkfs; fi',
    "[ -e /etc/nothing ] && mkfs; true",
    'if dpkg --compare-versions "$2" lt 0.9; then mkfs; fi',
    'if dpkg --compare-versions "$2" lt-nl 0.9; then mkfs; fi',
    "f() { return 1; mkfs; }\nif f; then mkfs; fi",
    'x=${1#con}; [ "$x" != figure ] && mkfs; :',
    "rm -f /nothing",
    "for i in a b; do echo $i; done",
    "x=$(ls /proc | head -1); echo $x",
    "mkdir -p /srv",
    "update-rc.d x defaults >/dev/null",
    "update-alternatives --install /usr/bin/vi vi /usr/bin/vim 30",
    "getent passwd root || mkfs",
    "command -v nope && mkfs; :",
    "touch /etc/once; rm -f /etc/once",
    "cat <<EOF\nmkfs $(mkfs)\nEOF\n",
    ". /usr/share/debconf/confmodule\ndb_get x\n",
    'dpkg-maintscript-helper rm_conffile /etc/gone 1.0 -- "$@"',
    'dpkg-maintscript-helper rm_conffile /etc/x 0.9 -- "$@"',
]
REFUSED = [
    "mkfs",
    "if ischroot; then mkfs; fi",
    "ischroot || mkfs",
    "rm -f /etc/x",
    "rm -rf /srv/*",
    "echo x > /etc/y",
    "mkdir /new",
    "$unknown_command_of_nobody$(date)",
    "eval true",
    ". /etc/x",
    'case "$(date)" in Mon*) mkfs;; esac',
    "for i in $(ls); do mkfs $i; done",
    "f() { mkfs; }\nf",
    "while true; do :; done",
    "true &",
    "x=$(mkfs)",
    "x=`mkfs`",
    "echo `mkfs`",
    "(mkfs)",
    "{ mkfs; }",
    "true | mkfs",
    "! mkfs",
    "sed -i s/a/b/ /etc/x",
    "touch /etc/once",
    "false",
    "adduser --system nobody-yet",
    "update-alternatives --install /usr/bin/vi vi /usr/bin/other 30",
    "exit 1",
    "exec mkfs",
    'dpkg-maintscript-helper rm_conffile /etc/x 1.1 -- "$@"',
    "if [ -w /etc/x ]; then mkfs; fi",
    "find / -delete",
    'db_get x\nif [ "$RET" = true ]; then mkfs; fi',
    "true; (",
    "if true; then mkfs",
    "x=1 mkfs",
]


@pytest.mark.parametrize("text", FINE)
def test_what_changes_nothing_is_fine(text: str) -> None:
    run(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_may_change_something_is_refused(text: str) -> None:
    with pytest.raises((NotUnderstood, AssertionError)):
        run(text)


def test_the_line_is_told_and_other_languages_are_refused() -> None:
    with pytest.raises(NotUnderstood) as told:
        run("true\n\nmkfs /dev/sda\n")
    assert (told.value.line, told.value.text) == (5, "mkfs /dev/sda")
    for first in ("#!/usr/bin/perl\n", "\x7fELF", "#!/bin/sh-but-not\n", ""):
        with pytest.raises(NotUnderstood):
            run("true\n", first=first)


@given(st.text(alphabet="if then;fi\n\"'$(){}`|&<>#\\x=a ", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        run(text)
    except (NotUnderstood, AssertionError):
        return


def test_every_script_of_this_machine_parses() -> None:
    scripts = [each for kind in ("inst", "rm") for each in Path("/var/lib/dpkg/info").glob(f"*.p*{kind}")]
    texts = [text for each in scripts if (text := each.read_text(errors="replace")).startswith("#!/bin/sh")]
    if not texts:
        pytest.skip("this machine has no dpkg")
    for text in texts:
        parse(text)
