"""The plan that comes with sellergate has everything the document it was made from asks for."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from builders import QUICK_PLAN, THE_PLAN
from sellergate.domain.communication import Channel, Occasion, Severity, Watched
from sellergate.domain.criteria import Check
from sellergate.domain.plan import DEFAULT_THRESHOLDS, Breach, LoadTest, Promotion
from sellergate.domain.rollout import Phase, Unselected
from sellergate.domain.thresholds import Metric, Threshold

ITEMS = json.loads((Path(__file__).parents[2] / "golden" / "seed_items.json").read_text(encoding="utf-8"))
"""Every box to tick of the document, by its heading."""

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CRITERIA_OF = {"Phase 0": "shadow", "Phase 1": "canary", "Phase 2": "half", "Phase 3": "full"}


@pytest.mark.parametrize("heading", ITEMS)
def test_every_item_of_the_document_is_in_the_plan(heading):
    phase, _, part = heading.partition(":")
    if phase not in CRITERIA_OF:
        found = next(one.items for one in THE_PLAN.afterwards if one.name == heading)
    else:
        step = THE_PLAN.step(CRITERIA_OF[phase])
        found = [one.text for one in (step.entry if part.endswith("Checklist") else step.criteria)]

    assert list(found) == ITEMS[heading]


def test_the_document_has_forty_three_items():
    assert sum(map(len, ITEMS.values())) == 43


def test_the_steps_are_the_four_phases():
    assert [(step.name, step.kind, step.percentage, step.endpoints) for step in THE_PLAN.steps] == [
        ("shadow", Phase.SHADOW, 0, False),
        ("canary", Phase.CANARY, 0, True),
        ("half", Phase.PERCENTAGE, 50, True),
        ("full", Phase.FULL, 100, True),
    ]
    assert {step.unselected for step in THE_PLAN.steps} == {Unselected.SHADOW}
    assert {step.promotion for step in THE_PLAN.steps} == {Promotion.MANUAL}
    assert all(step.goal and step.title for step in THE_PLAN.steps)


def test_each_lasts_as_long_as_it_should():
    assert [(step.minimum_duration, step.expected_duration) for step in THE_PLAN.steps] == [
        (3 * DAY, 5 * DAY),
        (7 * DAY, 7 * DAY),
        (7 * DAY, 7 * DAY),
        (timedelta(0), None),
    ]
    assert (THE_PLAN.step("full").watch, THE_PLAN.bake) == (2 * HOUR, 7 * DAY)
    assert all(step.minimum_checks for step in THE_PLAN.steps[:3])


def test_a_breach_rolls_back_but_in_shadow_it_is_only_told():
    assert [step.breach for step in THE_PLAN.steps] == [
        Breach.NOTIFY,
        Breach.ROLLBACK,
        Breach.ROLLBACK,
        Breach.ROLLBACK,
    ]


def test_the_canary_is_a_tenth_of_quiet_products():
    canary = THE_PLAN.step("canary").canary

    assert (canary.share, canary.daily_views) == (0.10, (100, 500))
    assert (canary.test_or_partner_suppliers, canary.top_sellers) == (True, False)


def test_the_bands_are_the_documents_and_the_cache_is_judged_harder_at_half():
    expected = (
        Threshold(metric=Metric.LATENCY, investigate=0.005, roll_back=0.010),
        Threshold(metric=Metric.ERRORS, investigate=0.005, roll_back=0.01),
        Threshold(metric=Metric.CACHE_HITS, investigate=0.7),
        Threshold(metric=Metric.POOL, investigate=0.8),
        Threshold(metric=Metric.INBOX, investigate=100, alert=500),
    )

    assert expected == DEFAULT_THRESHOLDS
    for step in THE_PLAN.steps:
        cache = Threshold(metric=Metric.CACHE_HITS, investigate=0.8 if step.name == "half" else 0.7)
        assert step.thresholds == tuple(cache if one.metric is cache.metric else one for one in expected)
        assert step.threshold(Metric.CACHE_HITS) == cache


def test_full_begins_at_night_in_the_middle_of_the_week():
    assert [str(window) for window in THE_PLAN.step("full").windows] == ["Tue-Thu 02:00-04:00 Asia/Seoul"]
    assert not any(step.windows for step in THE_PLAN.steps[:3])


def test_what_is_checked_and_what_is_signed():
    signed = [one.name for one in THE_PLAN.criteria() if one.is_signed]
    checks = {one.check for one in THE_PLAN.criteria()} - {None}

    assert signed == [
        "shadow-report-reviewed",
        "canary-enforced", "canary-bypass", "canary-complaints",
        "half-enforced", "half-incidents",
        "runbook", "on-call-briefed",
        "all-enforced", "full-complaints",
    ]  # fmt: skip
    assert checks == set(Check) - {Check.POOL_IN_USE}
    by_name = {one.name: one for one in THE_PLAN.criteria()}
    assert by_name["canary-inbox"].limit == timedelta(milliseconds=100)
    assert (by_name["full-latency"].metric, by_name["full-latency"].over) == (Metric.LATENCY, 7 * DAY)
    assert (by_name["full-errors"].metric, by_name["full-errors"].over) == (Metric.ERRORS, 7 * DAY)
    assert (by_name["phase-1-met"].step, by_name["phase-2-met"].step) == ("canary", "half")


def test_the_load_test_and_both_ways_back():
    assert THE_PLAN.load_test == LoadTest(
        clients=1_000, rate=10_000, duration=10 * MINUTE, latency_p95=0.005, error_rate=0.0
    )
    assert (THE_PLAN.reductions, THE_PLAN.observation) == ((50, 10), 24 * HOUR)
    assert (THE_PLAN.rollback_within, THE_PLAN.persist) == (5 * MINUTE, timedelta(seconds=30))
    assert THE_PLAN.zone == "Asia/Seoul"


SLACK, EMAIL = (Channel.SLACK,), (Channel.EMAIL,)
LAUNCH = (Occasion.BEFORE, "canary", 3 * DAY)


@pytest.mark.parametrize(
    ("audience", "channels", "to", "when", "message"),
    [
        ("Engineering Team", SLACK, "#phase9-rollout", (Occasion.DAILY, None, timedelta(0)), None),
        ("Engineering Team", EMAIL, None, (Occasion.DAILY, None, timedelta(0)), None),
        ("Product Team", SLACK, "#product", (Occasion.WEEKLY, None, timedelta(0)), None),
        ("Support Team", EMAIL, None, (Occasion.BEFORE, None, 3 * DAY), None),
        ("Leadership", EMAIL, None, (Occasion.ENTERED, None, timedelta(0)), None),
        ("Leadership", EMAIL, None, (Occasion.ROLLED_BACK, None, timedelta(0)), None),
        ("Engineering Team", SLACK, "#engineering", (Occasion.BEFORE, "full", DAY), None),
        (
            "Sellers",
            (Channel.EMAIL, Channel.IN_APP),
            None,
            LAUNCH,
            "New authorization system launching. Request access to products from suppliers.",
        ),
        (
            "Suppliers",
            (Channel.EMAIL, Channel.DASHBOARD),
            None,
            LAUNCH,
            "Review seller authorization requests in your inbox. Approve/reject within 3 days.",
        ),
        (
            "Partners",
            EMAIL,
            None,
            LAUNCH,
            "No action required. Authorization system improves product access control.",
        ),
        (
            "Engineering Team",
            SLACK,
            "#phase9-rollout",
            (Occasion.ROLLED_BACK, None, timedelta(0)),
            "@channel Phase 9 rolled back due to {reason}. Authorization gates DISABLED. Investigating...",
        ),
    ],
)
def test_everybody_is_told(audience, channels, to, when, message):
    found = [
        (one.audience, one.channels, one.to, (one.occasion, one.step, one.lead), one.message)
        for one in THE_PLAN.announcements
    ]

    assert (audience, channels, to, when, message) in found
    assert len(found) == 11


def test_every_message_has_its_korean():
    assert [one.name for one in THE_PLAN.announcements if one.message and not one.message_ko] == []


def test_four_alerts_two_of_which_wake_somebody():
    assert [
        (one.watched, one.above, one.within, one.lasting, one.severity, one.channel) for one in THE_PLAN.alerts
    ] == [
        (Watched.LATENCY, 0.01, None, 5 * MINUTE, Severity.CRITICAL, Channel.PAGERDUTY),
        (Watched.ERRORS, 0.01, None, 5 * MINUTE, Severity.CRITICAL, Channel.PAGERDUTY),
        (Watched.INBOX, 100, None, HOUR, Severity.WARNING, Channel.SLACK),
        (Watched.LIMIT_REJECTIONS, 10, HOUR, HOUR, Severity.WARNING, Channel.SLACK),
    ]
    assert {metric.value for metric in Metric} < {watched.value for watched in Watched}


def test_what_is_left_to_do_has_a_date_and_so_has_the_success_of_it_all():
    assert [(one.name.partition(":")[0], one.due // DAY) for one in THE_PLAN.afterwards] == [
        ("Week 1", 7),
        ("Week 2", 14),
        ("Month 1", 30),
        ("Month 3", 90),
        ("Overall Success", 90),
    ]
    assert THE_PLAN.afterwards[-1].items == (
        "Zero-downtime rollout",
        "Performance targets met",
        "Business value delivered (improved product access control)",
        "Easy rollback path validated",
    )


def test_the_demos_plan_is_the_same_steps_without_waiting():
    alike = [(step.name, step.level, step.endpoints, step.unselected) for step in THE_PLAN.steps]

    assert [(step.name, step.level, step.endpoints, step.unselected) for step in QUICK_PLAN.steps] == alike
    assert list(QUICK_PLAN.criteria()) == []
    assert not any(step.minimum_duration or step.windows for step in QUICK_PLAN.steps)
