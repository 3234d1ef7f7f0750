"""The role in deploy/ holds what the calls need, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from seawall.sources.clusters.azure.calls import CALLS, QUERIES

DEPLOY = Path(__file__).resolve().parents[4] / "deploy"
NEEDED = {asked.action for asked in (*CALLS, *QUERIES)}


def test_the_role_grants_what_every_call_needs_and_no_more():
    role = json.loads((DEPLOY / "azure-role.json").read_bytes())
    assert set(role["Actions"]) == NEEDED
    assert not role["DataActions"]


def test_the_role_only_reads():
    assert all(action.endswith("/read") and "*" not in action for action in NEEDED)
    assert [call.noun for call in CALLS if call.method != "GET"] == ["Azure Resource Graph"]


def test_each_permission_is_explained():
    page = (DEPLOY / "README.md").read_text()
    assert [action for action in NEEDED if f"`{action}`" not in page] == []
