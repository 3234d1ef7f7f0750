"""The shape of a plan in JSON, and its schema. Fields are added, never renamed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from seawall.model import Cost, Item, NotAssessed, Plan, Step, is_known, known
from seawall.reports.document import CostWord

SCHEMA = "seawall-plan/1"

Way = Annotated[str, Meta(extra_json_schema={"enum": ["rebuild", "repair", "nothing"]})]
ToolWord = Annotated[str, Meta(extra_json_schema={"enum": ["az", "terraform"]})]


class StepShape(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, all of it before the next; `sets` is what is different afterwards, by path.

    `commands` are for a shell, with words in capitals to fill in; `diff` is the change of a Terraform
    configuration, `terraform` what to know about it, or why not to apply it. `reimages` counts how often nodes
    are rebuilt.
    """

    id: str
    title: str
    commands: tuple[str, ...]
    terraform: tuple[str, ...]
    diff: tuple[str, ...]
    cost: CostWord
    one_way: bool
    reimages: int
    before: tuple[str, ...]
    breaks: tuple[str, ...]
    after: tuple[str, ...]
    verify: tuple[str, ...]
    rollback: str
    mends: tuple[str, ...]
    why: str
    sets: Mapping[str, Any]


class TotalShape(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps come to."""

    reimages: int
    one_way_doors: int
    new_pools: int


class LeftShape(msgspec.Struct, frozen=True, kw_only=True):
    """A check that the plan does not mend, and the reason."""

    check: str
    why: str


class ReplacementShape(msgspec.Struct, frozen=True, kw_only=True):
    """The new cluster: every setting that is known, and those that differ from the old one with the reason."""

    name: str
    resource_group: str
    region: str
    settings: Mapping[str, Any]
    pools: tuple[Mapping[str, Any], ...]
    differs: Mapping[str, str]


class PlanDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The way from a cluster to one that passes. `rebuild` holds the reasons for a new cluster, if it takes one.

    `code` is what makes that: file name -> text. `inventory` is what has to move, null where nobody looked.
    """

    schema: Annotated[str, Meta(extra_json_schema={"const": SCHEMA})]
    seawall: str
    cluster: str
    file: str | None
    tool: ToolWord
    way: Way
    total: TotalShape
    rebuild: tuple[str, ...]
    mends: tuple[str, ...]
    left: tuple[LeftShape, ...]
    steps: tuple[StepShape, ...]
    replacement: ReplacementShape | None
    code: Mapping[str, str]
    inventory: tuple[Item, ...] | None
    not_assessed: tuple[NotAssessed, ...]


def document(plan: Plan, version: str, settings: Mapping[str, Any]) -> PlanDocument:
    """The plan in its shape. `settings` are the known ones of the replacement, without its pools."""
    return PlanDocument(
        schema=SCHEMA,
        seawall=version,
        cluster=plan.cluster.name,
        file=plan.cluster.file or None,
        tool=plan.tool,
        way=way(plan),
        total=TotalShape(reimages=plan.reimages, one_way_doors=plan.one_way_doors, new_pools=plan.new_pools),
        rebuild=plan.rebuild,
        mends=plan.mends,
        left=tuple(LeftShape(check=rule, why=why) for rule, why in plan.left.items()),
        steps=tuple(_step(step) for step in plan.steps),
        replacement=_replacement(plan, settings),
        code=plan.code,
        inventory=plan.inventory if plan.manifests else None,
        not_assessed=plan.not_assessed,
    )


def way(plan: Plan) -> str:
    """`rebuild`, `repair`, or `nothing` to do."""
    return "rebuild" if plan.rebuild else "repair" if plan.steps else "nothing"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan, published as `schema/plan.schema.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "Seawall plan",
        **msgspec.json.schema(PlanDocument),
    }


def _step(step: Step) -> StepShape:
    held: dict[str, Any] = msgspec.structs.asdict(step)
    return StepShape(**{**held, "cost": str(Cost(step.cost))})


def _replacement(plan: Plan, settings: Mapping[str, Any]) -> ReplacementShape | None:
    new = plan.replacement
    if new is None:
        return None
    pools = [msgspec.structs.asdict(pool) for pool in known(new.pools)]
    return ReplacementShape(
        name=new.name,
        resource_group=new.resource_group,
        region=new.region,
        settings=settings,
        pools=tuple({name: value for name, value in pool.items() if is_known(value)} for pool in pools),
        differs=plan.differs,
    )
