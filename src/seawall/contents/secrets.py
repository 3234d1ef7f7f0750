"""Secrets by the forms that their makers gave them; a word that only looks random is none.

The forms are public: https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
and the makers' own pages. A marker is looked for first, for it is many times faster than the expression.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from seawall.model import Secret

SIZE_MAX = 1 << 20
"""Bytes of a file that is looked into. Settings and keys are some thousand."""

LINE_MAX = 4096
_MOST = 50
_NEVER = re.compile(rb"example|EXAMPLE|xxxx|XXXX|\.\.\.|<[^>]*>|\$\{|\{\{|changeme|placeholder|dummy|your[_-]?")


class Form(msgspec.Struct, frozen=True):
    """`marker` is in every such secret; `pattern` has the secret itself in its first group, or is it whole.

    `entropy` is the least information of a letter of it, in bits: below that it is a word.
    """

    what: str
    marker: bytes
    pattern: re.Pattern[bytes]
    entropy: float = 0.0


def _form(what: str, marker: bytes, pattern: bytes, entropy: float = 0.0) -> Form:
    return Form(what, marker, re.compile(pattern), entropy)


FORMS = (
    _form(
        "private key",
        b"PRIVATE KEY",
        rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s)+((?:[A-Za-z-]+: .*\s+)*[A-Za-z0-9+/=]{40})",
    ),
    _form("AWS access key", b"AKIA", rb"\b(AKIA[A-Z2-7]{16})\b", 3.0),
    _form("AWS secret key", b"aws_secret", rb"aws_secret_access_key['\"]?\s*[:=]\s*['\"]?([A-Za-z0-9/+]{40})\b", 4.0),
    _form("Azure storage key", b"AccountKey=", rb"AccountKey=([A-Za-z0-9+/]{86}==)", 4.0),
    _form("Azure shared access key", b"SharedAccessKey=", rb"SharedAccessKey=([A-Za-z0-9+/]{43}=)", 4.0),
    _form("Azure client secret", b"8Q~", rb"\b([A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{34})(?![A-Za-z0-9_~.-])", 4.0),
    _form("Azure SAS token", b"sig=", rb"[?&]sv=20\d\d-[^\s'\"]*?\bsig=([A-Za-z0-9%+/]{43,60}(?:%3D|=))", 4.0),
    _form("GitHub token", b"gh", rb"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b", 3.5),
    _form("GitHub token", b"github_pat_", rb"\b(github_pat_[A-Za-z0-9_]{82})\b", 3.5),
    _form("GitLab token", b"glpat-", rb"\b(glpat-[A-Za-z0-9_-]{20,})", 3.5),
    _form("Slack token", b"xox", rb"\b(xox[abpors]-\d{8,}-[A-Za-z0-9-]{20,})", 3.0),
    _form("Slack webhook", b"hooks.slack.com", rb"(hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/\w{24})"),
    _form("Google API key", b"AIza", rb"\b(AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])", 3.5),
    _form("npm token", b"npm_", rb"\b(npm_[A-Za-z0-9]{36})\b", 3.5),
    _form("npm token", b"_authToken", rb"_authToken\s*=\s*['\"]?([A-Za-z0-9_.+/=-]{20,})", 3.0),
    _form("PyPI token", b"pypi-AgE", rb"\b(pypi-AgE[A-Za-z0-9_-]{50,})", 3.5),
    _form("Stripe key", b"k_live_", rb"\b([sr]k_live_[A-Za-z0-9]{20,})\b", 3.5),
    _form("OpenAI key", b"sk-", rb"\b(sk-(?:proj-)?[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20,})", 3.5),
    _form("SendGrid key", b"SG.", rb"\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})\b", 3.5),
    _form("Docker login", b'"auth"', rb'"auth"\s*:\s*"([A-Za-z0-9+/]{12,}={0,2})"'),
    _form("JSON web token", b"eyJ", rb"\b(eyJ[A-Za-z0-9_-]{17,}\.eyJ[A-Za-z0-9_-]{17,}\.[A-Za-z0-9_-]{27,})", 4.0),
    _form(
        "password in a URL", b"://", rb"\b[a-z][a-z0-9+]{2,12}://[A-Za-z0-9_.%-]{1,64}:([^\s:/@'\"<>{}$]{6,64})@[\w.-]+"
    ),
)
ASSIGNED = _form(
    "password in a setting",
    b"",
    rb"(?im)^\s*(?:export\s+|ENV\s+|ARG\s+)?[A-Z0-9_.-]*(?:PASSWORD|PASSWD|SECRET(?:_?KEY)?|API_?KEY|TOKEN)"
    rb"['\"]?\s*[:=]\s*['\"]?([^\s'\"#]{8,200})",
    3.0,
)
"""Asked only of files that hold settings and of an image's own variables: elsewhere it is mostly code."""

