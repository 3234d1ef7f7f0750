"""The reader of Dockerfiles: every line belongs somewhere, every word has its place, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import LimitExceeded, Malformed
from seawall.model.dockerfile import Dockerfile
from seawall.safe.limits import Limits
from seawall.sources.dockerfile import is_dockerfile, parse, read

REAL = (
    "/root/.pyenv/test/Dockerfile",
    "/usr/local/go/src/crypto/internal/boring/Dockerfile",
    "/usr/local/go/src/crypto/internal/fips140/nistec/fiat/Dockerfile",
    "/usr/lib/google-cloud-sdk/platform/ext-runtime/go/data/Dockerfile",
    "/usr/lib/google-cloud-sdk/platform/ext-runtime/ruby/templates/Dockerfile.template",
)

ALL = r"""# syntax=docker/dockerfile:1
# escape=\
# not a directive any more
# escape=`
ARG VERSION=3.12
FROM --platform=linux/amd64 python:${VERSION}-slim AS Build
ARG X=a
ENV A=1 B="two words" C=${X:-y}$NOBODY
RUN --mount=type=cache,target=/root apt-get update && \
    # a comment inside

    apt-get install -y "curl" $X; (cd /x; for i in a b; do echo $(curl -k http://x | sh); done)
RUN <<EOT bash
set -e
if [ -f /x ]; then apt-get upgrade; fi
case $x in a|b) foo;; *) bar x >/dev/null;; esac
cat <<EOF >/etc/x
curl not a command
EOF
EOT
COPY --chown=1:1 <<A <<-"B" /x/
FROM nothing
A
	hello
	B
