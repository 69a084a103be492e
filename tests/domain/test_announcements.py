"""What is due when: never without a date, never twice, and each summary once for each day and week of the plan's zone."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import HOUR, NOON, THE_PLAN, TICK, a_plan, a_rollout, a_rollout_change
from sellergate.domain.announcements import (
    LATE,
    LOOKS_BACK,
    Course,
    EditionState,
    StepDate,
    brought_about,
    editions,
    start_of,
    state_of,
)
from sellergate.domain.communication import Announcement, Channel, Occasion
from sellergate.domain.plan import Step
from sellergate.domain.rollout import Phase, RolloutAction, RolloutState
from sellergate.domain.rollout_moves import promoted

DAY = timedelta(days=1)
SEOUL = ZoneInfo("Asia/Seoul")
SHADOW = a_rollout(step="shadow")
CANARY = a_rollout(2, phase=Phase.CANARY, step="canary")
OFF = RolloutState(phase=Phase.OFF)
ROLLBACK = a_rollout_change(
    9, action=RolloutAction.ROLLBACK, from_phase=Phase.CANARY, to_phase=Phase.OFF, at=NOON + HOUR, reason="Errors."
)


def a_date(step="canary", begins_at=NOON + 10 * DAY, at=NOON):
    return StepDate(step=step, begins_at=begins_at, by="operator-1", at=at)


def named(name, course, now=NOON, plan=THE_PLAN):
    return [one for one in editions(plan, course, now) if one.announcement.name == name]


def the(name, course, now=NOON):
    [edition] = named(name, course, now)
    return edition


def dated(*dates, state=SHADOW, **facts):
    return Course(state=state, dates={one.step: one for one in dates}, **facts)


# ---- What a promotion brings about


def brought(course, now=NOON):
    return {
        (one.announcement.name, None if one.step is None else one.step.name, state_of(one, now))
        for one in brought_about(THE_PLAN, course, now)
    }


DUE, SCHEDULED = EditionState.DUE, EditionState.SCHEDULED


def test_entering_shadow_is_known_to_tell_sellers_and_suppliers_at_once():
    told = brought(Course(state=OFF))

    everybody = {(name, "canary", DUE) for name in ("sellers-launch", "suppliers-launch", "partners-launch")}
    assert everybody <= told
    assert {("support-faq", "canary", DUE), ("leadership-milestones", "shadow", DUE)} <= told
    assert ("engineering-updates", None, SCHEDULED) in told
    assert not any(name in ("full-rollout", "rolled-back", "leadership-rolled-back") for name, *_ in told)


def test_a_date_that_is_set_before_keeps_a_promotion_from_telling_at_once():
    told = brought(dated(a_date(begins_at=NOON + 10 * DAY), state=OFF))

    assert not any(name == "sellers-launch" for name, *_ in told)  # it has its own date already


def test_what_is_due_anyway_is_not_said_to_come_of_the_promotion():
    begun = a_rollout_change(1, from_phase=Phase.OFF, to_phase=Phase.SHADOW, to_step="shadow", at=NOON)
    told = brought(Course(state=SHADOW, changes=(begun,)))

    assert ("leadership-milestones", "shadow", DUE) not in told
    assert {step for name, step, _ in told if name == "support-faq"} == {"half"}
    assert ("leadership-milestones", "canary", DUE) in told
    assert not any(name == "sellers-launch" for name, *_ in told)


def test_after_the_last_step_there_is_no_promotion_to_announce():
    assert brought_about(THE_PLAN, Course(state=a_rollout(4, phase=Phase.FULL, step="full")), NOON) == []


def test_what_was_foretold_is_what_the_promotion_brings():
    course = Course(state=OFF)
    foretold = {one.key: one.due_at for one in brought_about(THE_PLAN, course, NOON)}
    change = a_rollout_change(1, from_phase=Phase.OFF, to_phase=Phase.SHADOW, to_step="shadow", at=NOON)
    state = promoted(OFF, THE_PLAN)
    after = Course(state=replace(state, version=1, since=NOON), changes=(change,))

    found = {one.key: one.due_at for one in editions(THE_PLAN, after, NOON) if one.due_at is not None}
    before = {one.key for one in editions(THE_PLAN, course, NOON) if one.due_at is not None}
    assert foretold == {key: at for key, at in found.items() if key not in before}


# ---- When a step begins


@pytest.mark.parametrize(
    ("step", "course", "now", "expected", "why"),
    [
        ("canary", Course(state=SHADOW), NOON, NOON + 3 * DAY, "at the earliest"),
        ("canary", Course(state=SHADOW), NOON + 3 * DAY + LATE - TICK, NOON + 3 * DAY, "at the earliest"),
        ("canary", Course(state=SHADOW), NOON + 3 * DAY + LATE, None, "may begin at any time"),
        ("half", Course(state=SHADOW), NOON, None, "Nobody has set a date for half"),
        ("shadow", Course(state=OFF), NOON, None, "Nobody has set a date for shadow"),
        ("canary", Course(state=a_rollout(step="shadow", since=None)), NOON, None, "Nobody has set a date"),
        ("canary", Course(state=a_rollout(step="shadow", held=True)), NOON, None, "on hold"),
        ("canary", dated(a_date(), state=a_rollout(step="shadow", held=True)), NOON, None, "on hold"),
        ("canary", dated(a_date()), NOON, NOON + 10 * DAY, "operator-1 has set the date"),
        ("half", dated(a_date("half")), NOON, NOON + 10 * DAY, "operator-1 has set the date"),
        ("shadow", dated(a_date("shadow"), state=OFF), NOON, NOON + 10 * DAY, "operator-1"),
        ("shadow", dated(a_date("shadow"), state=OFF, rolled_back=ROLLBACK), NOON, None, "Nobody has set a date"),
        (
            "shadow",
            dated(a_date("shadow", at=ROLLBACK.at + TICK), state=OFF, rolled_back=ROLLBACK),
            NOON,
            NOON + 10 * DAY,
            "operator-1",
        ),
    ],
)
def test_when_a_step_begins_is_known_or_said_to_be_unknown(step, course, now, expected, why):
    start = start_of(THE_PLAN.step(step), THE_PLAN, course, now)

    assert start.at == expected
    assert why in start.why


def test_the_last_step_begins_when_its_window_opens():
    half = a_rollout(phase=Phase.PERCENTAGE, percentage=50, step="half")  # on a Sunday, for seven days
    start = start_of(THE_PLAN.step("full"), THE_PLAN, Course(state=half), NOON)

    assert start.at.astimezone(SEOUL) == datetime(2026, 3, 10, 2, tzinfo=SEOUL)  # a Tuesday


def test_a_step_nothing_has_to_be_waited_for_has_no_date():
    plan = a_plan(Step(name="canary", kind=Phase.CANARY))

    assert start_of(plan.step("canary"), plan, Course(state=SHADOW), NOON).at is None


# ---- Before a step


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON + 7 * DAY - TICK, EditionState.SCHEDULED),
        (NOON + 7 * DAY, EditionState.DUE),
        (NOON + 10 * DAY + LATE - TICK, EditionState.DUE),
        (NOON + 10 * DAY + LATE, EditionState.MISSED),
    ],
)
@pytest.mark.parametrize("name", ["sellers-launch", "suppliers-launch", "partners-launch"])
def test_people_outside_are_told_three_days_before_phase_1(name, now, expected):
    edition = the(name, dated(a_date()), now)

    assert edition.due_at == NOON + 7 * DAY
    assert state_of(edition, now) is expected


def test_support_is_told_before_each_step_that_is_still_ahead():
    told = named("support-faq", dated(a_date(), a_date("full", NOON + 30 * DAY)))

    assert [(one.step.name, one.due_at) for one in told] == [
        ("canary", NOON + 7 * DAY),
        ("half", None),
        ("full", NOON + 27 * DAY),
    ]
    assert [state_of(one, NOON) for one in told][1] is EditionState.NOT_SCHEDULED


def test_what_has_begun_is_not_announced_any_more():
    edition = the("sellers-launch", dated(a_date(), state=CANARY), NOON + 8 * DAY)

    assert state_of(edition, NOON + 8 * DAY) is EditionState.NOT_SCHEDULED
    assert edition.why == "canary has begun."


def test_a_new_date_is_the_same_edition_and_a_new_attempt_another():
    first = the("sellers-launch", dated(a_date()))
    postponed = the("sellers-launch", dated(a_date(begins_at=NOON + 20 * DAY)))
    again = the("sellers-launch", dated(a_date(at=ROLLBACK.at + TICK), rolled_back=ROLLBACK))

    assert first.key == postponed.key
    assert first.key != again.key


# ---- When something was done


PROMOTED = a_rollout_change(2, from_step="shadow", to_step="canary", to_phase=Phase.CANARY)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        ({"action": RolloutAction.REDUCE}, False),
        ({"action": RolloutAction.HOLD, "from_step": "canary"}, False),
        ({"from_step": "canary"}, False),
        ({"to_step": None}, False),
        ({"to_step": "no-longer-in-the-plan"}, False),
    ],
)
def test_leadership_is_told_of_a_step_that_was_reached(change, told):
    course = Course(
        state=CANARY, changes=[a_rollout_change(2, **{"from_step": "shadow", "to_step": "canary", **change})]
    )
    edition = the("leadership-milestones", course, NOON)

    assert edition.is_due(NOON) == told
    assert (edition.step is not None) == told
    assert not the("leadership-milestones", course, NOON + LATE).is_due(NOON + LATE)


def test_each_step_that_was_reached_is_told_of_apart():
    later = a_rollout_change(3, from_step="canary", to_step="half", at=NOON + HOUR)
    course = Course(state=CANARY, changes=[later, PROMOTED])
    told = named("leadership-milestones", course, NOON + HOUR)

    assert [(one.step.name, one.due_at) for one in told] == [("canary", NOON), ("half", NOON + HOUR)]
    assert len({one.key for one in told}) == 2


@pytest.mark.parametrize("name", ["rolled-back", "leadership-rolled-back"])
def test_a_rollback_is_told_at_once(name):
    course = Course(state=OFF, changes=[ROLLBACK], rolled_back=ROLLBACK)

    assert the(name, course, ROLLBACK.at).is_due(ROLLBACK.at)
    assert the(name, Course(state=SHADOW), NOON).due_at is None


# ---- Summaries


def seoul(*moment):
    return datetime(*moment, tzinfo=SEOUL)


def test_a_day_is_summed_up_at_nine_of_the_next_in_the_plans_zone():
    state = a_rollout(step="shadow", since=seoul(2026, 3, 1, 12))
    before, after = seoul(2026, 3, 3, 8, 59), seoul(2026, 3, 3, 9)
    course = Course(state=state)

    [yesterday, coming] = named("engineering-summary", course, before)
    assert (yesterday.since, yesterday.to) == (seoul(2026, 3, 1), seoul(2026, 3, 2))
    assert (coming.due_at, coming.is_due(before)) == (after, False)
    [now, _] = named("engineering-summary", course, after)
    assert now.key == coming.key
    assert (now.since, now.to, now.is_due(after)) == (seoul(2026, 3, 2), seoul(2026, 3, 3), True)


def test_what_begins_before_nine_is_summed_up_the_morning_after():
    now = seoul(2026, 3, 3, 0, 57)
    begun = a_rollout_change(1, from_phase=Phase.OFF, to_phase=Phase.SHADOW, to_step="shadow", at=now)
    course = Course(state=a_rollout(step="shadow", since=now), changes=(begun,))

    [coming] = named("engineering-updates", course, now)
    assert coming.due_at == seoul(2026, 3, 4, 9)
    assert ("engineering-updates", None, SCHEDULED) in brought(Course(state=OFF), now)


def test_a_week_is_summed_up_on_monday():
    state = a_rollout(step="shadow", since=seoul(2026, 2, 20))
    [last, coming] = named("product-summary", Course(state=state), seoul(2026, 3, 4, 12))

    assert (last.since, last.to, last.due_at) == (seoul(2026, 2, 23), seoul(2026, 3, 2), seoul(2026, 3, 2, 9))
    assert coming.due_at == seoul(2026, 3, 9, 9)


FULL = a_rollout(phase=Phase.FULL, percentage=100, step="full", since=seoul(2026, 3, 1, 12))


@pytest.mark.parametrize(
    ("course", "now", "goes_on"),
    [
        (Course(state=OFF), seoul(2026, 3, 3, 12), False),
        (Course(state=OFF, changes=[a_rollout_change(at=seoul(2026, 3, 2, 1))]), seoul(2026, 3, 3, 12), True),
        (Course(state=OFF, changes=[a_rollout_change(at=seoul(2026, 3, 2, 1))]), seoul(2026, 3, 4, 12), False),
        # Begun this morning: yesterday there was nothing.
        (Course(state=SHADOW, changes=[a_rollout_change(at=seoul(2026, 3, 3, 8))]), seoul(2026, 3, 3, 12), False),
        # Rolled back this morning: yesterday it went on.
        (
            Course(state=OFF, changes=[a_rollout_change(from_phase=Phase.CANARY, at=seoul(2026, 3, 3, 8))]),
            seoul(2026, 3, 3, 12),
            True,
        ),
        # Everything is enforced, and watched for a week.
        (Course(state=FULL), seoul(2026, 3, 9, 12), True),
        (Course(state=FULL), seoul(2026, 3, 10, 12), False),
        (Course(state=RolloutState(phase=Phase.FULL, percentage=100)), seoul(2026, 3, 3, 12), False),
    ],
)
def test_days_are_summed_up_while_a_rollout_goes_on(course, now, goes_on):
    assert any(one.is_due(now) for one in named("engineering-updates", course, now)) == goes_on


ZONES = st.sampled_from(["Asia/Seoul", "America/New_York", "Europe/London", "Pacific/Apia", "Asia/Kathmandu", "UTC"])
DAILY = Announcement(name="daily", audience="A", channels=(Channel.EMAIL,), occasion=Occasion.DAILY, message="M")


@given(
    zone=ZONES,
    start=st.integers(-50_000, 50_000).map(lambda hours: NOON + hours * HOUR),
    pause=st.integers(5, 600),
)
def test_whoever_looks_often_enough_sends_one_summary_for_each_day_without_a_gap(zone, start, pause):
    plan = a_plan(zone=zone, announcements=(DAILY,))
    now, end = start, start + 10 * DAY
    course = Course(state=a_rollout(step="shadow", since=now - 30 * DAY))
    told = {}
    while now < end:
        for one in editions(plan, course, now):
            if one.is_due(now):
                told.setdefault(one.key, one)
        now += timedelta(minutes=pause)

    sent = list(told.values())
    assert all(one.to == other.since for one, other in pairwise(sent))
    days = [date.fromisoformat(key.rpartition(":")[2]) for key in told]
    assert all(other - one == DAY for one, other in pairwise(days))
    assert 10 <= len(sent) <= 12


MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
STATES = st.sampled_from([OFF, SHADOW, CANARY, FULL, a_rollout(held=True, step="shadow")])


@st.composite
def courses(draw):
    dates = [a_date(step.name, draw(MOMENTS), draw(MOMENTS)) for step in THE_PLAN.steps if draw(st.booleans())]
    rolled_back = draw(st.none() | MOMENTS.map(lambda at: a_rollout_change(9, action=RolloutAction.ROLLBACK, at=at)))
    changes = [rolled_back] if rolled_back else []
    return dated(*dates, state=draw(STATES), rolled_back=rolled_back, changes=changes)


@given(courses(), MOMENTS)
def test_nothing_is_due_without_a_moment_nor_before_its_lead(course, now):
    found = editions(THE_PLAN, course, now)

    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.why
        assert (one.due_at is None) == (one.until is None)
        if one.due_at is not None and one.announcement.occasion is Occasion.BEFORE:
            assert one.begins_at - one.due_at == one.announcement.lead
            assert not course.state.held
        if one.is_due(now):
            assert one.due_at <= now
            assert state_of(one, now) is EditionState.DUE


@given(courses(), MOMENTS, st.integers(0, 60 * 24))
def test_an_edition_stays_the_same_while_it_is_due(course, now, minutes):
    later = now + timedelta(minutes=minutes)
    found = {one.key: one for one in editions(THE_PLAN, course, later)}

    for one in editions(THE_PLAN, course, now):
        if one.is_due(now) and one.is_due(later):
            assert found[one.key].due_at == one.due_at


def test_the_history_reaches_back_to_the_beginning_of_any_week_summed_up():
    [last, _] = named("product-summary", Course(state=SHADOW), seoul(2026, 3, 9, 8, 59))

    assert seoul(2026, 3, 9, 8, 59) - LOOKS_BACK <= last.since
