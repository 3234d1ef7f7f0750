"""The replacement of a cluster as code, and by name what has to be there before it.

The settings come from the table, as in a design. What a model of settings does not hold is read from the old cluster
where a script can (machine sizes), or asked for: no value is made up.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from seawall.model import UNKNOWN, Cluster, Pool, is_known, known
from seawall.model.paths import get, put
from seawall.remedies.emit import az_around
from seawall.remedies.emit.az import add, command, create

NEEDS: Mapping[str, str] = {
    "IDENTITY_ID": "resource id of the identity of the control plane (az identity create), with a role on the subnet",
    "WORKSPACE_ID": "resource id of the Log Analytics workspace for logs, Container insights and Defender",
    "KEY_ID": "id of the key, with its version, that encrypts secrets; the identity is its Key Vault Crypto User",
    "VAULT_ID": "resource id of the vault of that key, closed to the public; the identity is its Key Vault Contributor",
    "METRICS_ID": "resource id of the Azure Monitor workspace that keeps the metrics",
    "WINDOWS_ADMIN_PASSWORD": "of the administrator of the Windows nodes",
    "VM_SIZE": "machine size of a pool of which the old cluster is not told",
    "MIN_COUNT": "least nodes of a pool that scales",
    "MAX_COUNT": "most nodes of a pool that scales",
    "HTTP_PROXY_CONFIG": "file with the settings of the proxy (JSON)",
    "CA_CERTS": "file with the certificate authorities to trust (PEM)",
    "KUBELET_CONFIG": "file with the settings of the kubelet (JSON): az aks nodepool show --query kubeletConfig",
    "LINUX_OS_CONFIG": "file with the settings of Linux (JSON): az aks nodepool show --query linuxOSConfig",
    "DEFENDER_CONFIG": "file with the settings of Defender (JSON), the workspace among them",
}
"""What a replacement may need, as the script names it; no quotes in them, for bash reads them in `${NAME:?text}`."""


def az(old: Cluster, new: Cluster) -> dict[str, str]:
    """A script that creates `new` beside `old`: file name -> text. It stops where something it needs is not set."""
    new = settled(new)
    first, *others = in_order(known(new.pools))
    least, most = _bounds(old, first)
    name, region = shlex.quote(new.name), shlex.quote(new.region or "REGION")
    scaled = f"--min-count {least} --max-count {most}"
    flags = [flag.replace("--min-count MIN --max-count MAX", scaled) for flag in create(new, first, _size(old, first))]
    commands = [command("az aks create", _filled([f'-g "$GROUP" -n {name} -l {region}', *flags]))]
    for pool in others:
        flags = [f'-g "$GROUP" --cluster-name {name}', *add(pool, _size(old, pool), *_bounds(old, pool))]
        commands.append(command("az aks nodepool add", _filled(flags)))
    body = "\n".join([*commands, *(f"{part.strip()}\n" for part in az_around.attached(new))])
    asked = [f': "${{{need}:?{NEEDS[need]}}}"' for need in NEEDS if f'"${need}"' in body]
    head = ["#!/usr/bin/env bash", *(f"# {line}" for line in about(old, new)), "set -euo pipefail"]
    group = f"GROUP={shlex.quote(new.resource_group or 'GROUP')}"
    return {"create.sh": "\n".join([*head, group, *asked, "", body])}


def about(old: Cluster, new: Cluster) -> Iterator[str]:
    """What stands at the top of any format: what it replaces, and what of the old cluster it goes on using."""
    yield f"{new.name}, in place of {old.name}, as `seawall migrate` wrote it. Read it before you run it."
    carried = {"its kubelets' identity": new.identity.kubelet, "the API server's subnet": new.api_server.subnet}
    for pool in known(new.pools):
        carried |= {f"the subnet of {pool.name}": pool.subnet, f"the pods' subnet of {pool.name}": pool.pod_subnet}
    for what, value in carried.items():
        if is_known(value) and value:
            yield f"It uses {what} of the old cluster: {value}"
    if carried["the API server's subnet"] not in (None, "", UNKNOWN):
        yield "The subnet of an API server serves one cluster only: name another one."
    yield "Role assignments of the old identities are not in it: the plan's steps name them."


def settled(new: Cluster) -> Cluster:
    """The cluster without settings that mean nothing to it, or are retired, which Azure would refuse in a request."""
    private = new.api_server.private is True
    idle = list(_OF_PUBLIC if private else _OF_PRIVATE)
    idle += [path for path in _RETIRED if get(new, path) in (False, None)]
    idle += [path for path, needed in _PART_OF.items() if get(new, needed) in (False, None)]
    subdomain = new.api_server.fqdn_subdomain
    prefix = {} if is_known(subdomain) and subdomain else {"api_server.dns_prefix": new.name}
    return put(new, {**dict.fromkeys(idle, UNKNOWN), **prefix})


_OF_PUBLIC = ("api_server.authorized_ranges",)
_OF_PRIVATE = ("api_server.public_fqdn", "api_server.private_dns_zone")
_RETIRED = (
    *("access.pod_security_policy", "addons.kube_dashboard", "addons.open_service_mesh", "identity.pod_identity"),
    *("addons.http_application_routing", "identity.kubelet", "identity.service_principal", "upkeep.windows_admin"),
)
"""What is left out where it is off, or none."""
_PART_OF = {
    "addons.web_app_routing_nginx": "addons.web_app_routing",
    "addons.secret_rotation": "addons.key_vault_secrets",
    "network.acns_security": "network.acns",
    "network.transit_encryption": "network.acns",
    "network.advanced_policies": "network.acns",
    "protection.defender_gating": "protection.defender",
}


def in_order(pools: Sequence[Pool]) -> list[Pool]:
    """The pools with a Linux system pool first, as every way to create a cluster wants it."""
    return sorted(pools, key=lambda pool: not (pool.mode == "System" and pool.os_type != "Windows"))


def _bounds(old: Cluster, pool: Pool) -> tuple[str, str]:
    return _asked(old, pool, "minCount", '"$MIN_COUNT"'), _asked(old, pool, "maxCount", '"$MAX_COUNT"')


def _size(old: Cluster, pool: Pool) -> str:
    return _asked(old, pool, "vmSize", '"$VM_SIZE"')


def _asked(old: Cluster, pool: Pool, what: str, otherwise: str) -> str:
    """What the old cluster's pool of that name has, asked when the script runs."""
    if not is_known(old.pools) or pool.name not in [each.name for each in old.pools]:
        return otherwise
    at = f'-g "$GROUP" --cluster-name {shlex.quote(old.name)} -n {shlex.quote(pool.name)}'
    return f'"$(az aks nodepool show {at} --query {what} -o tsv)"'


def _filled(flags: Sequence[str]) -> list[str]:
    """`--ca-certs "$DEFENDER"` becomes `--ca-certs "$CA_CERTS"`: each file has a name of its own."""
    return [
        re.sub(r'--([\w-]+) "\$DEFENDER"', lambda found: f'--{found[1]} "${_named(found[1])}"', flag) for flag in flags
    ]


def _named(flag: str) -> str:
    return flag.upper().replace("-", "_")
