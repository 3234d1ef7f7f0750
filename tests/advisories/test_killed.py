"""A process that is killed at each step of an import, an update or the taking over of an exported file.

A step is a call that opens, moves or removes a file, runs SQLite or talks to a server, or a word of progress; Python's
audit hooks name the calls.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mirror import Mirror
from seawall.advisories import bundle, update

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

PROGRAM = """
import itertools, json, os, shutil, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from seawall.advisories import bundle, update
from seawall.advisories.store import Store
from seawall.safe.http import Client

what, given, old, db = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
now = datetime(2026, 11, 24, 12, tzinfo=UTC)

def work(step):
    if what == "import":
        update.import_folder(Path(given), db, now=now, progress=step)
    elif what == "bundle":
        bundle.read(Path(given), db)
    else:
        with Client(user_agent="test", sleep=lambda seconds: None) as client:
            vendors = update.addresses(["Debian"], given)
            update.fetch(given, ["PyPI"], db, client=client, now=now, vendors=vendors, mirrored=True, progress=step,
                         kev_url=f"{given}/kev.json", epss_url="")

def killed_at(last):
    steps = itertools.count(1)
    def step(*_):
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)
    def hook(event, arguments):
        library = event == "open" and str(arguments[0]).endswith((".py", ".pyc", ".so"))
        if event.startswith(("open", "os.", "sqlite3.", "socket.")) and not library:
            step()
    child = os.fork()
    if not child:
        sys.addaudithook(hook)
        work(step)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])

def held():
    with Store.open(db) as store:
        assert store.exploited("CVE-2021-44228")
        return [advisory.id for advisory in store.lookup("PyPI", "django")]

answers = []
for last in itertools.count(1):
    shutil.copy(old, db)
    if not killed_at(last):
        break
    answers += held()
work(lambda *_: None)
print(json.dumps([answers, held(), sorted(path.name for path in db.parent.iterdir())]))
"""


def folder(root: Path, name: str) -> Path:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": "django"}, "ranges": ranges}]
    record = {"id": name, "modified": "2026-11-01T00:00:00Z", "affected": affected}
    (root / "PyPI").mkdir(parents=True)
    with zipfile.ZipFile(root / "PyPI/all.zip", "w") as packed:
        packed.writestr("P.json", msgspec.json.encode(record))
    (root / "kev.json").write_bytes(b'{"vulnerabilities": [{"cveID": "CVE-2021-44228"}], "dateReleased": "2026-01-02"}')
    (root / "Debian").mkdir()
    flaw = {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}
    (root / "Debian/tracker.json").write_bytes(msgspec.json.encode({"curl": {"CVE-2026-1": flaw}}))
    return root


def killed_everywhere(what: str, given: str, tmp_path: Path) -> None:
    """The old database answers until the new one does, which is in one of the last steps; the next run works."""
    old, db = tmp_path / "old.db", tmp_path / "there" / "advisories.db"
    update.import_folder(folder(tmp_path / "old", "OLD"), old, now=NOW)
    db.parent.mkdir()
    command = [sys.executable, "-c", PROGRAM, what, given, str(old), str(db)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    answers, after, files = json.loads(done.stdout)
    assert len(answers) > 10
    assert answers == sorted(answers, reverse=True)  # OLD, OLD, … NEW
    assert answers.count("OLD") > len(answers) * 3 // 4
    assert after == ["NEW"]
    assert files == ["advisories.db", "advisories.db.lock"]


def test_an_import(tmp_path: Path) -> None:
    killed_everywhere("import", str(folder(tmp_path / "new", "NEW")), tmp_path)


def test_an_exported_file(tmp_path: Path) -> None:
    update.import_folder(folder(tmp_path / "new", "NEW"), tmp_path / "new.db", now=NOW)
    bundle.write(tmp_path / "new.db", tmp_path / "file", now=NOW)
    killed_everywhere("bundle", str(tmp_path / "file"), tmp_path)


def test_an_update(tmp_path: Path) -> None:
    with Mirror(folder(tmp_path / "new", "NEW")) as server, server.running():
        killed_everywhere("fetch", server.url, tmp_path)
