"""Answers that make no sense, or exclude each other, are refused with the reason and the way out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from seawall.errors import UsageError
from seawall.remedies.answers import QUESTIONS, Answers, answers, default

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"egress": "none", "windows": True}, "AKS refuses Windows pools", "choose egress firewall"),
    ({"egress": "firewall"}, "needs a firewall to route to", "firewall_ip, or choose egress nat"),
    ({"firewall_ip": "10.1.0.4"}, "routes nowhere", "choose egress firewall"),
    ({"access": "ranges"}, "without a range", "choose access private"),
    ({"authorized_ranges": ["203.0.113.0/24"]}, "has no public address", "choose access ranges"),
    ({"access": "ranges", "authorized_ranges": "0.0.0.0/0"}, "large part of the internet", "access private"),
    ({"access": "ranges", "authorized_ranges": ["0.0.0.0/1", "128.0.0.0/1"]}, "large part", "access private"),
    ({"access": "ranges", "authorized_ranges": "203.0.113.7/24"}, "host bits", "10.224.0.0/16"),
    ({"network": "10.0.0.0/16"}, "network 10.0.0.0/16 and service_cidr 10.0.0.0/16 overlap", "10.1.0.0/16"),
    ({"pod_cidr": "10.244.0.0/22"}, "a prefix from /8 to /18 does", "10.244.0.0/18"),
    ({"network": "10.224.0.0/26"}, "does not fit", "10.224.0.0/23"),
    ({"service_cidr": "8.8.0.0/16"}, "is public", "10.0.0.0/16"),
    ({"pod_cidr": "172.30.0.0/16"}, "kept by Azure", "10.244.0.0/16"),
    ({"name": "Shop'; rm -rf"}, "name: ", ""),
    ({"region": "west europe"}, "region: ", ""),
    ({"admin_groups": ["admins"]}, "is not the object id of a group", ""),
    ({"acr_id": "contoso"}, "is not a resource id", ""),
    ({"environment": "test"}, "none of dev, staging, prod", "prod"),
    ({"windows": "maybe"}, "expected yes or no", ""),
    ({"kubernetes_version": 1.36}, "expected a text", "quotes"),
    ({"kubernetes_version": "1.33"}, "is old", "take one of 1.35, 1.36, 1.37"),
    ({"kubernetes_version": "1.999"}, "not known here", "1.37"),
    ({"colour": "red"}, "there is no question 'colour'", "environment"),
]


@pytest.mark.parametrize(("given", "message", "hint"), REFUSED)
def test_refused_with_the_reason_and_the_way_out(given: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        answers(given)
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_every_answer_has_a_question() -> None:
    assert tuple(QUESTIONS) == Answers.__struct_fields__


def test_defaults_as_people_write_them_are_the_defaults() -> None:
    assert answers({name: default(name) for name in QUESTIONS}) == Answers()
    for name, question in QUESTIONS.items():
        assert not question.choices or default(name) in question.choices


def test_texts_and_values_mean_the_same() -> None:
    texts = answers(
        {"windows": "yes", "bastion": "false", "access": "ranges", "authorized_ranges": "203.0.113.0/24, 198.51.100.7"}
    )
    values = answers(
        {"windows": True, "bastion": False, "access": "ranges", "authorized_ranges": ["203.0.113.0/24", "198.51.100.7"]}
    )
    assert texts == values
    assert msgspec.structs.asdict(texts)["authorized_ranges"] == ("203.0.113.0/24", "198.51.100.7")
