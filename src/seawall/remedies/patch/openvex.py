"""What a patch mended, as an OpenVEX document. https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md (0.2.0)"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence

from seawall.model import Finding


def openvex(before: Sequence[Finding], after: Sequence[Finding], digest: str, now: datetime.datetime) -> bytes:
    """A statement `fixed` for every flaw of the image before that its successor (by `digest`) no longer has."""
    left = {(finding.rule, finding.field) for finding in after}
    gone = sorted({(f.rule, f.field) for f in before if (f.rule, f.field) not in left})
    moment = now.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    statements = [
        {
            "vulnerability": {"name": rule},
            "products": [{"@id": f"pkg:oci/image@{digest.replace(':', '%3A')}", "subcomponents": [{"@id": purl}]}],
            "status": "fixed",
        }
        for rule, purl in gone
    ]
    name = hashlib.sha256(json.dumps([digest, gone]).encode()).hexdigest()
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"https://openvex.dev/docs/seawall/{name}",
        "author": "seawall patch",
        "timestamp": moment,
        "version": 1,
        "statements": statements,
    }
    return json.dumps(document, indent=2).encode() + b"\n"
