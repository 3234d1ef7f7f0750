"""AKS-NET-019."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_PROXY = "network.http_proxy"


@check(
    "AKS-NET-019",
    severity=Severity.MEDIUM,
    sets={_PROXY: None},
    refs=["https://learn.microsoft.com/azure/aks/http-proxy"],
    passes=[gold(), gold({_PROXY: "http://proxy.contoso.example:3128/"})],
    fails=[gold({_PROXY: "http://name:password@proxy.contoso.example:3128/"})],
)
def proxy_password_readable(cluster: Cluster) -> Verdicts:
    """The address of the HTTP proxy holds a password.

    ## Why it matters
    Everybody who may read the cluster resource, and every container that gets the proxy variables, reads it. It also
    lies in every export and deployment template of the cluster.

    ## Fix
    Let the proxy admit the nodes by their address, and take the name and password out. All pools are reimaged. Change
    the password: it is known.

        az aks update -g GROUP -n NAME --http-proxy-config FILE
    """
    try:
        proxy = urlsplit(known(cluster.network.http_proxy) or "")
    except ValueError:
        yield Undecided("cannot be decided: the address of the proxy is not one", field=_PROXY)
        return
    secret, _, host = proxy.netloc.rpartition("@")
    if ":" in secret:
        yield Fail(
            f"the address of the HTTP proxy {host} holds a password",
            field=_PROXY,
            sets={_PROXY: urlunsplit(proxy._replace(netloc=host))},
        )
