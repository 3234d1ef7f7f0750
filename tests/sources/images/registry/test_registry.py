"""Images from a registry: the choice, the login, the stream of a layer, and everything that goes wrong with them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from seawall.errors import FetchError, LimitExceeded, Malformed, SeawallError, Unsupported
from seawall.safe.limits import Limits
from seawall.sources.images.image import ImageSource
from seawall.sources.images.read import read
from seawall.sources.images.registry.login import Login
from seawall.sources.images.registry.opening import Registries, open_reference, sweep
from seawall.sources.images.registry.reference import parse

OCI = "application/vnd.oci.image."
Reach = Callable[..., Registries]
Push = Callable[..., str]


def files(source: ImageSource, **options: Any) -> dict[str, str]:
    read_image = read(source, wants=lambda path: True, visit=lambda path, content: content.decode(), **options)
    return {path: content for path, content, _ in read_image.tree.results()}


def pull(fake: Any, registries: Registries, name: str = "team/app:1", **options: Any) -> dict[str, str]:
    return files(open_reference(parse(f"{fake.host}/{name}"), registries, **options))


@pytest.fixture
def layers(make: SimpleNamespace) -> tuple[bytes, bytes]:
    upper = make.layer(("file", "etc/b", "B" * 300_000), ("whiteout", "etc/gone"))
    return make.layer(("file", "etc/a", "A"), ("file", "etc/gone", "x")), upper


@pytest.fixture
def image(fake: Any, push: Push, layers: tuple[bytes, bytes]) -> str:
    return push(fake, "team/app:1", *layers, packing="plain")


def test_an_image_is_streamed(fake: Any, reach: Reach, image: str) -> None:
    source = open_reference(parse(f"{fake.host}/team/app:1"), reach())
    assert fake.paths("/blobs/") == [
        f"/v2/team/app/blobs/{json.loads(fake.manifests['team/app', '1'][1])['config']['digest']}"
    ]
    assert source.image.name == f"{fake.host}/team/app:1"
    assert source.image.digest == image
    assert files(source) == {"etc/a": "A", "etc/b": "B" * 300_000}
    assert len(fake.paths("/blobs/")) == 3


def test_a_digest_says_which_image(fake: Any, reach: Reach, image: str, push: Push, make: SimpleNamespace) -> None:
    push(fake, "team/app:1", make.layer(("file", "new", "x")))
    assert set(pull(fake, reach(), f"team/app:1@{image}")) == {"etc/a", "etc/b"}
    kind, content = fake.manifests["team/app", "1"]
    fake.manifests["team/app", image] = kind, content
    with pytest.raises(Malformed, match="its digest is"):
        pull(fake, reach(), f"team/app@{image}")


def test_a_variant_is_chosen_without_reading_the_others(fake: Any, reach: Reach, push: Push, make: Any) -> None:
    entries = []
    for platform in ("linux/amd64", "linux/arm64/v8", "windows/amd64"):
        digest = push(
            fake, f"team/app:{platform.replace('/', '-')}", make.layer(("file", platform, "x")), platform=platform
        )
        system, architecture, *variant = platform.split("/")
        place = {"os": system, "architecture": architecture, "variant": "".join(variant)}
        entries.append({"digest": digest, "mediaType": f"{OCI}manifest.v1+json", "platform": place})
    entries.append({"digest": "sha256:" + "0" * 64, "platform": {"os": "unknown", "architecture": "unknown"}})
    fake.manifest("team/app", "1", {"schemaVersion": 2, "manifests": entries}, f"{OCI}index.v1+json")
    source = open_reference(parse(f"{fake.host}/team/app:1"), reach())
    assert source.image.platform == "linux/amd64"
    assert [gap.what for gap in source.image.not_assessed] == ["image for linux/arm64/v8, windows/amd64"]
    assert len(fake.paths("/manifests/")) == 2
    assert set(pull(fake, reach(), platform="linux/arm64")) == {"linux/arm64/v8"}
    with pytest.raises(Unsupported, match="there are linux/amd64, linux/arm64/v8, windows/amd64"):
        pull(fake, reach(), platform="linux/s390x")
    with pytest.raises(Unsupported, match="no image for linux/arm64; there are linux/amd64"):
        pull(fake, reach(), "team/app:linux-amd64", platform="linux/arm64")


def test_indexes_do_not_nest_for_ever(fake: Any, reach: Reach) -> None:
    entry = {"mediaType": f"{OCI}index.v1+json", "digest": ""}
    below = fake.manifest("team/app", "x", {"schemaVersion": 2, "manifests": []}, f"{OCI}index.v1+json")
    for depth in range(8):
        document = {"schemaVersion": 2, "manifests": [entry | {"digest": below}], "annotations": {"n": str(depth)}}
        below = fake.manifest("team/app", "1", document, f"{OCI}index.v1+json")
    with pytest.raises(Unsupported, match="nest more than 4 deep"):
        pull(fake, reach())


def test_what_is_no_image_is_said_to_be_none(fake: Any, reach: Reach) -> None:
    config = fake.blob(b"{}") | {"mediaType": "application/vnd.cncf.helm.config.v1+json"}
    fake.manifest("team/chart", "1", {"schemaVersion": 2, "config": config, "layers": []}, f"{OCI}manifest.v1+json")
    fake.manifest("team/old", "1", {"schemaVersion": 1, "fsLayers": []}, "application/json")
    with pytest.raises(Unsupported, match="helm"):
        pull(fake, reach(), "team/chart:1")
    with pytest.raises(Unsupported, match="schema version 1"):
        pull(fake, reach(), "team/old:1")


# the login


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_a_login_opens(fake: Any, reach: Reach, image: str, robot: Login, auth: str, secret: str) -> None:
    fake.auth = auth
    assert set(pull(fake, reach(robot))) == {"etc/a", "etc/b"}
    assert len(fake.paths("/token")) == (auth == "bearer")
    with pytest.raises(FetchError, match="refuses") as caught:
        pull(fake, reach(Login(username="robot", password="wrong")))
    assert secret not in str(caught.value) + caught.value.hint


def test_an_identity_token_is_posted_never_put_in_an_address(fake: Any, reach: Reach, image: str, secret: str) -> None:
    fake.auth = "bearer"
    assert pull(fake, reach(Login(identity_token=secret)))
    (asked,) = [seen for seen in fake.seen if seen.path.startswith("/token")]
    assert asked.method == "POST"
    assert "grant_type=refresh_token" in asked.body
    assert "scope=repository%3Ateam%2Fapp%3Apull" in asked.body
    assert not any(secret in seen.path for seen in fake.seen)


def test_anybody_may_pull_what_is_public(fake: Any, reach: Reach, image: str) -> None:
    fake.auth, fake.anonymous = "bearer", True
    assert pull(fake, reach())
    fake.anonymous = False
    with pytest.raises(FetchError, match="wants a login") as caught:
        pull(fake, reach())
    assert f"docker login {fake.host}" in caught.value.hint


def test_a_token_that_ran_out_is_fetched_anew_once(fake: Any, reach: Reach, image: str, robot: Login) -> None:
    fake.auth = "bearer"
    source = open_reference(parse(f"{fake.host}/team/app:1"), reach(robot))
    fake.tokens.clear()
    assert files(source)
    assert len(fake.paths("/token")) == 2
    fake.faults["/token"] = [lambda handler: handler.json({"token": "useless"}) is None] * 9
    with pytest.raises(FetchError, match="refuses"):
        pull(fake, reach(robot))


def test_threads_share_one_token(fake: Any, reach: Reach, image: str, robot: Login) -> None:
    fake.auth = "bearer"
    registry = reach(robot).at(fake.host)
    threads = [threading.Thread(target=registry.manifest, args=("team/app", "1")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake.paths("/token")) == 1


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", 'Bearer realm=""', 'Bearer realm="ftp://x/"', 'Bearer realm="file:///etc/passwd"', "Negotiate",
        'Bearer realm="http://[', "Basic", 'Bearer realm="http://127.0.0.1:1/token"', ",,,=", "B" * 100_000,
    ],
)  # fmt: skip
def test_hostile_challenges(fake: Any, reach: Reach, header: str) -> None:
    fake.routes["/v2/team/app/manifests/1"] = lambda handler: handler.answer(401, WWW_Authenticate=header[:60_000])
    with pytest.raises(FetchError):
        pull(fake, reach(limits=Limits(http_retries=0)))


@pytest.mark.parametrize("answer", [{}, {"token": ""}, {"token": "a b"}, {"token": "x\r\nHost: y"}, [], {"token": 1}])
def test_hostile_tokens(fake: Any, reach: Reach, image: str, answer: object) -> None:
    fake.auth = "bearer"
    fake.routes["/token"] = lambda handler: handler.json(answer)
    with pytest.raises((FetchError, Malformed)):
        pull(fake, reach())


def test_credentials_follow_no_redirect(
    fake: Any, fakes: Callable[[], Any], reach: Reach, image: str, robot: Login, secret: str
) -> None:
    fake.auth, storage = "bearer", fakes()
    storage.blobs = fake.blobs
    for digest in fake.blobs:
        path = f"/v2/team/app/blobs/{digest}"
        place = storage.url + path + "?sig=abc"
        fake.routes[path] = lambda handler, place=place: (
            handler.answer(307, Location=place) if handler.allowed() else handler.challenge()
        )
    assert set(pull(fake, reach(robot))) == {"etc/a", "etc/b"}
    assert len(storage.seen) == 3
    assert not any("authorization" in seen.headers or secret in str(seen) for seen in storage.seen)


def test_a_refusal_from_behind_a_redirect_gets_no_login(
    fake: Any, fakes: Callable[[], Any], reach: Reach, image: str, robot: Login
) -> None:
    other = fakes()
    other.auth = "basic"
    config = json.loads(fake.manifests["team/app", "1"][1])["config"]["digest"]
    path = f"/v2/team/app/blobs/{config}"
    fake.routes[path] = lambda handler: handler.answer(302, Location=other.url + path)
    with pytest.raises(FetchError, match="refuses"):
        pull(fake, reach(robot))
    assert not any("authorization" in seen.headers for seen in other.seen)


# what goes wrong on the way


def blob_path(fake: Any, index: int) -> str:
    digest = json.loads(fake.manifests["team/app", "1"][1])["layers"][index]["digest"]
    return f"/v2/team/app/blobs/{digest}"


def test_a_cut_layer_is_taken_up_where_it_broke(fake: Any, reach: Reach, image: str) -> None:
    path = blob_path(fake, 1)
    content = fake.blobs[path.rpartition("/")[2]]

    def again(handler: Any) -> bool:
        first = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        span = f"bytes {first}-{len(content) - 1}/{len(content)}"
        handler.cut(content[first:], 100_000, 206, Content_Range=span)
        return True

    fake.faults[path] = [lambda handler: handler.cut(content, 70_000) is None, again]
    assert len(pull(fake, reach())["etc/b"]) == 300_000
    ranges = [seen.headers.get("range", "") for seen in fake.seen if seen.path == path]
    assert ranges[0] == ""
    assert [int(each[6:-1]) for each in ranges[1:]] == [70_000, 170_000]


def test_a_server_without_ranges_sends_it_all_again(fake: Any, reach: Reach, image: str) -> None:
    path = blob_path(fake, 1)
    content = fake.blobs[path.rpartition("/")[2]]
    fake.routes[path] = lambda handler: handler.answer(200, content)
    fake.faults[path] = [lambda handler: handler.cut(content, 70_001) is None]
    assert len(pull(fake, reach())["etc/b"]) == 300_000


def test_a_part_that_was_not_asked_for_is_refused(fake: Any, reach: Reach, image: str) -> None:
    path = blob_path(fake, 1)
    content = fake.blobs[path.rpartition("/")[2]]
    span = f"bytes 5-{len(content) - 1}/{len(content)}"
    fake.faults[path] = [
        lambda handler: handler.cut(content, 70_000) is None,
        lambda handler: handler.answer(206, content[5:], Content_Range=span) is None,
    ]
    with pytest.raises(FetchError, match="another part"):
        pull(fake, reach())


def test_a_connection_that_always_breaks_is_given_up(fake: Any, reach: Reach, image: str) -> None:
    path = blob_path(fake, 1)
    content = fake.blobs[path.rpartition("/")[2]]
    fake.routes[path] = lambda handler: handler.cut(content, 10)
    with pytest.raises(FetchError, match="broke off"):
        pull(fake, reach(limits=Limits(http_retries=2)))
    assert len(fake.paths(path)) == 3


@pytest.mark.parametrize("change", [lambda b: b[:-1] + b"\x01", lambda b: b + b"x", lambda b: b[:-600], lambda b: b""])
def test_other_bytes_than_the_digest_says(
    fake: Any, reach: Reach, image: str, change: Callable[[bytes], bytes]
) -> None:
    digest = blob_path(fake, 1).rpartition("/")[2]
    fake.blobs[digest] = change(fake.blobs[digest])
    with pytest.raises(Malformed):
        pull(fake, reach())


def test_a_layer_longer_than_the_manifest_says_is_not_read_to_its_end(fake: Any, reach: Reach, image: str) -> None:
    path, sent = blob_path(fake, 1), []

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while len(sent) < 5_000:
            handler.wfile.write(b"10000\r\n" + bytes(65_536) + b"\r\n")
            sent.append(1)

    fake.routes[path] = endless
    with pytest.raises(Malformed, match="but the manifest says"):
        pull(fake, reach())
    assert len(sent) < 500


def test_a_busy_registry_is_waited_for(fake: Any, reach: Reach, image: str) -> None:
    busy = [lambda handler, status=status: handler.answer(status, Retry_After="1") is None for status in (429, 503)]
    fake.faults["/v2/team/app/manifests/1"] = list(busy)
    fake.faults[blob_path(fake, 0)] = list(busy)
    assert pull(fake, reach())
    fake.faults["/v2/team/app/manifests/1"] = [lambda handler: handler.answer(429, Retry_After="3600") is None] * 2
    with pytest.raises(FetchError, match="429"):
        pull(fake, reach())


def test_a_slow_registry_is_left(fake: Any, reach: Reach, image: str) -> None:
    path, gone = blob_path(fake, 1), threading.Event()

    def trickle(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "300000")
        handler.end_headers()
        while not gone.wait(0.02):
            handler.wfile.write(b"x")

    fake.routes[path] = trickle
    with pytest.raises(LimitExceeded, match="http_seconds"):
        pull(fake, reach(limits=Limits(http_seconds=1)))
    gone.set()


def test_what_is_not_there(fake: Any, reach: Reach, image: str) -> None:
    with pytest.raises(FetchError, match="no image 2 in team/app") as caught:
        pull(fake, reach(), "team/app:2")
    assert (caught.value.status, caught.value.hint) == (404, "there is 1")
    with pytest.raises(FetchError) as caught:
        pull(fake, reach(), "team/none:2")
    assert "MANIFEST_UNKNOWN" in caught.value.hint
    del fake.blobs[blob_path(fake, 1).rpartition("/")[2]]
    with pytest.raises(FetchError, match="does not have this"):
        pull(fake, reach())


def test_403_is_a_matter_of_rights(fake: Any, reach: Reach, image: str, robot: Login) -> None:
    fake.auth = "basic"
    fake.routes[blob_path(fake, 0)] = lambda handler: handler.answer(403)
    with pytest.raises(FetchError, match="this login may not read it") as caught:
        pull(fake, reach(robot))
    assert "AcrPull" in caught.value.hint


def test_a_layer_kept_elsewhere_is_reported(fake: Any, reach: Reach, image: str, layers: tuple[bytes, bytes]) -> None:
    document = json.loads(fake.manifests["team/app", "1"][1])
    document["layers"][0]["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar"
    document["layers"][0]["urls"] = ["http://169.254.169.254/"]
    fake.manifest("team/app", "2", document, f"{OCI}manifest.v1+json")
    assert set(pull(fake, reach(), "team/app:2")) == {"etc/a", "etc/b"}
    del fake.blobs[document["layers"][0]["digest"]]
    source = open_reference(parse(f"{fake.host}/team/app:2"), reach())
    assert "kept elsewhere" in source.image.not_assessed[0].why
    assert set(files(source)) == {"etc/b"}


# lists


def test_all_of_a_registry_page_by_page(fake: Any, reach: Reach, push: Push, make: Any) -> None:
    for name in ("a", "b/c", "d"):
        for tag in ("1", "2", "3", "4", "5"):
            push(fake, f"{name}:{tag}", make.layer(("file", "x", tag)), created=f"2026-01-0{6 - int(tag)}T00:00:00Z")
    failed: list[str] = []
    found = sweep(parse(f"acr://{fake.host}"), reach(), newest=0, failed=lambda where, error: failed.append(where))
    assert [str(each) for each in found] == [
        f"{fake.host}/{name}:{tag}" for name in ("a", "b/c", "d") for tag in "12345"
    ]
    newest = sweep(parse(f"{fake.host}/d"), reach(), newest=2, failed=lambda where, error: failed.append(where))
    assert [each.tag for each in newest] == ["1", "2"]
    assert failed == []


def test_azure_says_which_tags_are_the_newest(fake: Any, reach: Reach) -> None:
    def tags(handler: Any) -> None:
        page = ["5", "4"] if "last=" not in handler.path else ["3"]
        more = {"Link": '</acr/v1/team/app/_tags?last=4&n=2&orderby=timedesc>; rel="next"'} if len(page) == 2 else {}
        document = {"registry": "x", "imageName": "team/app", "tags": [{"name": name, "digest": ""} for name in page]}
        handler.json(document, **more)

    fake.routes["/acr/v1/team/app/_tags"] = tags
    assert list(reach().at(fake.host).newest_tags("team/app")) == ["5", "4", "3"]
    assert "orderby=timedesc" in fake.seen[-2].path


def test_a_repository_that_cannot_be_listed_stops_no_other(fake: Any, reach: Reach, push: Push, make: Any) -> None:
    for name in ("a", "b", "c"):
        push(fake, f"{name}:1", make.layer(("file", "x", name)))
    fake.routes["/v2/b/tags/list"] = lambda handler: handler.answer(403)
    failed: list[str] = []
    found = sweep(parse(f"acr://{fake.host}"), reach(), newest=0, failed=lambda where, error: failed.append(where))
    assert [each.repository for each in found] == ["a", "c"]
    assert failed == [f"{fake.host}/b"]


@pytest.mark.parametrize("name", ["../../etc", "a b", "A", "x\x1b[0m", "", "a//b"])
def test_hostile_names_in_lists(fake: Any, reach: Reach, name: str) -> None:
    fake.routes["/v2/_catalog"] = lambda handler: handler.json({"repositories": [name]})
    failed: list[SeawallError] = []
    found = sweep(parse(f"acr://{fake.host}"), reach(), newest=0, failed=lambda where, error: failed.append(error))
    assert list(found) == []
    assert len(failed) == (name != "")
    assert all("/v2/_catalog" in path or path == "/v2/" for path in fake.paths("/"))


@pytest.mark.parametrize("link", ["</v2/_catalog?n=1000>", "<http://169.254.169.254/>", "<//evil/v2/_catalog?last=1>"])
def test_hostile_links(fake: Any, reach: Reach, link: str) -> None:
    fake.routes["/v2/_catalog"] = lambda handler: handler.json({"repositories": []}, Link=f'{link}; rel="next"')
    with pytest.raises(Malformed, match="next page"):
        list(reach().at(fake.host).repositories())


def test_referrers_by_the_api_and_by_the_tag(fake: Any, reach: Reach, image: str) -> None:
    registry = reach().at(fake.host)
    assert registry.referrers("team/app", image) == ()
    entry = {"digest": "sha256:" + "1" * 64, "size": 2, "artifactType": "application/vnd.cyclonedx+json"}
    index = {"schemaVersion": 2, "manifests": [entry]}
    fake.manifest("team/app", image.replace(":", "-"), index, f"{OCI}index.v1+json")
    (found,) = registry.referrers("team/app", image)
    assert found.artifact_type == "application/vnd.cyclonedx+json"
    fake.routes[f"/v2/team/app/referrers/{image}"] = lambda handler: handler.json({"manifests": []})
    assert registry.referrers("team/app", image) == ()
