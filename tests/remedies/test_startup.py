"""Start-up work taken out of containers: what comes out reads back, and its containers need no tool any more."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contents.trace_tree import MadeFiles
from seawall.contents.trace import Process, trace
from seawall.remedies.manifests.edit import NotEdited, edit
from seawall.remedies.manifests.patch import difference
from seawall.remedies.manifests.render import render
from seawall.remedies.startup.pod import Told, move
from seawall.remedies.startup.probes import NotReplaced, action
from seawall.remedies.startup.split import NotCut, escaped, split
from seawall.safe import yaml
from seawall.safe.limits import DEFAULT
from seawall.workflows.advise import advise, same_image
from shared_data import SHARED

SCRIPT = """#!/bin/sh
set -e
until nc -z db 5432; do
  sleep 1
done
curl -sf http://config/app.json -o /app/config/app.json
envsubst < /app/app.tmpl > /app/etc/app.conf
exec gosu app server --port "${PORT:-80}" "$@"
"""
TREE = {
    "/lib/ld.so": "ELF", "/lib/libc.so.6": "ELF", "/bin/sh": "-> dash", "/entry.sh": SCRIPT,
    **{f"/bin/{name}": "ELF libc.so.6" for name in ("dash", "nc", "curl", "envsubst", "gosu", "server", "sleep")},
}  # fmt: skip
IMAGE = Told(entrypoint=("/entry.sh",), command=("--verbose",), users={"app": 1001}, script=TREE.get)
WORDS = {"spec", "containers", "name", "image", "command", "args", "env", "a", "b", "initContainers"}


def cut(text: str, *arguments: str, own: dict[str, str] | None = None, manifest: tuple[str, ...] = ()) -> Any:
    return split(text, arguments, own or {}, frozenset(manifest), "/srv")


def ran(*command: str) -> set[str]:
    found = trace(Process(entrypoint=command), MadeFiles(TREE))
    return {run.path.rpartition("/")[2] for run in found.runs}


def test_the_container_needs_no_tool_afterwards_and_the_init_container_runs_all_of_them() -> None:
    assert ran("/entry.sh", "--verbose") == {"entry.sh", "dash", "nc", "sleep", "curl", "envsubst", "gosu", "server"}
    moved = move({"containers": [{"name": "shop", "image": "shop:1"}]}, 0, IMAGE)
    main, init = moved.pod["containers"][0], moved.pod["initContainers"][-1]
    assert main["command"] == ["server", "--port", "80", "--verbose"]
    assert ran(*main["command"]) == {"server"}
    assert ran(*init["command"]) == {"dash", "nc", "sleep", "curl", "envsubst"}
    assert main["securityContext"] == {"runAsUser": 1001, "runAsNonRoot": True}
    assert moved.pod["securityContext"] == {"fsGroup": 1001}
    shared = {mount["mountPath"] for mount in main["volumeMounts"]}
    assert shared == {"/app/config", "/app/etc"} == {mount["mountPath"] for mount in init["volumeMounts"]}
    assert {each["name"] for each in moved.pod["volumes"]} == {mount["name"] for mount in main["volumeMounts"]}
    assert [act.does for act in moved.acts] == [
        "waits for another service", "waits for another service", "downloads", "fills in a template",
    ]  # fmt: skip


def test_the_init_container_does_the_same_work(tmp_path: Path) -> None:
    text = f'X="$$"; mkdir -p {tmp_path}/a; echo "$X $$ $(echo hi) $1" > {tmp_path}/a/f; exec cat "$@"'
    pod = {"containers": [{"name": "m", "image": "i"}]}
    moved = move(pod, 0, Told(entrypoint=("/bin/sh", "-c", text, "sh"), command=("x",)))
    command = [kubernetes(word) for word in moved.pod["initContainers"][-1]["command"]]
    subprocess.run(command, check=True)
    pid, same, *rest = (tmp_path / "a/f").read_text().split()
    assert pid == same
    assert pid.isdecimal()
    assert rest == ["hi", "x"]
    assert moved.pod["containers"][0]["command"] == ["cat", "x"]


def kubernetes(text: str) -> str:
    """What the kubelet makes of a word where no variable is set: third_party/forked/golang/expansion."""
    out, at = "", 0
    while at < len(text):
        step = 2 if text[at] == "$" and text[at + 1 : at + 2] == "$" else 1
        out += text[at]
        at += step
    return out


@given(st.text(alphabet="$(){}ab"))
def test_escaped_text_comes_through_kubernetes(text: str) -> None:
    assert kubernetes(escaped(text)) == text
    assert "$(" not in escaped(text).replace("$$", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("curl x &\nexec server", "in the background"),
        ('if [ "$1" = x ]; then exec server; fi\nexec other', "another program before its end"),
        ("curl x\nwhile true; do server; done", "a choice or a loop"),
        ("export A=$(curl x)\nexec server", "exports A"),
        (". /etc/profile\nexec server", "may change"),
        ("curl -o /etc/x http://y\nexec server", "a folder of the system"),
        ('curl -o "$DIR/x" http://y\nexec server', "cannot be told"),
        ("curl x\nexec $JAVA_OPTS server", "the value of $JAVA_OPTS"),
        ("curl x\nexec server *.conf", "a pattern"),
        ("curl x || server", "only when another one fails"),
        ("curl 'x", "cannot be read"),
        ("", "runs nothing"),
        ("PATH=$PATH:/x\nexec server", "changes PATH"),
        ('cd "$(curl x)"\nexec server', "the folder"),
    ],
)
def test_what_cannot_be_cut_safely_stays(text: str, why: str) -> None:
    with pytest.raises(NotCut, match=why.replace("$", r"\$")):
        cut(text, own={"PATH": "/bin"})


def test_what_the_script_sets_goes_to_the_manifest() -> None:
    found = cut('MODE=prod\nexport MODE LANG=C\ncd data\ncurl -O http://x\nexec "$APP" "$TAG" \'$(X)\'',
                own={"APP": "server"}, manifest=("TAG",))  # fmt: skip
    assert found.words == ("server", "$(TAG)", "$$(X)")
    assert dict(found.settings) == {"MODE": "prod", "LANG": "C"}
    assert found.folder == "/srv/data"


def test_a_vault_gets_a_provider_class(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    image: x\n    command: [sh, -c, "
        '"curl -s https://kv1.vault.azure.net/secrets/db-pw?api-version=7.4 -o /srv/pw; exec server"]\n'
    )
    advice = advise(tmp_path, DEFAULT)
    assert "+  objects: |" in advice.diff.replace("+    objects", "+  objects")
    assert "keyvaultName: kv1" in advice.diff
    assert "objectName: db-pw" in advice.diff
    assert any("reads a secret; instead: the Secrets Store CSI driver" in note for note in advice.notes)


@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        (["curl", "-fsS", "http://localhost:8080/healthz"], {"httpGet": {"path": "/healthz", "port": 8080}}),
        (["sh", "-c", "curl -f https://127.0.0.1/ready?x=1 >/dev/null 2>&1 || exit 1"],
         {"httpGet": {"path": "/ready?x=1", "port": 443, "scheme": "HTTPS"}}),
        (["wget", "-qO-", "--header", "Host: a", "localhost:80/x"],
         {"httpGet": {"path": "/x", "port": 80, "httpHeaders": [{"name": "Host", "value": "a"}]}}),
        (["nc", "-z", "-w", "3", "localhost", "5432"], {"tcpSocket": {"port": 5432}}),
        (["/bin/grpc_health_probe", "-addr=:8080", "-service", "x"], {"grpc": {"port": 8080, "service": "x"}}),
        (["bash", "-c", "redis-cli ping"], {"exec": {"command": ["redis-cli", "ping"]}}),
    ],
)  # fmt: skip
def test_probes(command: list[str], becomes: dict[str, object]) -> None:
    assert action(command, hook=False)[0] == becomes


@pytest.mark.parametrize(
    "command",
    [
        ["curl", "http://other/x"], ["curl", "-d", "x=1", "http://localhost"], ["curl", "-X", "POST", "localhost"],
        ["sh", "-c", "curl http://localhost:$PORT/"], ["sh", "/probe.sh"], ["cat", "/tmp/healthy"],
        ["nc", "-z", "db", "1"],
        ["grpc_health_probe", "-addr=:1", "-tls"], ["sh", "-c", "a && b"], ["sh", "-c", "/x.sh"], ["sh", "-c", "'"],
        ["curl", "http://u:p@localhost/"], ["sh"], ["curl", "http://[::1"], ["curl", "localhost:99999999"], [],
    ],
)  # fmt: skip
def test_probes_that_stay(command: list[str]) -> None:
    with pytest.raises(NotReplaced):
        action(command, hook=False)


def test_hooks() -> None:
    assert action(["sh", "-c", "sleep 10"], hook=True)[0] == {"sleep": {"seconds": 10}}
    with pytest.raises(NotReplaced):
        action(["sleep", "$X"], hook=True)
    with pytest.raises(NotReplaced):
        action(["sh", "-c", "sleep 5 && nginx -s quit"], hook=True)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | TEXT | st.sampled_from(["a\nb\n", "x: y\n- z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    text = "\n".join((*render(value, 2), ""))
    assert yaml.load_all(text.encode(), where="x")[0].value == value


@given(st.dictionaries(st.sampled_from(sorted(WORDS)), VALUES, min_size=1), st.dictionaries(
    st.sampled_from(sorted(WORDS)), VALUES, min_size=1))  # fmt: skip
def test_an_edit_says_what_is_wanted_or_is_refused(old: dict[str, Any], new: dict[str, Any]) -> None:
    text = "\n".join(("# top", *render({"k": old, "z": 1}, 0), "# end", ""))
    documents = yaml.load_all(text.encode(), where="x")
    try:
        edited = edit(text, documents, 0, ("k",), new)
    except NotEdited:
        return
    assert yaml.load_all(edited.encode(), where="x")[0].value == {"k": new, "z": 1}
    assert edited.startswith("# top\n")


def test_a_merge_patch_holds_only_what_changes() -> None:
    old = {"containers": [{"name": "a", "command": ["x"], "args": ["y"]}, {"name": "b"}]}
    new = {"containers": [{"name": "a", "command": ["z"]}, {"name": "b"}]}
    assert difference(old, new) == {"containers": [{"name": "a", "command": ["z"], "args": None}]}


def test_images_by_name() -> None:
    assert same_image("nginx", "docker.io/library/nginx:1.27")
    assert not same_image("shop:1", "shop:2")
    assert not same_image("{{ .image }}", "shop")


@pytest.mark.skipif(SHARED is None, reason="the shared data is not here")
def test_real_manifests_are_changed_in_place_and_read_back(tmp_path: Path) -> None:
    assert SHARED is not None
    advice = advise(SHARED / "workloads", DEFAULT)
    assert advice.looked > 400
    assert advice.changed >= 8
    assert "/dev/null" not in advice.diff
    source = SHARED / "workloads/kubernetes-examples/_archived/nodesjs-mongodb/web-controller-demo.yaml"
    (tmp_path / "web.yaml").write_text(source.read_text())
    diff = advise(tmp_path, DEFAULT).diff.replace(str(tmp_path).lstrip("/") + "/", "")
    subprocess.run(["patch", "-p1"], input=diff.encode(), cwd=tmp_path, check=True, capture_output=True)
    pod = yaml.load_all((tmp_path / "web.yaml").read_bytes(), where="x")[0].value["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"] == ["node", "app.js"]
    assert "args" not in pod["containers"][0]
    assert pod["containers"][0]["workingDir"] == "/home/demo/EmployeeDB"
    assert "npm install" in pod["initContainers"][1]["command"][2]
    assert advise(tmp_path, DEFAULT).changed == 0


def test_hostile_manifests(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        'kind: Pod\nmetadata: {name: "x\\n--- evil"}\nspec:\n  containers:\n  - {name: "a\\nb: c", image: 5, '
        'command: [sh, -c, "curl -o /srv/x http://y; exec server"], env: 7, volumeMounts: {a: b}}\n'
        "---\nkind: Pod\nspec: {containers: [1]}\n---\nkind: Pod\nspec:\n  containers:\n  - livenessProbe: {exec: 1}\n"
    )
    (tmp_path / "b.yaml").write_text("kind: Pod\nspec: {{ .Values.pod }}\n")
    advice = advise(tmp_path, DEFAULT)
    assert "\n--- evil" not in advice.diff
    assert [each.why for each in advice.not_assessed] == ["a template: give what `helm template` makes of it"]
