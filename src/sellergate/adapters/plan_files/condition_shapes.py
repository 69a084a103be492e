"""The tables of a plan about what has to hold: thresholds and criteria."""

from typing import Any, Final

from sellergate.adapters.plan_files import units
from sellergate.adapters.plan_files.communication_shapes import DURATION, IN_ITS_UNIT, in_unit_of, unit_text
from sellergate.adapters.plan_files.shapes import Key, Refused, Shape, fields_of
from sellergate.domain.criteria import Check, Criterion
from sellergate.domain.samples import RATES
from sellergate.domain.thresholds import Metric, Threshold


def _threshold(
    *, metric: Metric, investigate: object, roll_back: object | None = None, alert: object | None = None
) -> Threshold:
    good = in_unit_of(metric, "investigate", investigate)
    bounds = {
        key: None if value is None else in_unit_of(metric, key, value)
        for key, value in (("roll_back", roll_back), ("alert", alert))
    }
    word = "low" if metric.low_is_bad else "high"
    for key, bound in bounds.items():
        if bound is not None and (bound > good if metric.low_is_bad else bound < good):
            raise Refused(key, f"allowed is at least as {word} as investigate, {unit_text(metric, good)}")
    return Threshold(metric=metric, investigate=good, **bounds)


def _threshold_facts(threshold: Threshold) -> dict[str, Any]:
    values = {name: getattr(threshold, name) for name in ("investigate", "roll_back", "alert")}
    written = {name: unit_text(threshold.metric, value) for name, value in values.items() if value is not None}
    return {"metric": threshold.metric, **written}


def _bound(meaning: str, **more: Any) -> Key:
    return Key(meaning=meaning, allowed=IN_ITS_UNIT, parse=lambda value: value, **more)


THRESHOLD: Final = Shape(
    title="thresholds",
    meaning="The bands of one metric, for every step or, within a step, for that step. What is not named keeps the seed's bands.",
    make=_threshold,
    facts=_threshold_facts,
    keys={
        "metric": Key(
            meaning="What is measured.",
            allowed=units.choices(Metric),
            parse=units.choice(Metric),
            write=str,
        ),
        "investigate": _bound("Beyond this value somebody looks into it; up to it all is well."),
        "roll_back": _bound("Beyond this value it is rolled back. Without it nothing is, for its sake.", default=None),
        "alert": _bound("Beyond this value people are told, whatever the step does.", default=None),
    },
)

_ONLY_FOR: Final = {
    "metric": Check.VERDICT_CONTINUE,
    "over": Check.VERDICT_CONTINUE,
    "limit": Check.INBOX_LATENCY,
    "step": Check.PREVIOUS_STEPS_MET,
}


def _criterion(*, check: Check | None = None, signed: bool = False, **more: Any) -> Criterion:
    if (check is None) != signed:
        raise Refused("check", "allowed is either a check or signed = true")
    for key, only in _ONLY_FOR.items():
        if key in more and check is not only:
            raise Refused(key, f"allowed is it for the check {only} only")
    if "over" in more and more.get("metric") not in RATES:
        raise Refused("over", f"allowed is it with one of the metrics {', '.join(sorted(RATES))} only")
    if check is Check.INBOX_LATENCY and "limit" not in more:
        raise Refused("limit", "is missing")
    return Criterion(check=check, **more)


def _criterion_shape(title: str, meaning: str) -> Shape:
    return Shape(
        title=title,
        meaning=meaning,
        make=_criterion,
        facts=lambda criterion: {**fields_of(criterion), "signed": criterion.is_signed or None},
        keys={
            "name": Key(meaning="Its name, unique in the plan.", allowed=units.NAME, parse=units.name),
            "text": Key(meaning="What has to hold, in words.", allowed=units.TEXT, parse=units.text),
            "check": Key(
                meaning="It is checked automatically, by this check.",
                allowed=units.choices(Check),
                parse=units.choice(Check),
                write=str,
                default=None,
            ),
            "signed": Key(
                meaning="A person signs that it is so.", allowed="true or false", parse=units.flag, default=False
            ),
            "metric": Key(
                meaning="For `verdict_continue`: the verdict on this metric only.",
                allowed=units.choices(Metric),
                parse=units.choice(Metric),
                write=str,
                default=None,
            ),
            "over": Key(
                meaning="For `verdict_continue` with a metric that is a rate: over which time, in place of as of now.",
                default=None,
                **DURATION,
            ),
            "limit": Key(meaning="For `inbox_latency`: below which time.", default=None, **DURATION),
            "step": Key(
                meaning="For `previous_steps_met`: which earlier step. Without one all of them.",
                allowed="the name of an earlier step",
                parse=units.name,
                default=None,
            ),
        },
    )


ENTRY: Final = _criterion_shape("steps.entry", "What has to hold before the step begins, beside the step before it.")
CRITERION: Final = _criterion_shape("steps.criteria", "What has to hold before the step is left for the next.")
