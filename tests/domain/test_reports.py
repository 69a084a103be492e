"""What the reports say, and what they do not know."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from builders import HOUR, NOON
from sellergate.domain.answering import ANSWER_WITHIN
from sellergate.domain.directory import Tier
from sellergate.domain.reports import (
    Activity,
    Answer,
    Rejection,
    SupplierReport,
    TierRequests,
    cooldown_report,
    response_of,
    supplier_reports,
)

SECOND = timedelta(seconds=1)


def a_report(standing=0, **counts):
    return SupplierReport(activity=Activity(supplier_id="acme", **counts), standing=standing, response=None)


def test_a_rate_of_nothing_is_not_known():
    assert a_report().approval_rate is None
    assert a_report().revocation_rate is None
    assert TierRequests(tier=Tier.GOLD, asked=0, limited=0, sellers=0).limit_hit_rate is None
    assert cooldown_report([], 0).return_rate is None
    assert cooldown_report([], 0).success_rate is None
    assert response_of([]) is None


def test_the_approval_rate_is_of_decisions_not_of_requests():
    assert a_report(requested=100, approved=3, rejected=1).approval_rate == 0.75


def test_the_revocation_rate_is_of_approvals_in_force_at_some_time_of_the_span():
    assert a_report(standing=6, approved=4, revoked=1).revocation_rate == 0.1


def test_response_times_are_answers_that_were_really_given():
    response = response_of([hours * HOUR for hours in range(10, 0, -1)])

    assert (response.median, response.p90, response.answers) == (5 * HOUR, 9 * HOUR, 10)


@pytest.mark.parametrize(("span", "in_time"), [(ANSWER_WITHIN, 1.0), (ANSWER_WITHIN + SECOND, 0.0)])
def test_an_answer_is_in_time_up_to_the_last_second(span, in_time):
    assert response_of([span]).in_time == in_time


def test_all_suppliers_together_are_the_sum_of_each():
    activities = [Activity(supplier_id="acme", approved=1, rejected=1), Activity(supplier_id="zeta", approved=5)]
    answers = [Answer(supplier_id="acme", requested_at=NOON, at=NOON + HOUR)]

    whole, each = supplier_reports(activities, {"acme": 2, "old": 1, "gone": -1}, answers)

    assert [report.activity.supplier_id for report in each] == ["zeta", "acme", "old"]
    assert (whole.activity.approved, whole.activity.rejected, whole.standing) == (6, 1, 3)
    assert whole.response == each[1].response
    assert each[0].response is None


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ([], (1, 0, 0, 0, 0)),
        (["clear-cooldown", "request", "approve"], (0, 1, 0, 0, 0)),
        (["request"], (1, 0, 1, 0, 0)),
        (["request", "ask-info", "resubmit", "approve"], (1, 0, 1, 1, 0)),
        (["request", "reject", "request", "approve"], (1, 0, 1, 0, 1)),
        (["request", "cancel", "request", "approve"], (1, 0, 1, 0, 0)),
    ],
)
def test_what_becomes_of_a_rejection_is_told_by_the_first_request_after_it(later, told):
    report = cooldown_report([Rejection(cooldown_until=NOON, later=later)], 0)

    assert (report.ended, report.cleared, report.asked_again, report.approved, report.rejected) == told


ACTIONS = some.sampled_from(["request", "ask-info", "resubmit", "cancel", "approve", "reject", "clear-cooldown"])


@given(some.lists(some.lists(ACTIONS, max_size=6), max_size=20))
def test_every_rejection_is_counted_once(later):
    report = cooldown_report([Rejection(cooldown_until=NOON, later=each) for each in later], 0)

    assert report.ended + report.cleared == len(later)
    assert report.open >= 0
    assert report.approved + report.rejected + report.open == report.asked_again <= report.ended