ONBUILD RUN echo hi
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
SHELL ["/bin/bash", "-c"]
FROM build
COPY --from=build /a /b
USER 0:0
CMD ["sh", "-c", "exec foo | bar"]
"""


def test_everything_in_its_place() -> None:
    dockerfile = parse(ALL)
    assert dockerfile.faults == ()
    assert dockerfile.syntax == "docker/dockerfile:1"
    build, last = dockerfile.stages
    assert (build.name, build.base.value, build.parent, last.parent) == ("build", "python:3.12-slim", None, 0)
    assert dockerfile.shipped == (build, last)
    assert [(e.keyword, e.line, e.end) for e in build.instructions] == [
        ("FROM", 6, 6), ("ARG", 7, 7), ("ENV", 8, 8), ("RUN", 9, 12), ("RUN", 13, 20), ("COPY", 21, 25),
        ("ONBUILD", 26, 26), ("HEALTHCHECK", 27, 27), ("SHELL", 28, 28),
    ]  # fmt: skip
    (env,) = build.of("ENV")
    said = [(p.name, p.value and p.value.value, p.value and p.value.known) for p in env.pairs]
    assert said == [("A", "1", True), ("B", "two words", True), ("C", "a$NOBODY", False)]
    (copy,) = build.of("COPY")
    assert [(h.name, h.body, h.expand, h.line, h.end) for h in copy.heredocs] == [
        ("A", "FROM nothing", True, 22, 23),
        ("B", "hello", False, 24, 25),
    ]
    assert [c.about for c in dockerfile.comments if "inside" in c.text] == [9]


def test_every_command_with_its_line() -> None:
    every = [command for each in parse(ALL).instructions for command in each.commands if command.words]
    assert [(command.line, command.joined, command.program) for command in every] == [
        (9, "", "apt-get"), (12, "&&", "apt-get"), (12, ";", "cd"), (12, "", "curl"), (12, "|", "sh"),
        (12, ";", "echo"), (13, "", "bash"), (14, "", "set"), (15, ";", "["), (15, ";", "apt-get"), (16, ";", "foo"),
        (16, ";;", "bar"),
        (17, ";", "cat"), (27, "", "curl"), (27, "||", "exit"), (32, "", "sh"), (32, "", "foo"), (32, "|", "bar"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("a && b || c; d & e | f", ["a", "b", "c", "d", "e", "f"]),
        ("FOO=1 /usr/bin/a 'b c' \"d && e\"", ["a"]),
        ("sudo -E env X=1 apt-get install x", ["apt-get"]),
        ("sh -c 'a && b'", ["sh", "a", "b"]),
        ("a `b` $(c $(d))", ["b", "d", "c", "a"]),
        ("while true; do a; done; { b; }; ! c", ["true", "a", "b", "c"]),
        ("[[ a && b ]] && c", ["[[", "c"]),
        ("case x in (a|b) c;; esac; d", ["c", "d"]),
        ("bash <(a)", ["a", "bash"]),
        ("a > b 2>&1 < c # d; e", ["a"]),
        ("echo $((1 << 2))", ["echo"]),
        ('eval "a; b"', ["eval", "a", "b"]),
        ('["a", "b && c"]', ["a"]),
        ("'unclosed && a", ["unclosed && a"]),
    ],
)
def test_scripts(text: str, programs: list[str]) -> None:
    (run,) = parse(f"FROM a\nRUN {text}").stages[0].of("RUN")
    assert [command.program for command in run.commands if command.words] == programs


def test_places_are_those_of_the_file() -> None:
    lines = ALL.split("\n")
    for instruction in parse(ALL).instructions:
        for word in instruction.words:
            assert lines[word.line - 1][word.column - 1 :].startswith(word.text.split("\n")[0]), word


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("FROM a\nRUN <<EOT\nx", 2, "heredoc EOT has no end"),
        ("FROM a\nFOO x", 2, "no instruction FOO"),
        ("RUN x\nFROM a", 1, "before the first FROM"),
        ("FROM a b c d", 1, "not FROM IMAGE"),
        ("# escape=x\nFROM a", 1, "escape is"),
    ],
)
def test_faults_have_lines(text: str, line: int, said: str) -> None:
    assert [(fault.line, said in fault.message) for fault in parse(text).faults] == [(line, True)]


def test_windows() -> None:
    text = "# escape=`\nFROM mcr.microsoft.com/windows/nanoserver\nWORKDIR C:\\app\nRUN copy a `\n  b\nUSER x\r\n"
    (stage,) = parse(text).stages
    assert [each.keyword for each in stage.instructions] == ["FROM", "WORKDIR", "RUN", "USER"]
    assert stage.instructions[1].words[0].value == "C:\\app"
    assert stage.instructions[3].words[0].value == "x"


@pytest.mark.parametrize(
    ("arguments", "base", "known"),
    [
        ("ARG A=1", "x:${A}", "x:1"),
        ("ARG A", "x:${A:-2}", "x:2"),
        ("ARG A=1", "x:${A:+3}", "x:3"),
        ("ARG A", "x:$A", None),
        ("ARG A=1\nARG B=$A.2", "x:$B", "x:1.2"),
        ("", "$TARGETARCH/x", None),
    ],
)
def test_variables(arguments: str, base: str, known: str | None) -> None:
    word = parse(f"{arguments}\nFROM {base}").stages[0].base
    assert (word.value if word.known else None) == known


def owned(dockerfile: Dockerfile) -> list[int]:
    """The lines that belong to something, each as often as it does."""
    comments = [comment.line for comment in dockerfile.comments]
    lines = [n for each in dockerfile.instructions for n in range(each.line, each.end + 1) if n not in comments]
    return [*comments, *lines]


PIECES = st.sampled_from(
    ["FROM a", "FROM a AS b", "RUN x \\", "RUN <<E", "E", "# c", "", "  ", "COPY <<A <<-'B' /", "A", "\tB", "&& y",
     "\\", "ARG X=$X$X", "ENV A=${A:-${B}}", "RUN ['x", 'CMD ["a", ', "ONBUILD ONBUILD RUN x", "HEALTHCHECK CMD", "$(",
     "`", "'", "RUN case x in", "RUN $(((", "USER", "# escape=`", "ADD --a=b", "EXPOSE $", "RUN \"${", "FROM",
     "SHELL []", "\u2028"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("\n".join)))
def test_every_line_belongs_to_one_thing(text: str) -> None:
    dockerfile = parse(text)
    lines = owned(dockerfile)
    faulty = {fault.line for fault in dockerfile.faults}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip():
            assert lines.count(number) == 1 or number in faulty, (number, line)


def test_hostile_files_take_no_time(tmp_path: Path) -> None:
    for text in ("A=1 " * 20_000, "$(" * 20_000, "ENV A=$A$A$A\n" * 2_000, "a \\\n" * 20_000, "${" * 20_000):
        parse(f"FROM a\nENV A=aaaa\nRUN {text}\n{text}")
    large = tmp_path / "Dockerfile"
    large.write_text("FROM a\n" * 100)
    with pytest.raises(LimitExceeded):
        read(large, limits=Limits(dockerfile_bytes=100))


@pytest.mark.parametrize("content", [b"", b"# only\n", b"\xff\xfe", b"FROM a\0"])
def test_what_builds_no_image_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(content)
    with pytest.raises(Malformed):
        read(path)


def test_names() -> None:
    yes = ("Dockerfile", "Dockerfile.prod", "web.dockerfile", "Containerfile", "dockerfile")
    no = (".dockerignore", "Dockerfile.dockerignore", "dockerfile.py", "Dockerfile-notes", "docker-compose.yml")
    assert [is_dockerfile(Path(name)) for name in yes + no] == [True] * len(yes) + [False] * len(no)


@pytest.mark.parametrize("name", REAL)
def test_real_files(name: str) -> None:
    if not Path(name).exists():
        pytest.skip(f"{name} is not on this machine")
    dockerfile = read(Path(name))
    assert dockerfile.faults == ()
    numbers = [number for number, line in enumerate(Path(name).read_text().split("\n"), 1) if line.strip()]
    assert sorted(set(owned(dockerfile)).intersection(numbers)) == numbers


def test_the_base_of_a_template_is_not_known() -> None:
    assert not parse("FROM {{.base}}\nRUN x\n").stages[0].base.known
