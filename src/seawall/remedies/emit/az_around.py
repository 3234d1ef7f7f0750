"""The az commands around a cluster: network, identities, key, logs, windows, roles, the way in."""

# ruff: noqa: E501 — templates: a line is as long as the command that it writes

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from seawall.model import Cluster, is_known
from seawall.remedies.design import Design
from seawall.remedies.emit.names import monitor


def before(design: Design) -> str:
    """What must be there first."""
    return "\n".join(
        part.strip("\n") + "\n" for part in (_group(design), _network(design), _IDENTITIES, _key(design), _logs(design))
    )


def after(design: Design) -> str:
    """What belongs to the cluster, and the way into its network."""
    return "\n".join(part.strip("\n") + "\n" for part in _after(design))


def _group(design: Design) -> str:
    answers = design.answers
    asked = (
        ': "${WINDOWS_ADMIN_PASSWORD:?set it: of the administrator of the Windows nodes}"\n' if answers.windows else ""
    )
    return f"""
GROUP=rg-{answers.name}
{asked}az extension add --name aks-preview --upgrade
az group create -n "$GROUP" -l {answers.region} -o none
"""


def _network(design: Design) -> str:
    nets, answers = design.subnets, design.answers
    more = {"firewall": " --route-table routes", "nat": " --nat-gateway nat"}.get(answers.egress, "")
    out = {
        "firewall": f"""\
az network route-table create -g "$GROUP" -n routes -o none
az network route-table route create -g "$GROUP" --route-table-name routes -n out --address-prefix 0.0.0.0/0 --next-hop-type VirtualAppliance --next-hop-ip-address {answers.firewall_ip} -o none
""",
        "nat": """\
az network public-ip create -g "$GROUP" -n pip-nat --sku Standard --allocation-method Static -o none
az network nat gateway create -g "$GROUP" -n nat --public-ip-addresses pip-nat -o none
""",
    }.get(answers.egress, "")
    return f"""
{out}az network nsg create -g "$GROUP" -n nsg -o none
az network nsg rule create -g "$GROUP" --nsg-name nsg -n deny-ssh-and-rdp-from-internet --priority 100 --direction Inbound --access Deny --protocol Tcp --source-address-prefixes Internet --destination-port-ranges 22 3389 -o none
az network vnet create -g "$GROUP" -n vnet --address-prefixes {answers.network} -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n nodes --address-prefixes {nets.nodes} --network-security-group nsg --default-outbound-access false{more} -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n api-server --address-prefixes {nets.api} --delegations Microsoft.ContainerService/managedClusters -o none
NETWORK_ID=$(az network vnet show -g "$GROUP" -n vnet --query id -o tsv)
NODES_ID="$NETWORK_ID/subnets/nodes"
API_ID="$NETWORK_ID/subnets/api-server"
"""


def _role(role: str, scope: str, principal: str, kind: str = "ServicePrincipal") -> str:
    return f'az role assignment create --role "{role}" --scope {scope} --assignee-object-id {principal} --assignee-principal-type {kind} -o none\n'


_IDENTITIES = (
    """
IDENTITY_ID=$(az identity create -g "$GROUP" -n id-control-plane --query id -o tsv)
IDENTITY=$(az identity show --ids "$IDENTITY_ID" --query principalId -o tsv)
KUBELET_ID=$(az identity create -g "$GROUP" -n id-kubelet --query id -o tsv)
KUBELET=$(az identity show --ids "$KUBELET_ID" --query principalId -o tsv)
"""
    + _role("Network Contributor", '"$NETWORK_ID"', '"$IDENTITY"')
    + _role("Managed Identity Operator", '"$KUBELET_ID"', '"$IDENTITY"')
)


def _key(design: Design) -> str:
    hsm = design.answers.regulated
    kind, size, sku = ("RSA-HSM", 3072, "premium") if hsm else ("RSA", 2048, "standard")
    return f"""
# Secrets in etcd are encrypted with this key. Never delete a version of it: what it encrypted would be lost.
VAULT_ID=$(az keyvault create -g "$GROUP" -n {design.vault} --sku {sku} --enable-rbac-authorization true --enable-purge-protection true --public-network-access Disabled --bypass None --default-action Deny --query id -o tsv)
{_role("Key Vault Crypto User", '"$VAULT_ID"', '"$IDENTITY"')}\
{_role("Key Vault Contributor", '"$VAULT_ID"', '"$IDENTITY"')}\
# Azure Resource Manager makes the key: this needs no way to the vault, and no firewall of a vault stops it.
KEY_ID=$(az rest --method put --url "$VAULT_ID/keys/etcd?api-version=2023-07-01" --body '{{"properties": {{"kty": "{kind}", "keySize": {size}}}}}' --query properties.keyUriWithVersion -o tsv)
# The way to the vault for whoever rotates the key; AKS makes another one, for itself.
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n endpoints --address-prefixes {design.subnets.endpoints} --network-security-group nsg -o none
az network private-endpoint create -g "$GROUP" -n vault --vnet-name vnet --subnet endpoints --private-connection-resource-id "$VAULT_ID" --group-id vault --connection-name vault -o none
az network private-dns zone create -g "$GROUP" -n privatelink.vaultcore.azure.net -o none
az network private-dns link vnet create -g "$GROUP" --zone-name privatelink.vaultcore.azure.net -n network --virtual-network vnet --registration-enabled false -o none
az network private-endpoint dns-zone-group create -g "$GROUP" --endpoint-name vault -n default --private-dns-zone privatelink.vaultcore.azure.net --zone-name vault -o none
"""


