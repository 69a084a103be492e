"""Points of a chart: what was measured where, and gaps where nobody did."""

from datetime import UTC, datetime, timedelta

import pytest

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.trend import point_of, trend

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def counted(stage=Stage.CART, mode=Mode.ENFORCED, reason=Reason.APPROVED, hit=True):
    return Counted(stage, mode, reason, hit)


def a_window(start=0, seconds=10, counts=None, latencies=None):
    return Measurement(start=at(start), seconds=seconds, counts=counts or {counted(): 1}, latencies=latencies or {3: 1})


def test_shares_are_of_what_was_evaluated_at_that_stage():
    point = point_of(
        a_window(
            counts={
                counted(): 6,
                counted(reason=Reason.REVOKED, hit=False): 2,
                counted(reason=Reason.CHECK_FAILED, hit=None): 2,
                counted(Stage.ORDER, Mode.SHADOW, Reason.REVOKED): 1,
                counted(Stage.ORDER, Mode.BYPASSED, Reason.BYPASSED, None): 50,
            }
        )
    )

    assert point.checks == 11
    assert point.errors == pytest.approx(2 / 11)
    assert point.hits == pytest.approx(7 / 9)
    assert point.denied == {Stage.CART: 0.2, Stage.ORDER: 1.0, Stage.SETTLEMENT: None}


def test_latencies_are_in_seconds():
    place = EDGES.index(5_000_000)

    assert point_of(a_window(latencies={place: 100})).p95 == pytest.approx(0.005, rel=0.05)


def test_nothing_checked_is_a_point_without_values():
    point = point_of(Measurement(start=NOON))

    assert (point.checks, point.p95, point.errors, point.hits) == (0, None, None, None)


def test_where_nobody_measured_is_a_gap():
    points = trend([a_window(0), a_window(10), a_window(90)], at(0), at(119), 30)

    assert [point and point.checks for point in points] == [2, None, None, 1]
    assert [point.start for point in points if point] == [at(0), at(90)]


def test_a_window_longer_than_a_point_fills_all_it_covers():
    points = trend([a_window(0, seconds=60)], at(0), at(89), 30)

    assert [point and point.checks for point in points] == [1, 1, None]


def test_what_lies_outside_is_left_out():
    assert trend([a_window(-60), a_window(300)], at(0), at(59), 30) == [None, None]
