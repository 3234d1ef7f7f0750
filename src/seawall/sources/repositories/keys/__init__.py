"""Whose signatures count: the keys of distros, by fingerprint.

The key itself may come from anywhere, the image included: a fingerprint is a digest of it. Debian's are at hand in
`debian.pgp`, the others are in their images (`usr/share/keyrings`, `etc/apk/keys`, `etc/pki/rpm-gpg`).

Sources, read 2026-11: Debian: https://ftp-master.debian.org/keys.html, package debian-archive-keyring 2023.3+deb12u2;
Ubuntu: https://wiki.ubuntu.com/SecurityTeam/FAQ#GPG_Keys_used_by_Ubuntu; Alpine: https://alpinelinux.org/keys/;
Microsoft: https://github.com/microsoft/azurelinux SPECS/azurelinux-repos (MICROSOFT-RPM-GPG-KEY).
"""

from __future__ import annotations

from pathlib import Path

OPENPGP: dict[str, frozenset[str]] = {
    "debian": frozenset(
        {
            "1f89983e0081fde018f3cc9673a4f27b8dd47936",  # 11 archive
            "ac530d520f2f3269f5e98313a48449044aad5c5d",  # 11 security
            "a4285295fc7b1a81600062a9605c66f00d6c9793",  # 11 stable
            "b8b80b5b623eab6ad8775c45b7c5d7d6350947f8",  # 12 archive
            "05ab90340c0c5e797f44a8c8254cf3b5aec0a8f0",  # 12 security
            "4d64fec119c2029067d6e791f8d2585b8783d481",  # 12 stable
            "04b54c3cdca79751b16bc6b5225629df75b188bd",  # 13 archive
            "5e04a1e3223a19a20706e20f9904613d4cce68c6",  # 13 security
            "41587f7db8c774bccf131416762f67a0b2c39de4",  # 13 stable
        }
    ),
    "ubuntu": frozenset(
        {
            "790bc7277767219c42c86f933b4fe6acc0b21f32",  # 2012
            "f6ecb3762474eda9d21b7022871920d1991bc93c",  # 2018
        }
    ),
    "azurelinux": frozenset({"2bc94fff7015a5f28f1537ad0cd9fed33135ce90"}),
    "mariner": frozenset({"2bc94fff7015a5f28f1537ad0cd9fed33135ce90"}),
}
"""By os-release ID: fingerprints of OpenPGP certificates, in lower case."""

RSA: dict[str, frozenset[str]] = {
    "alpine": frozenset(
        {
            # alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub: x86_64 since 3.15
            "8a70fc55f1a6fb2a392ad5a3e71aff82a637b2b33659c046f6b6a909bb5d1ab7",
            # alpine-devel@lists.alpinelinux.org-616ae350.rsa.pub: aarch64 since 3.15
            "479f16f4170a9ea0c65e1de854860949b1a549cfa1f43552f7a2e821c9e2f409",
        }
    ),
}
"""By os-release ID: SHA-256 of public keys in DER (SubjectPublicKeyInfo)."""


def shipped(distro: str) -> bytes:
    """The certificates of a distro that are part of this program, b"" where none are."""
    path = Path(__file__).with_name(f"{distro}.pgp")
    return path.read_bytes() if distro in OPENPGP and path.is_file() else b""
