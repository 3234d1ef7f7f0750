"""Is what a plan of Terraform does to clusters right? One rule is one file; `RULES` is the list.

Import from here: `from seawall.checks.plan import RULES, judge`.
"""

from __future__ import annotations

from seawall.checks.plan.destroyed import destroyed
from seawall.checks.plan.judge import judge
from seawall.checks.plan.one_way import one_way
from seawall.checks.plan.replaced import replaced
from seawall.checks.plan.rule import Rule
from seawall.checks.plan.weaker import weaker

__all__ = ["RULES", "Rule", "judge"]

RULES: tuple[Rule, ...] = (replaced, destroyed, one_way, weaker)
