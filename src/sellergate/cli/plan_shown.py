"""How a plan is shown to people: the whole on one page, step by step."""

from collections.abc import Iterable
from datetime import timedelta

from sellergate.adapters.plan_files.communication_shapes import unit_text
from sellergate.adapters.plan_files.units import duration_text, share_text
from sellergate.cli.output import say, show_facts, show_table
from sellergate.cli.rollout_shown import named
from sellergate.domain.communication import Announcement, Occasion
from sellergate.domain.criteria import Criterion
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.rollout import Phase
from sellergate.domain.thresholds import Threshold


def show_plan(plan: RolloutPlan) -> None:
    """All of it."""
    show_facts(_whole(plan))
    show_table(
        ["step", "kind", "endpoints", "lasts", "checks", "may begin", "on a breach", "promotion"],
        (
            (
                step.name,
                named(step.kind, step.percentage),
                "open" if step.endpoints else "closed",
                _lasts(step),
                step.minimum_checks or "",
                "; ".join(str(window) for window in step.windows) or "always",
                step.breach.value,
                step.promotion.value,
            )
            for step in plan.steps
        ),
        right=["checks"],
    )
    for step in plan.steps:
        _show_step(step)
    _show_people(plan)


def _whole(plan: RolloutPlan) -> dict[str, object]:
    test = plan.load_test
    return {
        "plan": plan.name,
        "time zone": plan.zone,
        "acts after": f"{duration_text(plan.persist)} of the same verdict",
        "watched when full": duration_text(plan.bake),
        "gradual rollback": f"{' % → '.join(map(str, plan.reductions))} % → off, {duration_text(plan.observation)} each"
        if plan.reductions
        else "off",
        "rollback within": duration_text(plan.rollback_within),
        "load test": f"{test.clients} clients, {test.rate} requests a minute for {duration_text(test.duration)}, "
        f"P95 below {duration_text(timedelta(seconds=test.latency_p95))}, errors at most {share_text(test.error_rate)}",
    }


def _lasts(step: Step) -> str:
    minimum, expected = step.minimum_duration, step.expected_duration
    if expected is None:
        return f"at least {duration_text(minimum)}" if minimum else ""
    return duration_text(minimum) if minimum == expected else f"{duration_text(minimum)} to {duration_text(expected)}"


def _show_step(step: Step) -> None:
    say(f"{step.name}: {step.title or named(step.kind, step.percentage)}{f'. {step.goal}.' if step.goal else ''}")
    if step.canary is not None:
        listed = f", {len(step.canary.products)} listed in the plan" if step.canary.products else ""
        say(f"  canary: {share_text(step.canary.share)} of all products{listed}")
    if step.kind in (Phase.CANARY, Phase.PERCENTAGE):
        say(f"  products that are not enforced: {step.unselected}")
    if step.watch:
        say(f"  dashboards are watched for {duration_text(step.watch)} after it began")
    rows = ((one.metric.value, *_bands(one)) for one in step.thresholds)
    show_table(["metric", "continue", "roll back", "alert"], rows)
    rows_of_criteria = [("to begin", one) for one in step.entry] + [("to go on", one) for one in step.exit_criteria]
    if rows_of_criteria:
        show_table(
            ["needed", "criterion", "by", "what has to hold"],
            ((when, one.name, _by(one), one.text) for when, one in rows_of_criteria),
        )


def _bands(threshold: Threshold) -> Iterable[str]:
    good, bad = (">", "<") if threshold.metric.low_is_bad else ("<", ">")
    for sign, value in ((good, threshold.investigate), (bad, threshold.roll_back), (bad, threshold.alert)):
        yield "never" if value is None else f"{sign} {unit_text(threshold.metric, value)}"


def _by(criterion: Criterion) -> str:
    if criterion.check is None:
        return "a person"
    more = [
        criterion.metric and criterion.metric.value,
        criterion.over and f"over {duration_text(criterion.over)}",
        criterion.limit and f"below {duration_text(criterion.limit)}",
        criterion.step,
    ]
    told = ", ".join(str(one) for one in more if one)
    return f"{criterion.check} ({told})" if told else criterion.check.value


def _show_people(plan: RolloutPlan) -> None:
    if plan.announcements:
        show_table(
            ["announcement", "to", "by", "when", "what"],
            (
                (one.name, one.audience, _places(one), _when(one), one.message or f"template {one.template}")
                for one in plan.announcements
            ),
        )
    if plan.alerts:
        show_table(
            ["alert", "metric", "above", "for", "severity", "to"],
            (
                (
                    one.name,
                    one.watched.value,
                    unit_text(one.watched, one.above),
                    duration_text(one.lasting),
                    one.severity.value,
                    one.channel.value,
                )
                for one in plan.alerts
            ),
        )
    for checklist in plan.afterwards:
        say(f"{checklist.name} (within {duration_text(checklist.due)})")
        for item in checklist.items:
            say(f"  - {item}")


def _places(announcement: Announcement) -> str:
    channels = ", ".join(channel.value for channel in announcement.channels)
    return f"{channels} {announcement.to}" if announcement.to else channels


def _when(announcement: Announcement) -> str:
    occasion, step = announcement.occasion, announcement.step or "each step"
    if occasion is Occasion.BEFORE:
        lead = f"{duration_text(announcement.lead)} " if announcement.lead else ""
        return f"{lead}before {step}"
    return f"{step} entered" if occasion is Occasion.ENTERED else occasion.value.replace("_", " ")
