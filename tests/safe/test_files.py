"""Files and folders: read, walked and replaced, with the oddities of real ones."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from seawall.errors import LimitExceeded, Unreadable, UsageError
from seawall.safe import files
from seawall.safe.limits import Limits

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def walked(root: Path, skip: tuple[str, ...] = (), **limits: int) -> tuple[list[str], dict[str, str]]:
    """The paths below `root` in their order, and what was not read with the reasons."""
    errors: dict[str, str] = {}

    def on_error(path: Path, reason: str) -> None:
        errors[path.relative_to(root).as_posix()] = reason

    paths = files.walk(root, on_error=on_error, skip=skip, limits=Limits(**limits))
    return [path.relative_to(root).as_posix() for path in paths], errors


def tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_read_gives_the_bytes_up_to_the_bound(tmp_path: Path) -> None:
    tree(tmp_path, "abc")
    assert files.read(tmp_path / "abc") == b"abc"
    assert files.read(tmp_path / "abc", limit="yaml_bytes", limits=Limits(yaml_bytes=3)) == b"abc"
    with pytest.raises(LimitExceeded) as caught:
        files.read(tmp_path / "abc", limit="yaml_bytes", limits=Limits(yaml_bytes=2))
    assert (caught.value.limit, caught.value.where) == ("yaml_bytes", str(tmp_path / "abc"))


def test_a_file_without_a_size_is_bounded_too() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc")
    assert b"Name:" in files.read(Path("/proc/self/status"))
    with pytest.raises(LimitExceeded):
        files.read(Path("/proc/self/status"), limits=Limits(json_bytes=10))


def test_what_cannot_be_read_is_one_error_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        files.read(tmp_path / "missing")
    assert str(caught.value) == f"{tmp_path / 'missing'}: no such file or directory"
    assert "spelling" in caught.value.hint
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull), tmp_path / "loop", tmp_path / "a\0b"):
        with pytest.raises(Unreadable):
            files.read(path)


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_a_forbidden_file_says_so(tmp_path: Path) -> None:
    tree(tmp_path, "secret")
    (tmp_path / "secret").chmod(0)
    with pytest.raises(Unreadable, match="permission denied"):
        files.read(tmp_path / "secret")


def test_walk_meets_every_file_once_in_the_order_of_names(tmp_path: Path) -> None:
    tree(tmp_path, "b/2", "b/1", "a", "c/d/e", "c.txt", ".hidden", "skip/me")
    (tmp_path / "link-to-file").symlink_to("b/2")
    (tmp_path / "link-to-folder").symlink_to("b")
    (tmp_path / "b/loop").symlink_to("..")
    assert walked(tmp_path, skip=("skip",)) == ([".hidden", "a", "b/1", "b/2", "c/d/e", "c.txt"], {})


def test_walk_does_not_leave_the_folder_and_says_what_it_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "root/a", "outside/b", "root-too/c")
    root = tmp_path / "root"
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "beside").symlink_to("../root-too/c")
    (root / "broken").symlink_to("nowhere")
    (root / "self").symlink_to("self")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(root / "sock"))
        paths, errors = walked(root)
    assert paths == ["a"]
    assert set(errors) == {"out", "beside", "broken", "self", "pipe", "sock"}
    assert "out of this folder" in errors["out"]
    assert "leads nowhere" in errors["broken"]
    assert "pipe" in errors["pipe"]


def test_walk_of_a_linked_folder_is_a_walk_of_the_folder(tmp_path: Path) -> None:
    tree(tmp_path, "real/a")
    (tmp_path / "real/same").symlink_to("a")
    (tmp_path / "link").symlink_to("real")
    assert walked(tmp_path / "link") == (["a"], {})


def test_walk_is_bounded(tmp_path: Path) -> None:
    tree(tmp_path, *(f"{number}/{number}" for number in range(10)), "x/y/z/deep")
    with pytest.raises(LimitExceeded, match="folder_entries"):
        walked(tmp_path, folder_entries=23)
    assert len(walked(tmp_path, folder_entries=24)[0]) == 11
    assert len(walked(tmp_path, folder_depth=3)[0]) == 11
    paths, errors = walked(tmp_path, folder_depth=2)
    assert len(paths) == 10
    assert list(errors) == ["x/y/z"]
    assert "folder_depth" in errors["x/y/z"]


def test_walk_goes_on_where_a_folder_cannot_be_listed(tmp_path: Path) -> None:
    tree(tmp_path, "a/1", "b/2")
    seen = files.walk(tmp_path, on_error=lambda path, reason: errors.append((path.name, reason)))
    errors: list[tuple[str, str]] = []
    assert next(seen).name == "1"
    (tmp_path / "b/2").unlink()
    (tmp_path / "b").rmdir()
    assert list(seen) == []
    assert errors == [("b", "no such file or directory")]


def test_walk_of_no_folder_is_an_error(tmp_path: Path) -> None:
    tree(tmp_path, "file")
    for path in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(Unreadable):
            list(files.walk(path, on_error=lambda *_: None))


def test_replace_shows_the_new_file_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    with files.replace(target) as new:
        new.write_text("first")
        assert not target.exists()
    assert target.read_text() == "first"
    with pytest.raises(ZeroDivisionError), files.replace(target) as new:
        new.write_text(f"half{1 / 0}")
    assert target.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask


def test_replace_keeps_the_rights_of_the_file(tmp_path: Path) -> None:
    tree(tmp_path, "secret")
    (tmp_path / "secret").chmod(0o600)
    with files.replace(tmp_path / "secret") as new:
        new.write_text("new")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_replace_turns_a_full_disk_into_one_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: no space left on device"), files.replace(tmp_path / "a"):
        Path("/dev/full").write_text("a")
    assert list(tmp_path.iterdir()) == []


def test_replace_keeps_a_link_and_writes_what_it_points_at(tmp_path: Path) -> None:
    tree(tmp_path, "there/real")
    (tmp_path / "link").symlink_to("there/real")
    with files.replace(tmp_path / "link") as new:
        assert new.parent == tmp_path / "there"
        new.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there/real").read_text() == "new"


def test_replace_writes_to_a_device_itself(tmp_path: Path) -> None:
    with files.replace(Path(os.devnull)) as new:
        new.write_text("gone")
    assert not Path(os.devnull).is_file()


def test_replace_says_where_nothing_can_be_written(tmp_path: Path) -> None:
    tree(tmp_path, "file")
    for path in (tmp_path, tmp_path / "missing/report", tmp_path / "file/report"):
        with pytest.raises(UsageError, match="cannot be written"), files.replace(path):
            raise AssertionError("the block does not run")
