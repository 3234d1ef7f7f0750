"""What a secret looks like: names of variables, known forms of tokens, names of files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NAMES = re.compile(
    r"(?i)(?:^|_)(?:passw(?:or)?d|passwd|pwd|passphrase|secrets?|tokens?|api_?keys?|access_?keys?|private_?keys?"
    r"|secret_?keys?|account_?keys?|credentials?|auth|connection_?strings?|sas)(?:_|$)|(?:password|secret|apikey|token)$"
)
_NO_SECRET = re.compile(
    r"(?i)_(?:file|path|dir|url|uri|name|id|length|ttl|expir\w*|type|header|policy|version|algorithm|issuer|enabled)$"
    r"|^(?:no|disable|enable|require|use|skip)_|^pwd$|^oldpwd$|^tokenizers?_|^auth_(?:method|mode|provider)$|^public_"
)
_EMPTY = re.compile(r"(?i)|true|false|yes|no|none|null|\d{1,2}|change_?me|/[\w./-]*|<.*>|\*+")
_TOKENS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    "a GitLab token": r"\bglpat-[\w-]{20,}",
    "a Slack token": r"\bxox[abprs]-[\w-]{10,}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-AgE[\w-]{50,}",
    "an Azure storage key": r"\bAccountKey=[A-Za-z0-9+/]{86}==",
    "an Azure shared access signature": r"[?&]sig=[A-Za-z0-9%/+]{30,}",
    "a Google API key": r"\bAIza[\w-]{35}\b",
    "a Stripe key": r"\b[sr]k_live_[A-Za-z0-9]{20,}",
    "a JSON web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
}
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]+:([^\s/@'\"]+)@", re.IGNORECASE)
_FILES = re.compile(
    r"(?i)(?:\.env(?:\.(?!example|sample|template|dist)\w+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.npmrc|\.pypirc|\.netrc|_netrc"
    r"|\.git-credentials|\.htpasswd|\.pgpass|\.dockercfg|\.dockerconfigjson|kubeconfig|.+\.kubeconfig|.+\.(?:key|pfx|p12"
    r"|jks|keystore|ppk|kdbx)|(?:.*[_-])?credentials(?:\.\w+)?|.*secrets?\.(?:ya?ml|json|env|toml)|terraform\.tfstate"
    r"|.+\.tfvars|service[_-]account.*\.json|azureauth\.json|accesstokens\.json|master\.key)"
)
_FOLDERS = frozenset((".ssh", ".aws", ".azure", ".kube", ".gnupg", ".docker"))


def names_secret(name: str) -> bool:
    """Whether a variable of that name holds a secret."""
    return bool(_NAMES.search(name)) and not _NO_SECRET.search(name)


def is_value(value: str) -> bool:
    """Whether it may be a secret: not empty, no switch, no path, no placeholder."""
    return not _EMPTY.fullmatch(value)


def token_in(text: str) -> str:
    """What kind of token is in the text, "" for none that is known."""
    for kind, pattern in _TOKENS.items():
        if re.search(pattern, text):
            return kind
    match = _IN_URL.search(text)
    return "a password in a URL" if match and "$" not in match[1] and is_value(match[1]) else ""


def is_secret_file(path: str) -> bool:
    """By its name."""
    pure = PurePosixPath(path.replace("\\", "/"))
    return bool(_FILES.fullmatch(pure.name)) or pure.name in _FOLDERS or bool(_FOLDERS.intersection(pure.parts))
