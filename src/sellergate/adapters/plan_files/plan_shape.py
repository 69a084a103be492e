"""The plan as a whole."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from sellergate.adapters.plan_files import units
from sellergate.adapters.plan_files.communication_shapes import ALERT, ANNOUNCEMENT, CHECKLIST, DURATION
from sellergate.adapters.plan_files.condition_shapes import THRESHOLD
from sellergate.adapters.plan_files.shapes import Key, Shape, fields_of, frozen
from sellergate.adapters.plan_files.step_shapes import LOAD_TEST, step_shape
from sellergate.domain.plan import (
    DEFAULT_THRESHOLDS,
    RolloutPlan,
    Step,
    with_overrides,
)
from sellergate.domain.thresholds import Threshold
from sellergate.domain.windows import zone_named

T = TypeVar("T")

REDUCTIONS: Final = "a list of shares, 1 to 99, each lower than the one before"


def zone(value: object) -> str:
    """The name of a time zone that there is."""
    return zone_named(units.text(value)).key


def _reductions(value: object) -> tuple[int, ...]:
    shares: tuple[int, ...] = units.list_of(units.number(1, 99))(value)
    if list(shares) != sorted(shares, reverse=True):
        raise ValueError(value)
    return shares


def _plan(*, steps: Sequence[Step], thresholds: Sequence[Threshold] = (), **more: Any) -> RolloutPlan:
    bands = with_overrides(DEFAULT_THRESHOLDS, thresholds)
    whole = tuple(_with_thresholds(step, bands) for step in steps)
    return RolloutPlan(steps=whole, **frozen(more))


def _with_thresholds(step: Step, bands: tuple[Threshold, ...]) -> Step:
    return Step(**{**fields_of(step), "thresholds": with_overrides(bands, step.thresholds)})


def plan_shape(zone_name: str) -> Shape:
    """A plan in this zone."""
    return Shape(
        title="plan",
        meaning="What holds for the whole plan.",
        make=_plan,
        facts=lambda plan: {**fields_of(plan), "thresholds": ()},
        keys={
            "name": Key(meaning="What the plan is called.", allowed=units.TEXT, parse=units.text),
            "zone": Key(
                meaning="The time zone of its windows and pages.", allowed="a time zone like Asia/Seoul", parse=zone
            ),
            "persist": Key(
                meaning="How long a verdict has to last before anything acts on it.", default="30 s", **DURATION
            ),
            "bake": Key(
                meaning="How long a rollback stays armed after the last step began.", default="7 days", **DURATION
            ),
            "reductions": Key(
                meaning="The shares of a gradual rollback; after the last one comes off.",
                allowed=REDUCTIONS,
                parse=_reductions,
                write=list,
                default=[50, 10],
            ),
            "observation": Key(
                meaning="How long each of them, and any share between two steps, is watched before it goes further.",
                default="24 hours",
                **DURATION,
            ),
            "rollback_within": Key(
                meaning="How long an immediate rollback may take, from the decision to the last process.",
                default="5 minutes",
                allowed=units.DURATION,
                parse=units.positive_duration,
                write=units.duration_text,
            ),
            "load_test": Key(meaning="What a load test has to stand.", table=LOAD_TEST, default={}),
            "thresholds": Key(meaning="The bands of every step.", table=THRESHOLD, many=True, default=[]),
            "steps": Key(meaning="The steps, from less to more.", table=step_shape(zone_name), many=True),
            "announcements": Key(meaning="Who is told what.", table=ANNOUNCEMENT, many=True, default=[]),
            "alerts": Key(meaning="Which alerts there are.", table=ALERT, many=True, default=[]),
            "afterwards": Key(meaning="What is left to do.", table=CHECKLIST, many=True, default=[]),
        },
    )
