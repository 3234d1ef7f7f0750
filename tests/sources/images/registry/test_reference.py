"""Names of images, and what is a name rather than a path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import UsageError
from seawall.sources.images.registry.reference import is_reference, parse

D = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("org/app", "docker.io/org/app"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/org/app:1", "docker.io/org/app:1"),
        ("localhost/app", "localhost/app"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c"),
        ("[::1]:5000/app:1", "[::1]:5000/app:1"),
        ("Registry.Example.IO/team/app_x/y--z:1.2-Beta_3", "registry.example.io/team/app_x/y--z:1.2-Beta_3"),
        (f"registry.example.io/app@{D}", f"registry.example.io/app@{D}"),
        (f"registry.example.io/app:1@{D}", f"registry.example.io/app:1@{D}"),
        ("acr://contoso", "contoso.azurecr.io"),
        ("acr://contoso/team/app", "contoso.azurecr.io/team/app"),
        ("acr://contoso.azurecr.cn/app:1", "contoso.azurecr.cn/app:1"),
    ],
)
def test_names(word: str, name: str) -> None:
    assert str(parse(word)) == name


@pytest.mark.parametrize(
    "word",
    [
        "", ":", "@", "/", "a/", "/a", "a//b", "host.io/", "host.io/A", "app:", "app:-x", f"app:{'x' * 129}",
        "app@sha256:12", f"app@{D}a", "app@md5:" + "a" * 32, "a b", "a\nb", "app:1\n", "http://host.io/app",
        "host.io:port/app", "host..io/app", "../../etc/passwd", "host.io/../app", "host.io/app?x=1", "host.io/app#x",
        "user:pass@host.io/app", "host.io/a%2fb",
        "host.io/" + "a" * 256, "x" * 5000, "ünicode/app", "-host.io/app", "acr://", "acr:///app", "acr://a b", "acr://x/A",
        "acr://evil@host.io", "host.io/app:1@", "[::1/app",
    ],
)  # fmt: skip
def test_what_is_no_name(word: str) -> None:
    with pytest.raises(UsageError):
        parse(word)


def test_a_digest_beats_a_tag() -> None:
    assert parse(f"app:1@{D}").target == D
    assert parse("app:1").target == "1"
    assert parse("app").target == "latest"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("nginx", False), ("image.tar", False), ("build/image.tar", False), ("./registry.io/app:1", False),
        ("/var/app:1", False), ("../app:1", False), ("there:1", False),
        ("images.d/new.tar", False), ("C:\\image.tar", False),
        ("org/app", False), ("what is this?", False), ("a:b:c", False),
        ("nginx:1.27", True), ("org/app:1", True), (f"nginx@{D}", True), ("ghcr.io/org/app", True),
        ("localhost/app", True),
        ("localhost:5000/app", True), ("acr://x", True), ("ghcr.io/ORG/app", True),
    ],
)  # fmt: skip
def test_a_path_or_a_name(word: str, expected: bool) -> None:
    assert is_reference(word, {"there:1", "images.d"}.__contains__) is expected


@given(st.text(max_size=60))
def test_any_word_is_a_name_or_an_error_and_what_is_read_is_read_again(word: str) -> None:
    try:
        found = parse(word)
    except UsageError:
        return
    assert found.registry.isascii()
    assert not set(f"{found.repository}{found.tag}") & set(" ?#%\\@\n\r\0")
    assert ".." not in found.repository.split("/")
    if found.repository:
        assert parse(str(found)) == found
