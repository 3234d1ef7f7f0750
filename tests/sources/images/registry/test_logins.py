"""Where logins come from: Docker's configuration, its helpers, and identities of Entra. None of them is real."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from seawall.errors import FetchError, Malformed, SeawallError, UsageError
from seawall.safe.http import Client
from seawall.safe.limits import Limits
from seawall.sources.images.registry.access import Access, Identity
from seawall.sources.images.registry.docker_config import DockerConfig
from seawall.sources.images.registry.entra import Entra
from seawall.sources.images.registry.login import Chain, Login, run
from seawall.sources.images.registry.opening import open_reference
from seawall.sources.images.registry.reference import parse


def nothing(command: Sequence[str], stdin: str) -> tuple[int, str]:
    return 127, ""


def config(path: Path, document: object) -> Path:
    (path / "config.json").write_text(json.dumps(document))
    return path / "config.json"


def encoded(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("registry.example.io", "registry.example.io"),
        ("https://registry.example.io", "registry.example.io"),
        ("https://registry.example.io/v2/", "registry.example.io"),
        ("localhost:5000", "localhost:5000"),
        ("https://index.docker.io/v1/", "docker.io"),
    ],
)
def test_auths(tmp_path: Path, key: str, host: str, secret: str) -> None:
    place = DockerConfig(config(tmp_path, {"auths": {"other.io": {}, key: encoded("me", secret)}}), run=nothing)
    assert place.login(host, "") == Login(username="me", password=secret)
    assert place.login("other.io", "") is None
    assert place.login(f"evil.{host}", "") is None


def test_az_acr_login_leaves_an_identity_token(tmp_path: Path, secret: str) -> None:
    entry = encoded("00000000-0000-0000-0000-000000000000", "") | {"identitytoken": secret}
    place = DockerConfig(config(tmp_path, {"auths": {"x.azurecr.io": entry}}), run=nothing)
    login = place.login("x.azurecr.io", "")
    assert login
    assert login.identity_token == secret


def test_helpers(tmp_path: Path, secret: str) -> None:
    asked = []

    def helper(command: Sequence[str], stdin: str) -> tuple[int, str]:
        asked.append((*command, stdin))
        if "none" in stdin:
            return 1, "credentials not found in native keychain\n"
        user = "<token>" if "azurecr" in stdin else "me"
        return 0, json.dumps({"ServerURL": stdin, "Username": user, "Secret": secret})

    document = {
        "credsStore": "desktop",
        "credHelpers": {"x.azurecr.io": "acr-env"},
        "auths": {"none.io": encoded("own", "own")},
    }
    place = DockerConfig(config(tmp_path, document), run=helper)
    assert place.login("x.azurecr.io", "") == Login(identity_token=secret)
    assert place.login("docker.io", "") == Login(username="me", password=secret)
    assert place.login("none.io", "") == Login(username="own", password="own")
    assert asked == [
        ("docker-credential-acr-env", "get", "x.azurecr.io"),
        ("docker-credential-desktop", "get", "https://index.docker.io/v1/"),
        ("docker-credential-desktop", "get", "none.io"),
    ]


@pytest.mark.parametrize("answer", [(1, "boom"), (127, ""), (0, "no json"), (0, '{"Username": 1}'), (0, "[]")])
def test_a_helper_that_fails_is_named_and_its_words_are_not(
    tmp_path: Path, answer: tuple[int, str], secret: str
) -> None:
    place = DockerConfig(
        config(tmp_path, {"credsStore": "pass"}), run=lambda command, stdin: (answer[0], answer[1] + secret)
    )
    with pytest.raises(SeawallError, match="docker-credential-pass") as caught:
        place.login("a.io", "")
    assert secret not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("name", ["../evil", "a b", "x;y", ""])
def test_a_helper_is_a_plain_name(tmp_path: Path, name: str) -> None:
    place = DockerConfig(config(tmp_path, {"credHelpers": {"a.io": name}}), run=lambda *_: pytest.fail("was run"))
    if name:
        with pytest.raises(UsageError):
            place.login("a.io", "")
    else:
        assert place.login("a.io", "") is None


def test_a_real_helper_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "docker-credential-test"
    script.write_text('#!/bin/sh\nread host\necho "{\\"Username\\": \\"me\\", \\"Secret\\": \\"of-$host\\"}"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    place = DockerConfig(config(tmp_path, {"credsStore": "test"}))
    assert place.login("a.io", "") == Login(username="me", password="of-a.io")
    assert run(("nobody-has-this-program",), "") == (127, "")
    with pytest.raises(UsageError, match="no answer"):
        run(("sleep", "5"), "", seconds=0.05)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"auths": []}', '{"auths": {"a.io": {"auth": "!!"}}}'])
def test_a_broken_configuration(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(Malformed):
        DockerConfig(tmp_path / "config.json", run=nothing).login("a.io", "")


def test_no_configuration_is_no_login(tmp_path: Path) -> None:
    assert DockerConfig(tmp_path / "config.json").login("a.io", "") is None


def test_no_secret_is_shown(secret: str) -> None:
    identity = Identity(client_secret=secret)
    shown = [Login(password=secret, identity_token=secret), identity, Access(identity=identity)]
    assert secret not in repr(shown) + str(shown)


# Azure


@pytest.fixture
def entra(fake: Any, secret: str) -> Callable[..., Entra]:
    """Entra, the metadata service and the registry, all played by one server; `az` by a function."""

    def token(handler: Any) -> None:
        handler.json({"token_type": "Bearer", "access_token": f"entra-{secret}"})

    def exchange(handler: Any) -> None:
        form = parse_qs(fake.seen[-1].body)
        known = form["access_token"] == [f"entra-{secret}"] and form["service"] == [fake.host]
        handler.json({"refresh_token": secret}) if known else handler.answer(401)

    fake.routes |= {"/tenant/oauth2/v2.0/token": token, "/oauth2/exchange": exchange}

    def make(run: Any = nothing, *, managed: bool = False, **identity: str) -> Entra:
        if managed:
            fake.routes["/metadata/identity/oauth2/token"] = token
        client = Client(Limits(http_retries=0), user_agent="test")
        me = Identity(authority=fake.url, **identity)
        return Entra(me, client=client, near=client, run=run, suffixes=(fake.host,), metadata=fake.url)

    return make


def form_of(fake: Any, path: str) -> dict[str, list[str]]:
    return parse_qs(next(seen.body for seen in fake.seen if seen.path == path))


def test_a_client_secret(fake: Any, entra: Callable[..., Entra], secret: str) -> None:
    login = entra(tenant="tenant", client_id="app", client_secret="hush").login(fake.host, fake.url)
    assert login == Login(identity_token=secret)
    asked = form_of(fake, "/tenant/oauth2/v2.0/token")
    assert (asked["client_secret"], asked["grant_type"]) == (["hush"], ["client_credentials"])
    assert asked["scope"] == ["https://containerregistry.azure.net/.default"]
    assert form_of(fake, "/oauth2/exchange")["tenant"] == ["tenant"]


def test_workload_identity(fake: Any, entra: Callable[..., Entra], tmp_path: Path, secret: str) -> None:
    (tmp_path / "token").write_text("projected\n")
    place = entra(tenant="tenant", client_id="app", token_file=str(tmp_path / "token"))
    assert place.login(fake.host, fake.url) == Login(identity_token=secret)
    assert form_of(fake, "/tenant/oauth2/v2.0/token")["client_assertion"] == ["projected"]


def test_az(fake: Any, entra: Callable[..., Entra], secret: str) -> None:
    asked = []

    def az(command: Sequence[str], stdin: str) -> tuple[int, str]:
        asked.append(" ".join(command))
        return 0, json.dumps({"accessToken": f"entra-{secret}", "tenant": "of-az", "expiresOn": "2026"})

    assert entra(az).login(fake.host, fake.url) == Login(identity_token=secret)
    assert asked == ["az account get-access-token --resource https://containerregistry.azure.net --output json"]
    assert form_of(fake, "/oauth2/exchange")["tenant"] == ["of-az"]


def test_a_managed_identity(fake: Any, entra: Callable[..., Entra], secret: str) -> None:
    assert entra(managed=True, client_id="mine").login(fake.host, fake.url) == Login(identity_token=secret)
    assert fake.seen[0].headers["metadata"] == "true"
    assert "client_id=mine" in fake.seen[0].path


def test_no_identity_is_no_login_and_other_hosts_get_none(fake: Any, entra: Callable[..., Entra]) -> None:
    assert entra().login(fake.host, fake.url) is None
    assert not fake.paths("/oauth2/exchange")
    fake.seen.clear()
    assert entra(tenant="tenant", client_id="a", client_secret="b").login("evil.io", "https://evil.io") is None
    assert fake.seen == []


def test_what_entra_or_the_registry_refuses(fake: Any, entra: Callable[..., Entra], secret: str) -> None:
    fake.routes["/tenant/oauth2/v2.0/token"] = lambda handler: handler.answer(401, secret.encode())
    place = entra(tenant="tenant", client_id="app", client_secret=secret)
    with pytest.raises(FetchError, match="the login is refused") as caught:
        place.login(fake.host, fake.url)
    assert secret not in str(caught.value) + caught.value.hint
    fake.routes["/tenant/oauth2/v2.0/token"] = lambda handler: handler.json({"access_token": "of nobody"})
    with pytest.raises(FetchError, match="oauth2/exchange"):
        place.login(fake.host, fake.url)


def test_an_image_of_azure_from_identity_to_layers(
    fake: Any, entra: Callable[..., Entra], reach: Callable[..., Any], push: Callable[..., str], make: Any, secret: str
) -> None:
    push(fake, "team/app:1", make.layer(("file", "a", "1")))
    fake.auth = "bearer"
    place = entra(tenant="tenant", client_id="app", client_secret="hush")
    registries = reach(logins=Chain(DockerConfig(Path("/nonexistent")), place))
    assert open_reference(parse(f"{fake.host}/team/app:1"), registries).image.platform == "linux/amd64"
    assert form_of(fake, "/token")["refresh_token"] == [secret]
