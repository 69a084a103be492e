"""What time, full slots, full inboxes and the rollout bring about, and whom that wakes."""

from itertools import pairwise

import pytest
from given import NOON, an_authorization
from hypothesis import given
from hypothesis import strategies as st

from builders import HOUR, a_rollout_change
from sellergate.domain.judgement import Verdict
from sellergate.domain.notices import Audience
from sellergate.domain.occasions import (
    backlog,
    crossings,
    expiring,
    is_severe,
    limit_reached,
    reminder,
    rollout_changed,
    unanswered,
    verdict_changed,
)
from sellergate.domain.rollout import Phase, RolloutAction


@pytest.mark.parametrize(
    ("pending", "known", "tell", "crossed", "cleared"),
    [
        (100, (), None, (), ()),
        (101, (), 100, (100,), ()),
        (101, (100,), None, (), ()),
        (501, (100,), 500, (500,), ()),
        (501, (), 500, (100, 500), ()),
        (400, (100, 500), None, (), ()),
        (399, (100, 500), None, (), (500,)),
        (80, (100,), None, (), ()),
        (79, (100,), None, (), (100,)),
        (0, (100, 500), None, (), (100, 500)),
    ],
)
def test_a_backlog_is_told_when_it_begins_and_again_only_once_it_was_over(pending, known, tell, crossed, cleared):
    found = crossings(pending, known)

    assert (found.tell, found.crossed, found.cleared) == (tell, crossed, cleared)


@given(st.lists(st.integers(0, 700), max_size=40))
def test_an_inbox_that_goes_up_and_down_is_told_of_once_for_each_time_it_was_emptied(sizes):
    known, told = set(), []
    for pending in sizes:
        found = crossings(pending, known)
        known = (known | set(found.crossed)) - set(found.cleared)
        told += [found.tell] if found.tell else []
        assert all(pending >= limit * 0.8 for limit in known)
        assert all(limit in known for limit in (100, 500) if pending > limit)

    emptied = 1 + sum(before >= 80 > after for before, after in pairwise(sizes))
    assert told.count(100) <= emptied


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (None, Verdict.CONTINUE, False),
        (None, Verdict.NOT_ENOUGH_DATA, False),
        (None, Verdict.ROLL_BACK, True),
        (Verdict.CONTINUE, Verdict.NOT_ENOUGH_DATA, False),
        (Verdict.NOT_ENOUGH_DATA, Verdict.CONTINUE, False),
        (Verdict.CONTINUE, Verdict.INVESTIGATE, True),
        (Verdict.INVESTIGATE, Verdict.ROLL_BACK, True),
        (Verdict.ROLL_BACK, Verdict.CONTINUE, True),
        (Verdict.INVESTIGATE, Verdict.INVESTIGATE, False),
    ],
)
def test_another_verdict_is_told_unless_it_asks_nothing_of_anybody(before, after, is_told):
    notice = verdict_changed(before, after, "Errors 2 % of 1,000.", NOON)

    assert (notice is not None) == is_told
    if notice:
        assert (notice.audience, notice.facts["verdict"]) == (Audience.OPERATOR, after.name)


@pytest.mark.parametrize(
    ("action", "moves", "kind"),
    [
        (RolloutAction.PROMOTE, {"to_phase": Phase.CANARY}, "rollout.phase-changed"),
        (RolloutAction.REDUCE, {"from_percentage": 50, "to_percentage": 10}, "rollout.phase-changed"),
        (RolloutAction.ROLLBACK, {"from_phase": Phase.FULL, "to_phase": Phase.OFF}, "rollout.rolled-back"),
        (RolloutAction.HOLD, {"from_phase": Phase.CANARY, "to_phase": Phase.CANARY}, None),
        (RolloutAction.DRILL, {"from_phase": Phase.CANARY, "to_phase": Phase.CANARY}, None),
    ],
)
def test_the_operators_are_told_where_what_is_enforced_changes(action, moves, kind):
    notice = rollout_changed(a_rollout_change(action=action, **moves))

    assert (notice and notice.kind) == kind


def test_both_the_supplier_and_the_operators_are_told_of_a_backlog():
    notices = backlog("acme", 501, 500, NOON)

    assert [(one.audience.value, one.recipient_id) for one in notices] == [
        ("supplier", "acme"),
        ("operator", "operators"),
    ]
    assert {one.facts["pending"] for one in notices} == {501}


def test_somebody_is_woken_for_what_is_severe():
    severe = [
        rollout_changed(a_rollout_change(action=RolloutAction.ROLLBACK, from_phase=Phase.FULL)),
        verdict_changed(None, Verdict.ROLL_BACK, "", NOON),
        *backlog("acme", 501, 500, NOON),
    ]
    not_severe = [
        rollout_changed(a_rollout_change()),
        verdict_changed(None, Verdict.INVESTIGATE, "", NOON),
        *backlog("acme", 101, 100, NOON),
        reminder("acme", 3, NOON, NOON),
    ]

    assert all(is_severe(one.kind, one.facts) for one in severe)
    assert not any(is_severe(one.kind, one.facts) for one in not_severe)


def test_time_tells_the_side_it_concerns():
    record = an_authorization(updated_at=NOON, expires_at=NOON + HOUR)

    assert (expiring(record, NOON).recipient_id, unanswered(record, NOON).recipient_id) == ("anna", "acme")
    assert unanswered(record, NOON + HOUR).facts["waitingSince"] == NOON.isoformat()
    assert limit_reached("anna", 10, NOON).facts == {"sellerId": "anna", "limit": 10}
