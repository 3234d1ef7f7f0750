"""Whose an rpm package is: its header names a vendor, and each distro calls itself by certain names there."""

from __future__ import annotations

from seawall.model import Distro

VENDORS = {
    "almalinux": ("almalinux",),
    "amzn": ("amazon",),
    "azurelinux": ("microsoft corporation", "azure linux"),
    "centos": ("centos",),
    "fedora": ("fedora project",),
    "mariner": ("microsoft corporation",),
    "ol": ("oracle america",),
    "opensuse-leap": ("opensuse", "suse llc"),
    "opensuse-tumbleweed": ("opensuse",),
    "photon": ("vmware", "broadcom"),
    "rhel": ("red hat",),
    "rocky": ("rocky",),
    "sle_hpc": ("suse", "opensuse"),
    "sles": ("suse", "opensuse"),
    "sled": ("suse", "opensuse"),
}
"""How the vendor begins, in small letters, in packages of the distro itself, by the ID of os-release. EPEL's packages
say Fedora Project, and are no part of the distro that they are installed on."""


def origin_of(vendor: str, distro: Distro | None) -> str:
    """The vendor of a package that is not the distro's own, "" where it is, and where the distro is not known."""
    own = VENDORS.get(distro.id, ()) if distro else ()
    return "" if not own or vendor.lower().startswith(own) else vendor
