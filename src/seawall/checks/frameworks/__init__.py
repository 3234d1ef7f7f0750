"""Published lists of controls, as data: one file a framework."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.checks.frameworks.cis_aks import CIS_AKS
from seawall.checks.frameworks.framework import Control, Framework
from seawall.checks.frameworks.guide import GUIDE
from seawall.checks.frameworks.judge import judge
from seawall.checks.frameworks.mcsb import MCSB

__all__ = ["FRAMEWORKS", "Control", "Framework", "controls_of", "judge"]

FRAMEWORKS = {framework.id: framework for framework in (CIS_AKS, GUIDE, MCSB)}


def controls_of(check: str) -> Iterator[tuple[Framework, Control]]:
    """The controls that the check of this id decides."""
    for framework in FRAMEWORKS.values():
        for control in framework.controls:
            if check in control.checks:
                yield framework, control
