"""Live clusters, from a server on the loopback that answers as Azure does: whole, in pages, late, wrongly, or not."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.errors import FetchError, UsageError
from seawall.model import UNKNOWN, is_known
from seawall.model.paths import GROUPS
from seawall.safe.http import Client
from seawall.safe.limits import Limits
from seawall.sources.clusters import az_json
from seawall.sources.clusters.azure.arm import Arm
from seawall.sources.clusters.azure.scope import Scope
from shared_data import SHARED

ONE = "00000000-0000-0000-0000-000000000001"
TWO = "00000000-0000-0000-0000-000000000002"
LIST = "/providers/Microsoft.ContainerService/managedClusters"
LIST_ONE = f"/subscriptions/{ONE}{LIST}"


def everything_said(reading):
    return repr(reading.failed) + repr(reading.not_assessed) + repr(reading.clusters)


# what is there ---------------------------------------------------------------------------------------------------


def test_a_list_of_three_pages_is_read_whole(azure):
    azure.page = 2
    azure.holds(*(azure.cluster(f"c{index}") for index in range(5)))
    reading = azure.read(ONE)
    assert [cluster.name for cluster in reading.clusters] == ["c0", "c1", "c2", "c3", "c4"]
    assert [path for method, path in azure.seen if path == LIST_ONE.lower()] == [LIST_ONE.lower()] * 3
    assert not reading.failed
    assert azure.login.scopes == {"https://management.example/.default"}
    assert azure.login.given == 1, "one token serves all calls"


def test_a_cluster_says_where_it_is_and_what_it_is_set_to(azure):
    azure.holds(azure.cluster("shop", disableLocalAccounts=True))
    (cluster,) = azure.read(ONE).clusters
    assert cluster.file == f"azure:/subscriptions/{ONE}/resourcegroups/prod{LIST}/shop"
    assert (cluster.lines, cluster.resource_group, cluster.region) == ({}, "prod", "westeurope")
    assert (cluster.access.local_accounts_disabled, cluster.network.policy, cluster.upkeep.tier) == (
        True,
        "cilium",
        "Standard",
    )
    assert [pool.name for pool in cluster.pools] == ["nodes"]


@pytest.mark.parametrize(
    "recording",
    [
        "aks/az-cli-recording/aks_automatic_get_2025-08-26.json",
        "aks/cloud-custodian/tools/c7n_azure/tests_azure/cassettes/AksTest.test_find_aks_by_name.json",
    ],
)
def test_a_recorded_answer_of_azure_reads_as_it_does_from_a_file(azure, recording):
    if SHARED is None:
        pytest.skip("no ../shared/data beside this checkout")
    data = (SHARED / recording).read_bytes()
    (expected,) = az_json.read(data, file="recording").clusters
    document = json.loads(data)
    bodies = [document] if "id" in document else recorded(document)
    for body in bodies:
        body["id"] = body["id"].replace("ea42f556-5106-4743-99b0-c129bfa71a47", ONE)
    subscription = bodies[0]["id"].split("/")[2]
    azure.holds(*bodies)
    (cluster,) = azure.read(subscription).clusters
    for group in GROUPS:
        for name in getattr(expected, group).__struct_fields__:
            wanted, found = getattr(getattr(expected, group), name), getattr(getattr(cluster, group), name)
            if f"{group}.{name}" in ("upkeep.maintenance_windows", "protection.audit_logs"):
                assert (wanted, found) == (UNKNOWN, ()), "asked for live, and none there"
            else:
                assert found == wanted, f"{group}.{name}"
    assert cluster.pools == expected.pools


def recorded(cassette):
    """The clusters in the answers of a recording of HTTP."""
    for interaction in cassette["interactions"]:
        body = interaction["response"]["body"]
        body = body.get("data", body.get("string", body)) if isinstance(body, dict) else body
        body = json.loads(body) if isinstance(body, str) else body
        if found := body.get("value"):
            return found
    raise AssertionError("no list in this recording")


def test_a_resource_group_narrows_the_search(azure):
    azure.holds(azure.cluster("shop"), azure.cluster("lab", group="dev"))
    reading = azure.read(ONE.upper(), resource_groups=("dev",))
    assert [cluster.name for cluster in reading.clusters] == ["lab"]
    azure.fleet = [{"id": azure.cluster("hidden")["id"]}]
    assert len(azure.read(ONE, resource_groups=("dev",)).clusters) == 1, "what Resource Graph shows elsewhere stays out"


def test_all_that_the_login_sees(azure):
    azure.items["/subscriptions"] = [{"id": f"/subscriptions/{each}", "state": "Enabled"} for each in (ONE, TWO)]
    azure.holds(azure.cluster("a"), azure.cluster("b", TWO))
    azure.page = 1
    assert [cluster.name for cluster in azure.read(everything=True).clusters] == ["a", "b"]


def test_all_subscriptions_below_a_management_group(azure):
    azure.items["/providers/microsoft.management/managementgroups/contoso/descendants"] = [
        {
            "id": "/providers/Microsoft.Management/managementGroups/emea",
            "type": "Microsoft.Management/managementGroups",
        },
        {"id": f"/subscriptions/{TWO}", "type": "/subscriptions", "name": TWO},
    ]
    azure.holds(azure.cluster("b", TWO))
    reading = azure.read(management_groups=("contoso", "fabrikam"))
    assert [cluster.name for cluster in reading.clusters] == ["b"]
    assert [sentence.partition(":")[0] for sentence in reading.failed] == ["managementGroups/fabrikam"]


# what belongs to a cluster ---------------------------------------------------------------------------------------


def test_resources_beside_the_cluster_give_its_settings(azure):
    azure.holds(azure.cluster("shop"), azure.cluster("lab"))
    shop = azure.cluster("shop")["id"]
    azure.items |= {
        f"{shop}/providers/Microsoft.Insights/diagnosticSettings".lower(): [
            {
                "id": f"{shop}/providers/microsoft.insights/diagnosticSettings/logs",
                "type": "Microsoft.Insights/diagnosticSettings",
                "name": "logs",
                "properties": {
                    "logs": [
                        {"category": "kube-audit-admin", "categoryGroup": None, "enabled": True},
                        {"category": "guard", "enabled": False},
                    ]
                },
            }
        ],
        f"{shop}/maintenanceConfigurations".lower(): [
            {
                "id": f"{shop}/maintenanceConfigurations/{name}",
                "name": name,
                "type": "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
                "properties": {},
            }
            for name in ("default", "aksManagedAutoUpgradeSchedule")
        ],
        f"{shop}/providers/Microsoft.ContainerService/deploymentSafeguards".lower(): [
            {
                "id": f"{shop}/providers/Microsoft.ContainerService/deploymentSafeguards/default",
                "name": "default",
                "type": "Microsoft.ContainerService/deploymentSafeguards",
                "properties": {"level": "Enforce", "podSecurityStandardsLevel": "Baseline"},
            }
        ],
    }
    azure.roles = [azure.role(ONE, "KUBELET-of-shop"), azure.role(ONE, "someone-else")]
    shop, lab = azure.read(ONE).clusters
    assert shop.protection.audit_logs == ("kube-audit-admin",)
    assert shop.upkeep.maintenance_windows == ("aksManagedAutoUpgradeSchedule", "default")
    assert (shop.protection.safeguards_level, shop.protection.pod_security_level) == ("Enforce", "Baseline")
    assert shop.access.acr_pull is True
    assert (lab.protection.audit_logs, lab.upkeep.maintenance_windows) == ((), ()), "asked for, and none there"
    assert not is_known(lab.protection.safeguards_level), "policies outside this resource can guard deployments too"
    assert not is_known(lab.access.acr_pull), "a role may be assigned where the login does not see"


@pytest.mark.parametrize(
    ("kind", "action", "setting"),
    [
        ("diagnosticSettings", "Microsoft.Insights/diagnosticSettings/read", "protection.audit_logs"),
        (
            "maintenanceConfigurations",
            "Microsoft.ContainerService/managedClusters/maintenanceConfigurations/read",
            "upkeep.maintenance_windows",
        ),
    ],
)
def test_what_may_not_be_read_is_unknown_and_names_the_permission(azure, kind, action, setting):
    azure.holds(*(azure.cluster(f"c{index}") for index in range(4)))
    azure.faults[f"/{kind}"] = [azure.refused(403, "AuthorizationFailed")] * 3
    reading = azure.read(ONE)
    (note,) = reading.not_assessed
    assert (note.what, note.where) == (f"{kind} of 3 clusters", f"/subscriptions/{ONE}")
    assert action in note.why
    assert "AuthorizationFailed" in note.why
    assert not reading.failed
    group, name = setting.split(".")
    unknown = [cluster for cluster in reading.clusters if not is_known(getattr(getattr(cluster, group), name))]
    assert len(unknown) == 3


# logins ----------------------------------------------------------------------------------------------------------


def test_an_expired_token_is_fetched_anew_once(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults[LIST] = [azure.refused(401, "ExpiredAuthenticationToken")]
    assert len(azure.read(ONE).clusters) == 1
    assert azure.login.given == 2


def test_a_login_that_stays_refused_says_how_to_log_in(azure):
    azure.faults[LIST] = [azure.refused(401, "InvalidAuthenticationTokenTenant")] * 9
    reading = azure.read(ONE)
    assert "az login" in reading.failed[0]
    assert "InvalidAuthenticationTokenTenant" in reading.failed[0]
    assert len([path for _, path in azure.seen if path == LIST_ONE.lower()]) == 2, "one more try, with a fresh token"


def test_no_login_is_one_error_and_no_call(azure):
    azure.login.error = FetchError("there is no login to Azure that works", hint="log in with `az login`")
    with pytest.raises(FetchError, match="no login"):
        azure.read(ONE, TWO)
    assert not azure.seen


def test_nothing_secret_is_told(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults[LIST] = [azure.refused(403, "AuthorizationFailed")]
    azure.faults["/diagnosticSettings"] = [azure.refused(401, "Nope")] * 2
    azure.fleet = [{"id": azure.cluster("shop")["id"]}]
    assert "s3cr3t" not in everything_said(azure.read(ONE))


def test_a_token_that_is_none_is_not_quoted(azure):
    class Broken:
        def get_token(self, *_):
            return type("Token", (), {"token": "s3cr3t\r\nX-Injected: yes"})()

    azure.login = Broken()
    reading = azure.read(ONE)
    assert reading.failed
    assert "s3cr3t" not in everything_said(reading)
    assert not azure.seen


# what goes wrong -------------------------------------------------------------------------------------------------


def test_a_subscription_that_may_not_be_read_fails_beside_one_that_is_read(azure):
    azure.holds(azure.cluster("a"), azure.cluster("b", TWO))
    azure.faults[LIST_ONE] = [azure.refused(403, "AuthorizationFailed")]
    reading = azure.read(ONE, TWO)
    assert [cluster.name for cluster in reading.clusters] == ["b"]
    (sentence,) = reading.failed
    assert sentence.startswith(f"/subscriptions/{ONE}: ")
    assert "needs the action Microsoft.ContainerService/managedClusters/read on /subscriptions/" + ONE in sentence
    assert [(note.what, note.where) for note in reading.not_assessed] == [("subscription", f"/subscriptions/{ONE}")]


def test_clusters_that_only_resource_graph_shows_are_read_one_by_one(azure):
    azure.holds(azure.cluster("mine"))
    azure.faults[LIST_ONE] = [azure.refused(403, "AuthorizationFailed")]
    gone = azure.cluster("deleted-since")["id"]
    odd = azure.cluster("odd")["id"]
    azure.items[odd.lower()] = {"not": "a cluster"}
    shown = [azure.cluster("mine")["id"], gone, odd, f"/subscriptions/{ONE}/../evil"]
    azure.fleet = [*({"id": each} for each in shown), {}]
    azure.page = 1
    reading = azure.read(ONE)
    assert [cluster.name for cluster in reading.clusters] == ["mine"]
    assert "deleted-since" not in everything_said(reading)
    assert len(reading.failed) == 1
    assert [note.where for note in reading.not_assessed] == [f"/subscriptions/{ONE}", f"azure:{odd.lower()}"]


def test_a_busy_server_is_waited_for_as_long_as_it_asks(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults[LIST] = [azure.refused(429, "TooManyRequests", Retry_After="7")] * 2
    assert len(azure.read(ONE).clusters) == 1
    assert azure.slept == [7, 7]


def test_a_subscription_that_had_enough_is_not_asked_again(azure):
    azure.holds(*(azure.cluster(f"c{index:02}") for index in range(40)))
    azure.faults["/maintenanceConfigurations"] = [azure.refused(429, "SubscriptionRequestsThrottled")] * 200
    reading = azure.read(ONE, limits=Limits(http_retries=1))
    (note,) = reading.not_assessed
    assert note.what == "maintenanceConfigurations of 40 clusters"
    assert len([path for _, path in azure.seen if path.endswith("/maintenanceconfigurations")]) <= 2 * 8
    assert {cluster.protection.audit_logs for cluster in reading.clusters} == {()}


@pytest.mark.parametrize(("after", "slept"), [("3600", 0), ("7", 2)])
def test_a_server_that_stays_busy_is_given_up(azure, after, slept):
    azure.faults[LIST] = [azure.refused(429, "TooManyRequests", Retry_After=after)] * 9
    reading = azure.read(ONE, limits=Limits(http_retries=2))
    assert "asked too much" in reading.failed[0]
    assert azure.slept == [7.0] * slept


def test_a_fault_of_the_server_may_pass(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults[LIST] = [azure.refused(500, "InternalServerError"), azure.refused(503)]
    assert len(azure.read(ONE).clusters) == 1
    azure.faults[LIST] = [azure.refused(500, "InternalServerError")] * 9
    assert "HTTP status 500, InternalServerError" in azure.read(ONE).failed[0]


def test_a_body_that_breaks_off_is_asked_for_again(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults[LIST] = [azure.Fault(200, b'{"value": []}' + b" " * 1000, sent=600)]
    assert len(azure.read(ONE).clusters) == 1
    azure.faults[LIST] = [azure.Fault(200, b'{"value": []}' + b" " * 1000, sent=600)] * 40
    reading = azure.read(ONE)
    assert "broke off" in reading.failed[0]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ((200, b'{"value": [{"id": "/subscr'), "breaks off"),
        ((200, b"<html><body>Sign in to the hotel</body></html>"), "web page"),
        ((200, b""), "empty"),
        ((200, b'{"value": {"id": "one"}}'), "expected"),
        ((200, b'{"clusters": []}'), "missing required field"),
        ((200, b'{"value": ["a name"]}'), "expected"),
        ((200, b'{"value": [{"name": "no id"}]}'), "no cluster's id"),
        ((302, b"", {"Location": "https://login.example/"}), "not followed"),
        ((400, b'{"error": {"code": "NoRegisteredProviderFound"}}'), "does not offer managedClusters in version"),
        ((404, b'{"error": {"code": "SubscriptionNotFound"}}'), "SubscriptionNotFound"),
        ((404, b'{"error": {"code": "<script>"}}'), "HTTP status 404 ("),
        ((418, b'["no object"]'), "418"),
    ],
)
def test_an_answer_that_cannot_be_used_is_an_error_that_says_so(azure, fault, said):
    azure.faults[LIST_ONE] = [azure.Fault(*fault)]
    reading = azure.read(ONE)
    assert not reading.clusters
    assert said in "\n".join([*reading.failed, *(note.why for note in reading.not_assessed)])
    assert reading.failed


def test_a_body_that_is_no_cluster_is_reported(azure):
    named = {"id": azure.cluster("bare")["id"], "name": "bare", "type": "Microsoft.ContainerService/managedClusters"}
    azure.holds(azure.cluster("shop", enableRBAC={"no": "boolean"}), named)
    reading = azure.read(ONE)
    assert [cluster.name for cluster in reading.clusters] == ["shop"]
    notes = {note.what: note.where for note in reading.not_assessed}
    assert notes == {
        "access.rbac of cluster shop": f"azure:{azure.cluster('shop')['id']}",
        "cluster bare": f"azure:{named['id']}",
    }


def test_tokens_go_to_no_other_server(azure, clouds):
    elsewhere = clouds()
    page = {"value": [azure.cluster("shop")], "nextLink": f"{elsewhere.url}{LIST_ONE}"}
    azure.faults[LIST_ONE] = [azure.Fault(200, json.dumps(page).encode())]
    assert "another server" in azure.read(ONE).failed[0]
    azure.faults[LIST_ONE] = [azure.Fault(307, b"", {"Location": f"{elsewhere.url}{LIST_ONE}"})]
    assert "not followed" in azure.read(ONE).failed[0]
    assert not elsewhere.seen


def test_a_token_does_not_travel_without_tls(azure):
    with Client(user_agent="test") as client, pytest.raises(UsageError, match="TLS"):
        Arm("http://management.example", "audience", azure.login, client)


def test_a_list_that_goes_round_ends(azure):
    page = {"value": [azure.cluster("shop")], "nextLink": f"{azure.url}{LIST_ONE}?api-version=2026-05-01"}
    azure.faults[LIST_ONE] = [azure.Fault(200, json.dumps(page).encode())] * 9
    assert "more than 5 pages" in azure.read(ONE, pages=5).failed[0]


# resource graph --------------------------------------------------------------------------------------------------


def test_the_quota_of_resource_graph_is_kept(azure):
    azure.holds(azure.cluster("shop"))
    azure.page = 1
    azure.roles = [azure.role(ONE, name) for name in ("a", "b", "kubelet-of-shop")]
    azure.graph_headers = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05"}
    (cluster,) = azure.read(ONE).clusters
    assert cluster.access.acr_pull is True
    assert [seconds for seconds in azure.slept if seconds] == [5, 5]


def test_resource_graph_says_when_to_come_back(azure):
    azure.holds(azure.cluster("shop"))
    quota = {"x_ms_user_quota_remaining": "0", "x_ms_user_quota_resets_after": "00:00:09"}
    azure.faults["/resources"] = [azure.refused(429, "RateLimiting", **quota)]
    assert not azure.read(ONE).not_assessed
    assert azure.slept == [9]


def test_rows_that_resource_graph_does_not_give_are_missed(azure):
    azure.holds(azure.cluster("shop"))
    truncated = {"totalRecords": 3, "count": 1, "data": [azure.role(ONE, "a")], "resultTruncated": "true"}
    whole = {"totalRecords": 0, "count": 0, "data": [], "resultTruncated": "false"}
    azure.faults["/resources"] = [azure.Fault(200, json.dumps(body).encode()) for body in (whole, truncated)]
    reading = azure.read(ONE)
    (note,) = reading.not_assessed
    assert note.what == "roleAssignments of kubelets"
    assert "gave 1 of 3" in note.why
    assert not is_known(reading.clusters[0].access.acr_pull)


def test_without_resource_graph_the_clusters_are_still_read(azure):
    azure.holds(azure.cluster("shop"))
    azure.faults["/resources"] = [azure.refused(403, "AuthorizationFailed")] * 2
    reading = azure.read(ONE)
    assert [cluster.name for cluster in reading.clusters] == ["shop"]
    assert not reading.failed
    assert all("Microsoft.ResourceGraph/resources/read" in note.why for note in reading.not_assessed)
    assert len(reading.not_assessed) == 2


# nothing there ---------------------------------------------------------------------------------------------------


def test_no_cluster_at_all_names_where_they_were_looked_for(azure):
    reading = azure.read(ONE, TWO)
    assert reading.failed == [f"no AKS cluster was found; searched /subscriptions/{ONE}, /subscriptions/{TWO}"]


def test_an_empty_tenant_is_an_error(azure):
    azure.items["/subscriptions"] = []
    reading = azure.read(everything=True)
    assert len(reading.failed) == 1
    assert "sees no subscription" in reading.failed[0]


def test_a_subscription_that_never_used_aks_has_no_clusters(azure):
    azure.holds(azure.cluster("a"))
    azure.faults[f"{TWO}{LIST}"] = [azure.refused(409, "MissingSubscriptionRegistration")]
    reading = azure.read(ONE, TWO)
    assert [cluster.name for cluster in reading.clusters] == ["a"]
    assert not reading.failed


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({}, "which clusters"),
        ({"subscriptions": ("prod",)}, "not the id of a subscription"),
        ({"subscriptions": (f"{ONE}/x",)}, "not the id of a subscription"),
        ({"resource_groups": ("prod",)}, "is in a subscription"),
        ({"subscriptions": (ONE,), "resource_groups": ("a/b",)}, "not a name"),
        ({"management_groups": ("../x",)}, "not a name"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(scope, said):
    with pytest.raises(UsageError, match=said):
        Scope(**scope).check()


# a fleet ---------------------------------------------------------------------------------------------------------


def test_a_thousand_clusters_take_three_questions_each(azure):
    azure.holds(*(azure.cluster(f"c{index:04}") for index in range(1000)))
    reading = azure.read(ONE)
    assert len(reading.clusters) == 1000
    assert not reading.failed
    assert not reading.not_assessed
    assert len(azure.seen) == 10 + 2 + 3000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "type", "properties", "identityProfile", "kubeletidentity", "logs", "tags"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
OBJECT = st.dictionaries(st.sampled_from(["id", "name", "type", "properties", "resources", "location"]), JSON)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=OBJECT, child=OBJECT, row=OBJECT)
def test_whatever_azure_answers_nothing_is_lost_and_nothing_breaks(azure, body, child, row):
    shop = azure.cluster("shop") | {key: value for key, value in body.items() if key != "id"}
    azure.items = {LIST_ONE.lower(): [shop], f"{shop['id']}/maintenanceConfigurations".lower(): [child]}
    azure.roles = azure.fleet = [row]
    reading = azure.read(ONE)
    assert reading.clusters or reading.not_assessed


def test_errors_that_are_none_of_ours_are_not_hidden(azure):
    class Bug:
        def get_token(self, *_):
            raise ZeroDivisionError

    azure.login = Bug()
    with pytest.raises(ZeroDivisionError):
        azure.read(ONE)