def _logs(design: Design) -> str:
    answers = design.answers
    found = f"WORKSPACE_ID={shlex.quote(answers.workspace_id)}\n"
    if not answers.workspace_id:
        days = 365 if answers.regulated else 90
        found = f'WORKSPACE_ID=$(az monitor log-analytics workspace create -g "$GROUP" -n log-{answers.name} --retention-time {days} --query id -o tsv)\n'
    return f"""
{found}METRICS_ID=$(az monitor account create -g "$GROUP" -n {monitor("metrics", answers.name)} -l {answers.region} --query id -o tsv)
DEFENDER=$(mktemp)
cat > "$DEFENDER" << EOF
{{
  "logAnalyticsWorkspaceResourceId": "$WORKSPACE_ID",
  "securityMonitoring": {{"enabled": true}},
  "securityGating": {{"enabled": true}}
}}
EOF
"""


def _after(design: Design) -> Iterator[str]:
    answers = design.answers
    yield from attached(design.cluster)
    for group in answers.admin_groups:
        yield _role("Azure Kubernetes Service RBAC Cluster Admin", '"$CLUSTER_ID"', group, "Group")
    if answers.acr_id:
        yield _role("AcrPull", shlex.quote(answers.acr_id), '"$KUBELET"')
    if answers.bastion:
        yield _bastion(design)


def attached(cluster: Cluster) -> Iterator[str]:
    """The settings of a cluster that are resources of their own, with $GROUP and $WORKSPACE_ID."""
    at = f'-g "$GROUP" -n {cluster.name}'
    yield f"CLUSTER_ID=$(az aks show {at} --query id -o tsv)"
    access = cluster.api_server.public_network_access
    if is_known(access) and access == "Disabled":
        yield f'# az aks has no flag for this one.\naz resource update --ids "$CLUSTER_ID" --set properties.publicNetworkAccess={access} -o none'
    protection = cluster.protection
    categories = protection.audit_logs if is_known(protection.audit_logs) else ()
    if categories:
        logs = json.dumps([{"category": category, "enabled": True} for category in categories])
        yield f'az monitor diagnostic-settings create -n aks-audit --resource "$CLUSTER_ID" --workspace "$WORKSPACE_ID" --logs \'{logs}\' -o none'
    windows = cluster.upkeep.maintenance_windows
    for window, day in zip(windows if is_known(windows) else (), ("Sunday", "Saturday", "Friday"), strict=False):
        yield f'az aks maintenanceconfiguration add -g "$GROUP" --cluster-name {cluster.name} -n {window} --schedule-type Weekly --day-of-week {day} --interval-weeks 1 --start-time 02:00 --duration 4 --utc-offset +00:00 -o none'
    if is_known(protection.safeguards_level) and protection.safeguards_level:
        standard = protection.pod_security_level
        pods = f" --pss-level {standard}" if is_known(standard) and standard else ""
        yield f"# Refuses unsafe workloads. Use Warn first where workloads move in that nobody has looked at.\naz aks safeguards create {at} --level {protection.safeguards_level}{pods} -o none"


def _bastion(design: Design) -> str:
    return f"""
# The way in: a jump host without a public address, reached through the bastion with the native client.
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n AzureBastionSubnet --address-prefixes {design.subnets.bastion} -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n jump --address-prefixes {design.subnets.jump} --network-security-group nsg -o none
az network public-ip create -g "$GROUP" -n pip-bastion --sku Standard --allocation-method Static -o none
az network bastion create -g "$GROUP" -n bastion --vnet-name vnet --public-ip-address pip-bastion --sku Standard --enable-tunneling true -o none
az vm create -g "$GROUP" -n jump --image Ubuntu2404 --size Standard_D2s_v5 --vnet-name vnet --subnet jump --public-ip-address "" --nsg "" --security-type TrustedLaunch --enable-secure-boot true --enable-vtpm true --encryption-at-host true --assign-identity --generate-ssh-keys -o none
"""
