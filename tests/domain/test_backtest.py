"""How a request of the past turned out, read off its events."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from builders import NOON, TICK, an_event
from sellergate.domain.backtest import BackTest, TurnedOut, past_request
from sellergate.domain.identifiers import SYSTEM

DAY = timedelta(days=1)


def history(*actions):
    """Events a day apart; `approve!` is a refused approval."""
    return [
        an_event(
            action.rstrip("!"),
            authorization="a",
            sequence=number + 1,
            at=NOON + number * DAY,
            refused="ERR" if action.endswith("!") else None,
        )
        for number, action in enumerate(actions)
    ]


@pytest.mark.parametrize(
    ("actions", "turned_out", "answered_after"),
    [
        (["request"], TurnedOut.WAITING, None),
        (["request", "ask-info", "resubmit"], TurnedOut.WAITING, None),
        (["request", "approve"], TurnedOut.APPROVED, 1),
        (["request", "approve!"], TurnedOut.WAITING, None),
        (["request", "ask-info", "resubmit", "approve"], TurnedOut.APPROVED, 3),
        (["request", "reject"], TurnedOut.REJECTED, 1),
        (["request", "reject", "clear-cooldown", "request", "approve"], TurnedOut.REJECTED, 1),
        (["request", "cancel", "request"], TurnedOut.CANCELLED, 1),
        (["request", "approve", "expire"], TurnedOut.APPROVED, 1),
        (["request", "approve", "revoke"], TurnedOut.REVOKED, 1),
        (["request", "approve", "revoke!"], TurnedOut.APPROVED, 1),
    ],
)
def test_a_request_turned_out_as_its_events_say(actions, turned_out, answered_after):
    events = history(*actions)

    past = past_request(events[0], events, revoked_within=30 * DAY)

    assert past.turned_out is turned_out
    assert past.answered_at == (None if answered_after is None else NOON + answered_after * DAY)


def test_the_second_request_of_a_record_has_an_end_of_its_own():
    events = history("request", "reject", "clear-cooldown", "request", "approve")

    assert past_request(events[3], events, revoked_within=DAY).turned_out is TurnedOut.APPROVED


def test_a_revocation_counts_up_to_the_last_moment_of_its_span():
    events = history("request", "approve", "revoke")

    assert past_request(events[0], events, revoked_within=DAY).turned_out is TurnedOut.REVOKED
    assert past_request(events[0], events, revoked_within=DAY - TICK).turned_out is TurnedOut.APPROVED


def test_what_somebody_said_no_to_is_named_newest_first():
    test = BackTest()
    for number, actions in enumerate((["request", "reject"], ["request", "approve"], ["request", "approve", "revoke"])):
        events = history(*actions)
        test.add(
            past_request(events[0], events, revoked_within=DAY), approves=True, denied=number, value=Decimal(number)
        )

    assert [case.turned_out for case in test.cases] == [TurnedOut.REVOKED, TurnedOut.REJECTED]
    assert (test.approves.share_against, test.leaves.share_against) == (2 / 3, None)
    assert (test.approves.denied, test.approves.value, test.leaves.requests) == (3, 3, 0)


def test_what_a_rule_has_approved_is_no_agreement_of_people():
    [request, approval] = history("request", "approve")
    by_rule = replace(approval, actor_id=SYSTEM.id, actor_role=SYSTEM.role)
    test = BackTest()
    for last in (approval, by_rule):
        past = past_request(request, [request, last], revoked_within=DAY)
        test.add(past, approves=True, denied=0, value=Decimal(0))

    assert (test.approves.by_rule, test.approves.decided, test.approves.against, test.requests) == (1, 2, 0, 2)
