"""A plan for a live cluster."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

import pytest

from seawall.cli import audit, migrate
from seawall.errors import SeawallError, UsageError
from seawall.reports import plan as report
from seawall.workflows.azure import Azure, Scope
from seawall.workflows.migrate import Request, plan
from seawall.workflows.settings import Settings

ONE = "00000000-0000-0000-0000-000000000001"
LIST = "/providers/Microsoft.ContainerService/managedClusters"


def planned(azure, **request):
    settings = Settings(today=datetime.date(2026, 11, 23), database=Path("none.db"))
    asked = Azure(scope=Scope(subscriptions=(ONE,)), cloud="AzureCloud", show=print)

    def live(settings, say):
        return asked.read(settings, say, azure.login, azure.url)

    return plan(Request(live=live, **request), settings, lambda _: None)


def test_a_live_cluster_is_repaired(azure):
    azure.holds(azure.cluster("shop"), azure.cluster("other"))
    made = planned(azure, name="shop", fix=("AKS-API-004",))
    assert (made.cluster.name, made.cluster.resource_group) == ("shop", "prod")
    assert [step.commands for step in made.steps] == [("az aks update -g prod -n shop --disable-run-command",)]


def test_a_live_cluster_is_rebuilt_with_what_was_not_looked_at(azure):
    azure.holds(azure.cluster("shop", enableRBAC=False))
    made = planned(azure)
    assert made.rebuild
    assert "az aks create" in made.code["create.sh"]
    text = report.text(made)
    assert "not assessed: inventory. Give --manifests DIR" in text
    assert "inventory, --manifests: what runs in the old cluster was not looked at" in text


def test_which_of_several(azure):
    azure.holds(azure.cluster("a"), azure.cluster("b"))
    with pytest.raises(UsageError, match="a plan is for one cluster") as told:
        planned(azure)
    assert "--cluster NAME, and -g GROUP: a, b" in told.value.hint
    with pytest.raises(UsageError):
        planned(azure, name="c")


def test_what_azure_refuses_is_told(azure):
    azure.faults[f"{ONE}{LIST}"] = [azure.refused(403, "AuthorizationFailed")]
    with pytest.raises(SeawallError, match="managedClusters/read"):
        planned(azure)


def test_the_command_line_names_it_as_audit_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    migrate.add_arguments(parser)
    args = parser.parse_args(["azure", "--subscription", ONE, "-g", "prod", "--name", "shop"])
    args.paths = [args.path]
    assert audit.live(args).scope == Scope(subscriptions=(ONE,), resource_groups=("prod",))
    assert args.cluster == "shop"
