"""Dockerfiles mended and rewritten: what comes out is read again, and is better."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.checks import dockerfile_checks
from seawall.checks.dockerfiles import judge
from seawall.checks.gold import TODAY
from seawall.remedies.dockerfile_fix import diff, fix
from seawall.remedies.dockerfile_harden import harden
from seawall.sources.dockerfile import parse

CHECKS = dockerfile_checks()

PYTHON = """FROM python:3.11
ENV DB_PASSWORD=hunter2secret
RUN apt-get update && apt-get install -y curl gcc
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
ADD app /app
EXPOSE 8080
HEALTHCHECK CMD curl -f http://localhost:8080 || exit 1
CMD ["python", "main.py"]
"""

STARTS = [
    "FROM python:3.12-slim",
    "FROM node:22 AS app",
    "FROM golang:1.25",
    "FROM debian:12",
    "ARG X=1\nFROM alpine:$X",
]
LINES = st.sampled_from(
    ["WORKDIR /app", "COPY . .", "ADD x /y", "RUN apt-get update && apt-get install -y curl", "RUN apk add git",
    "USER root",
     "USER 1000", "ENV A=1", "RUN pip install \\\n  flask", "RUN npm ci", "EXPOSE 80", "MAINTAINER me", "LABEL a=b",
     "FROM scratch", "FROM app", "ENTRYPOINT /app/run", 'ENTRYPOINT ["/app/run"]', 'CMD ["node", "x.js"]',
     "CMD python a.py",
     "RUN sh -c 'apt-get install x'", "HEALTHCHECK CMD curl x", "# seawall: ignore=IMG-DF-015 wanted"]
)  # fmt: skip


def count(text: str) -> int:
    return len(judge(parse(text), CHECKS, today=TODAY))


def test_a_rewrite_whole() -> None:
    hardened = harden(PYTHON, parse, CHECKS, today=TODAY)
    final = hardened.text.partition("\n\n")[2]
    assert final == (
        "FROM gcr.io/distroless/python3-debian12:nonroot\nWORKDIR /app\nCOPY --from=build /app /app\n"
        "COPY --from=build /deps /deps\nENV PYTHONPATH=/deps\nEXPOSE 8080\nUSER 65532:65532\n"
        'ENTRYPOINT ["/usr/bin/python3", "main.py"]\n'
    )
    assert any("DB_PASSWORD is left out" in note for note in hardened.notes)
    assert any("HEALTHCHECK is left out" in note for note in hardened.notes)


def test_what_cannot_be_moved_is_said() -> None:
    hardened = harden(
        PYTHON.replace('["python", "main.py"]', "./start.sh && python main.py"), parse, CHECKS, today=TODAY
    )
    assert "distroless" not in hardened.text
    assert any("script for a shell" in note for note in hardened.notes)


@pytest.mark.parametrize("line", ["WORKDIR app", ""])
def test_a_folder_that_only_the_base_knows_is_not_guessed(line: str) -> None:
    hardened = harden(PYTHON.replace("WORKDIR /app", line), parse, CHECKS, today=TODAY)
    assert "distroless" not in hardened.text
    assert any("write WORKDIR as a full path" in note for note in hardened.notes)


def test_what_is_copied_before_the_last_working_directory_is_copied_on() -> None:
    text = PYTHON.replace("WORKDIR /app", "WORKDIR /srv\nCOPY lib lib\nWORKDIR sub/../app")
    final = harden(text, parse, CHECKS, today=TODAY).text.partition("\n\n")[2]
    copied = [line for line in final.split("\n") if line.startswith(("WORKDIR", "COPY"))]
    assert copied == [
        "WORKDIR /srv/app",
        "COPY --from=build /srv/app /srv/app",
        "COPY --from=build /srv/lib /srv/lib",
        "COPY --from=build /app /app",
        "COPY --from=build /deps /deps",
    ]


@settings(max_examples=150)
@given(st.sampled_from(STARTS), st.lists(LINES, max_size=8))
def test_what_comes_out_is_read_again_and_is_better(start: str, lines: list[str]) -> None:
    text = "\n".join([start, *lines, ""])
    mended = fix(text, parse, CHECKS, today=TODAY)
    assert fix(mended, parse, CHECKS, today=TODAY) == mended
    assert count(mended) <= count(text)
    hardened = harden(text, parse, CHECKS, today=TODAY).text
    assert not parse(hardened).faults or hardened == text
    assert hardened == text or count(hardened) < count(text)


@pytest.mark.parametrize("text", [PYTHON, PYTHON.rstrip("\n"), PYTHON.replace("\n", "\r\n")])
def test_the_diff_is_what_patch_takes(tmp_path: Path, text: str) -> None:
    (tmp_path / "Dockerfile").write_bytes(text.encode())
    after = fix(text, parse, CHECKS, today=TODAY)
    assert after != text
    patch = diff(text, after, "Dockerfile").encode()
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=patch, cwd=tmp_path, check=True)
    assert (tmp_path / "Dockerfile").read_bytes() == after.encode()
