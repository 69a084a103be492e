"""How sure a counted share is."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.intervals import wilson


@pytest.mark.parametrize(
    ("times", "out_of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962)],
)
def test_the_interval_is_the_one_in_the_books(times, out_of, low, high):
    assert wilson(times, out_of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_seen_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10**7), st.data())
def test_the_estimate_is_inside_and_one_more_moves_both_ends_up(out_of, data):
    times = data.draw(st.integers(0, out_of - 1))
    low, high = wilson(times, out_of)
    lower, higher = wilson(times + 1, out_of)

    assert 0 <= low <= times / out_of <= high <= 1
    assert lower >= low
    assert higher >= high


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5])
def test_it_holds_the_true_share_in_about_95_of_100_samples(share):
    random = Random(5)
    held = 0
    for _ in range(1_000):
        times = sum(random.random() < share for _ in range(200))
        low, high = wilson(times, 200)
        held += low <= share <= high

    assert 925 <= held <= 985