_NETRC = _form("password in .netrc", b"password", rb"\bpassword\s+(\S{4,200})")
_PYPIRC = _form("password in .pypirc", b"password", rb"(?m)^\s*password\s*[:=]\s*(\S{4,200})")
_GIT = _form("git credentials", b"@", rb"://[^\s:/]+:([^\s@]{4,200})@")
_KUBE = _form("key in a kubeconfig", b"client-key-data", rb"client-key-data:\s*([A-Za-z0-9+/=]{40,})")
_KUBE_TOKEN = _form("token in a kubeconfig", b"token", rb"(?m)^\s+token:\s*([A-Za-z0-9_.-]{20,})")

NAMED: dict[str, tuple[Form, ...]] = {
    ".netrc": (_NETRC,),
    ".pypirc": (_PYPIRC,),
    ".git-credentials": (_GIT,),
    ".env": (ASSIGNED,),
    "credentials": (),
    ".npmrc": (),
    ".dockercfg": (),
    "kubeconfig": (_KUBE, _KUBE_TOKEN),
    "kubelet.conf": (_KUBE, _KUBE_TOKEN),
    "terraform.tfstate": (ASSIGNED,),
    "id_rsa": (),
    "id_dsa": (),
    "id_ecdsa": (),
    "id_ed25519": (),
}
"""Files that are made to hold secrets, wherever they are, and what is asked of them beside the forms."""

_ENDINGS = (
    *(".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".config", ".properties", ".xml", ".env", ".tfvars"),
    *(".pem", ".key", ".p8", ".ppk", ".txt", ".sh", ".py", ".js", ".ts", ".rb", ".php", ".sql", ".tf"),
)
_SYSTEM = ("usr/", "lib/", "lib64/", "bin/", "sbin/", "var/lib/", "proc/", "sys/", "opt/java/", "etc/ssl/certs/")
_LIBRARIES = re.compile(
    r"/(?:node_modules|site-packages|dist-packages|gems|vendor|testdata|tests?|fixtures|examples?|__tests__)/"
)


def may_hold(path: str) -> bool:
    """True for a file that somebody may have put a secret in: not for those of the system, libraries and tests."""
    folder, _, name = path.rpartition("/")
    if _LIBRARIES.search(f"/{folder}/"):
        return False
    if name in NAMED or name.startswith(".env") or path.endswith((".kube/config", ".docker/config.json")):
        return True
    if path.startswith(("etc/ssh/ssh_host_", "usr/src/app/", "usr/local/app/")):
        return not name.endswith(".pub")
    return name.endswith(_ENDINGS) and not path.startswith(_SYSTEM)


def readable(content: bytes) -> bool:
    """False for what is too large to be looked into, and for what is no text in a form that is known."""
    return len(content) <= SIZE_MAX and b"\0" not in content[:4096]


def in_file(path: str, content: bytes) -> Iterator[Secret]:
    """The secrets in a `readable` file, each with its line."""
    name = path.rpartition("/")[2]
    own = NAMED.get(name, ())
    if path.endswith(".kube/config"):
        own = NAMED["kubeconfig"]
    elif name.startswith(".env"):
        own = NAMED[".env"]
    yield from _found(content, own, path=path)


def in_text(text: str, place: str) -> Iterator[Secret]:
    """The secrets in a variable or a build step; `place` names it."""
    yield from _found(text.encode("utf-8", "replace"), (ASSIGNED,), place=place)


def _found(content: bytes, own: tuple[Form, ...], *, path: str = "", place: str = "") -> Iterator[Secret]:
    seen = set[tuple[int, int]]()
    for form in (*FORMS, *own):
        if form.marker and form.marker not in content:
            continue
        left = _MOST
        for match in form.pattern.finditer(content):
            found = match[1]
            start = match.start(1)
            if _NEVER.search(found) or _information(found) < form.entropy or any(a <= start < b for a, b in seen):
                continue
            seen.add(match.span(1))
            line = content.count(b"\n", 0, match.start()) + 1 if path else 0
            hint = "" if form.what == "private key" else f"{found[:4].decode('utf-8', 'replace')}…"
            yield Secret(what=form.what, path=path, line=line, place=place, hint=hint)
            left -= 1
            if not left:
                break


def _information(text: bytes) -> float:
    """Bits a letter, by how often each occurs."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
