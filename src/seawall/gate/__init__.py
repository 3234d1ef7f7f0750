"""Policy in, one verdict with its reasons out."""

from seawall.gate.verdict import Policy, judge

__all__ = ["Policy", "judge"]
