"""Live clusters in a report, and the login that is not there."""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.cli import audit, live
from seawall.errors import FetchError, UsageError
from seawall.reports import render
from seawall.reports.style import Style
from seawall.sources.clusters.azure.clouds import CLOUDS
from seawall.sources.clusters.azure.credential import Login
from seawall.workflows.assess import assess
from seawall.workflows.azure import Azure, Scope
from seawall.workflows.settings import Settings

ONE = "00000000-0000-0000-0000-000000000001"
TWO = "00000000-0000-0000-0000-000000000002"
LIST = "/providers/Microsoft.ContainerService/managedClusters"
WITHOUT_THE_EXTRA = """
import sys
sys.modules["azure.identity"] = None  # before anything else: no login is looked for
from seawall.cli import main
sys.exit(main(["audit", "azure", "--subscription", sys.argv[1]]))
"""


def report(azure, *subscriptions, paths=()):
    settings = Settings(today=datetime.date(2026, 11, 23), database=Path("none.db"))
    asked = Azure(scope=Scope(subscriptions=subscriptions), cloud="AzureCloud", show=print)

    def live(settings, say):
        return asked.read(settings, say, azure.login, azure.url)

    return assess(paths, ("cluster",), settings, lambda _: None, live)


def test_live_clusters_and_files_are_one_fleet(azure, tmp_path):
    azure.holds(azure.cluster("shop-prod", disableLocalAccounts=False))
    file = tmp_path / "staging.json"
    file.write_text(json.dumps(azure.cluster("shop-staging", disableLocalAccounts=True)))
    answer = report(azure, ONE, paths=[file])
    assert answer.verdict.exit_code == 1
    assert {cluster.name for cluster in answer.coverage.clusters} == {"shop-prod", "shop-staging"}
    assert "shop-prod" in {f.subject.name for f in answer.findings if f.field == "access.local_accounts_disabled"}


def test_what_could_not_be_read_makes_exit_code_2_beside_what_was(azure):
    azure.holds(azure.cluster("b", TWO))
    azure.faults[f"{ONE}{LIST}"] = [azure.refused(403, "AuthorizationFailed")]
    answer = report(azure, ONE, TWO)
    assert answer.verdict.exit_code == 2
    assert [cluster.name for cluster in answer.coverage.clusters] == ["b"]
    table = render(answer, "table", Style())
    assert f"/subscriptions/{ONE}" in table
    assert "Microsoft.ContainerService/managedClusters/read" in table


def test_a_live_cluster_has_an_address_in_sarif(azure):
    azure.holds(azure.cluster("shop"))
    results = json.loads(render(report(azure, ONE), "sarif", Style()))["runs"][0]["results"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert places == {f"azure:{azure.cluster('shop')['id']}"}


def asked_live(*words):
    parser = argparse.ArgumentParser()
    audit.add_arguments(parser)
    args = parser.parse_args(words)
    return live.live(args), args.paths


def test_the_word_azure_is_a_folder_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with_options, paths = asked_live("azure", "main.json", "--subscription", ONE, TWO, "-g", "prod")
    assert paths == [Path("main.json")]
    assert with_options.scope == Scope(subscriptions=(ONE, TWO), resource_groups=("prod",))
    assert asked_live("azure")[0], "no such folder: which clusters? is then asked"
    (tmp_path / "azure").mkdir()
    assert asked_live("azure") == (None, [Path("azure")])
    assert asked_live("azure", "--all")[0].scope.everything
    with pytest.raises(UsageError, match="live clusters"):
        asked_live("main.json", "--all")


def test_without_the_extra_the_way_to_it_is_named():
    done = subprocess.run([sys.executable, "-c", WITHOUT_THE_EXTRA, ONE], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'seawall[azure]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_scope_is_judged_before_any_login():
    asked = Azure(scope=Scope(), cloud="AzureCloud", show=print)
    with pytest.raises(UsageError, match="which clusters"):
        asked(Settings(today=datetime.date(2026, 11, 23), database=Path("none.db")), print)


def test_the_command_line_offers_every_cloud():
    assert set(live.CLOUDS) == set(CLOUDS)


def test_errors_of_the_login_are_told_in_few_words():
    exceptions = pytest.importorskip("azure.core.exceptions")

    class Chain:
        """What azure-identity raises when no link of its chain holds."""

        def get_token(self, *_):
            raise exceptions.ClientAuthenticationError(
                "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
                "Attempted credentials:\n"
                "\tManagedIdentityCredential: no managed identity here.\n"
                "\tAzureCliCredential: Please run 'az login'.\n"
                "To mitigate this issue, please refer to the troubleshooting guidelines."
            )

    with pytest.raises(FetchError, match="no managed identity here") as told:
        Login(Chain()).get_token("scope")
    assert "; AzureCliCredential: Please run 'az login'" in told.value.message
    assert "troubleshooting" not in told.value.message
    assert "az login" in told.value.hint
