"""Probes and lifecycle hooks that need a tool in the container, as the kubelet does the same by itself.

Sources: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/ (httpGet;
gRPC probes, stable since 1.27, know neither TLS nor names of hosts),
https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/ and KEP-3960 (the `sleep` action, on by
default since 1.30; a length of 0 since 1.32), https://github.com/grpc-ecosystem/grpc-health-probe (its options).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
HOOKS = ("postStart", "preStop")

_HERE = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "::", "")  # noqa: S104 - the names that a probe gives itself
_SHELL = re.compile(r"(?:ba|da|a|z|k)?sh")
_QUIET = {
    "curl": (r"-[sSfkgLi]+|--silent|--show-error|--fail|--insecure|--head|-I|--compressed|--location|--fail-with-body",
             ("-o", "--output", "-m", "--max-time", "--connect-timeout", "--retry", "-w", "--write-out")),
    "wget": (r"-[qS]+|--quiet|--spider|--no-verbose|-nv|-O-|-qO-|--no-check-certificate|--server-response",
             ("-O", "--output-document", "-T", "--timeout", "-t", "--tries")),
}  # fmt: skip
"""By client: options that do not change what is asked, and those of them that take the next word."""


class NotReplaced(Exception):
    """Why there is nothing for it; the first argument is a sentence. Never leaves this package."""


def action(command: Sequence[str], *, hook: bool) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """What takes the place of `exec`, and sentences on what changes. Raises NotReplaced.

    The action is one of httpGet, tcpSocket, grpc, sleep, or an `exec` that needs no shell.
    """
    words = _bare(list(command))
    tool = posixpath.basename(words[0])
    if tool == "sleep" and hook:
        return _sleep(words), ("needs Kubernetes 1.30 or newer",)
    if tool in ("curl", "wget", "http"):
        return {"httpGet": _http(tool, words[1:])}, (
            "the request comes from the node to the pod's address: the program must not listen on 127.0.0.1 alone",
            "an answer of 400 or more fails",
        )
    if tool in ("nc", "ncat", "netcat") and not hook:
        return {"tcpSocket": {"port": _port(words)}}, ("the program must not listen on 127.0.0.1 alone",)
    if tool == "grpc_health_probe" and not hook:
        return {"grpc": _grpc(words[1:])}, ("needs Kubernetes 1.27 or newer",)
    if list(words) != list(command):
        return {"exec": {"command": words}}, ("the program is run without a shell",)
    raise NotReplaced(f"{tool} is the program's own, or nothing that the kubelet does by itself")


def needs_tool(command: Sequence[str]) -> bool:
    """Whether a command runs a shell or one of the tools that the kubelet can do without."""
    tool = posixpath.basename(command[0]) if command else ""
    clients = (
        "curl",
        "wget",
        "http",
        "nc",
        "ncat",
        "netcat",
        "grpc_health_probe",
        "sleep",
        "cat",
        "test",
        "pgrep",
        "ps",
    )
    return bool(_SHELL.fullmatch(tool)) or tool in clients  # fmt: skip


def _bare(command: list[str]) -> list[str]:
    """The one command that a shell runs here."""
    if not command:
        raise NotReplaced("it runs nothing")
    if not _SHELL.fullmatch(posixpath.basename(command[0])):
        return command
    at = next((at for at, word in enumerate(command[:3]) if re.fullmatch(r"-\w*c", word)), 0)
    if not at or len(command) <= at + 1:
        raise NotReplaced("it runs a script of the image")
    text = re.sub(r"\s*\|\|\s*(?:exit\s+1|false)\s*;?\s*$", "", command[at + 1].strip())
    text = re.sub(r"\s+(?:[12&]?>{1,2}\s*/dev/null|2>&1)", "", text)
    text = text.removeprefix("exec ")
    plain = re.sub(r"'[^']*'|\"[^\"$`\\]*\"|https?://[^\s$`|&;<>(){}*\\'\"]+", "", text)
    if re.search(r"[$`|&;<>(){}*?\n\\]", plain):
        raise NotReplaced("it is a script, of which only a shell knows what it does")
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words or "=" in words[0] or words[0].endswith((".sh", ".bash")):
        raise NotReplaced("it is a script, of which only a shell knows what it does")
    return words


def _sleep(words: Sequence[str]) -> Mapping[str, Any]:
    if len(words) != 2 or not (match := re.fullmatch(r"(\d{1,5})s?", words[1])) or not int(match[1]):
        raise NotReplaced("how long it sleeps cannot be told")
    return {"sleep": {"seconds": int(match[1])}}


def _http(tool: str, words: Sequence[str]) -> Mapping[str, Any]:
    flags, valued = _QUIET.get(tool, ("", ()))
    urls, headers, rest = list[str](), list[dict[str, str]](), list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-H", "--header") and rest:
            name, sign, value = rest.pop(0).partition(":")
            if not sign:
                raise NotReplaced("one of its headers is none")
            headers.append({"name": name.strip(), "value": value.strip()})
        elif word in valued and rest:
            rest.pop(0)
        elif word in ("-X", "--request") and rest:
            if rest.pop(0) != "GET":
                raise NotReplaced("the kubelet asks with GET only")
        elif (
            word.startswith("-") and not re.fullmatch(flags, word) and not any(word.startswith(f"{o}=") for o in valued)
        ):
            raise NotReplaced(f"the kubelet has nothing for the option {word}")  # fmt: skip
        elif not word.startswith("-"):
            urls.append(word)
    if len(urls) != 1:
        raise NotReplaced("it asks for more than one address, or for none")
    return _url(urls[0]) | ({"httpHeaders": headers} if headers else {})


def _url(text: str) -> dict[str, Any]:
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        host, port = url.hostname or "", url.port
    except ValueError:
        raise NotReplaced("its address is none") from None
    if url.scheme not in ("http", "https") or host not in _HERE or url.username:
        raise NotReplaced("it asks another host than its own, or by a login")
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    action: dict[str, Any] = {"path": path, "port": port or (443 if url.scheme == "https" else 80)}
    return action | ({"scheme": "HTTPS"} if url.scheme == "https" else {})


def _port(words: Sequence[str]) -> int:
    plain = [word for word in words[1:] if not word.startswith("-")]
    if len(plain) < 2 or plain[-2] not in _HERE or not re.fullmatch(r"\d{1,5}", plain[-1]):
        raise NotReplaced("it asks another host than its own, or a port that cannot be told")
    return int(plain[-1])


def _grpc(words: Sequence[str]) -> Mapping[str, Any]:
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        name, sign, value = rest.pop(0).lstrip("-").partition("=")
        if not sign and name not in ("tls", "tls-no-verify", "v") and rest:
            value = rest.pop(0)
        found[name] = value
    host, _, port = found.get("addr", "").rpartition(":")
    if (
        not port.isdecimal()
        or host.strip("[]") not in _HERE
        or set(found) - {"addr", "service", "connect-timeout", "rpc-timeout"}
    ):
        raise NotReplaced("the kubelet's gRPC probe has neither TLS, nor headers, nor another host")  # fmt: skip
    return {"port": int(port)} | ({"service": found["service"]} if found.get("service") else {})
