"""Which of our checks decides what a rule of hadolint asks: for its waivers, and for the table of agreement."""

from __future__ import annotations

OURS: dict[str, tuple[str, ...]] = {
    "DL3000": ("IMG-DF-035",), "DL3002": ("IMG-DF-003",), "DL3003": ("IMG-DF-034",), "DL3004": ("IMG-DF-022",),
    "DL3005": ("IMG-DF-026",), "DL3006": ("IMG-DF-002",), "DL3007": ("IMG-DF-002",), "DL3008": ("IMG-DF-028",),
    "DL3009": ("IMG-DF-014",), "DL3010": (), "DL3012": ("IMG-DF-036",), "DL3013": ("IMG-DF-028",),
    "DL3015": ("IMG-DF-015",), "DL3016": ("IMG-DF-028",), "DL3018": ("IMG-DF-028",), "DL3019": ("IMG-DF-014",),
    "DL3020": ("IMG-DF-013",), "DL3022": ("IMG-DF-037",), "DL3023": ("IMG-DF-037",), "DL3024": (),
    "DL3025": ("IMG-DF-032",), "DL3028": ("IMG-DF-028",), "DL3032": ("IMG-DF-014",), "DL3033": ("IMG-DF-028",),
    "DL3035": ("IMG-DF-026",), "DL3036": ("IMG-DF-014",), "DL3037": ("IMG-DF-028",), "DL3040": ("IMG-DF-014",),
    "DL3041": ("IMG-DF-028",), "DL3042": ("IMG-DF-041",), "DL3043": (), "DL3044": (), "DL3045": ("IMG-DF-035",),
    "DL3060": ("IMG-DF-041",), "DL3064": ("IMG-DF-008",), "DL3066": (), "DL4000": ("IMG-DF-038",),
    "DL4003": ("IMG-DF-036",), "DL4004": ("IMG-DF-036",), "DL4006": ("IMG-DF-033",),
}  # fmt: skip
