"""Quantiles read off the histogram, against those of the latencies themselves."""

from bisect import bisect_left
from collections import Counter
from math import ceil
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.histogram import EDGES, MICROSECOND, MILLISECOND, SECOND, quantile, quantile_interval

SHARES = st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99, 1.0])


def counted(latencies):
    return Counter(bisect_left(EDGES, latency) for latency in latencies)


def exact(latencies, hundredths):
    """The nearest rank, in whole numbers."""
    return sorted(latencies)[ceil(hundredths * len(latencies) / 100) - 1]


@given(st.lists(st.integers(MICROSECOND, 10 * SECOND), min_size=1, max_size=300), SHARES)
def test_a_quantile_is_within_five_percent_of_the_exact_one(latencies, share):
    true = exact(latencies, round(share * 100))

    assert abs(quantile(counted(latencies), share) - true) <= 0.05 * true


def test_a_quantile_of_a_hundred_is_the_ninety_fifth_not_the_ninety_sixth():
    latencies = [MILLISECOND] * 95 + [SECOND] * 5

    assert quantile(counted(latencies), 0.95) < 1.05 * MILLISECOND
    assert quantile(counted([*latencies, SECOND]), 0.95) > 0.95 * SECOND


def test_nothing_counted_has_no_quantile():
    assert quantile({}, 0.95) is None


def test_what_is_slower_than_the_histogram_is_at_least_its_last_edge():
    assert quantile({len(EDGES): 1}, 0.95) == 10 * SECOND
    assert quantile({0: 1}, 0.95) == EDGES[0]


def test_sparse_bins_may_come_in_any_order():
    assert quantile({90: 1, 10: 19}, 0.95) == quantile({10: 19, 90: 1}, 0.95)


def test_a_few_latencies_do_not_bound_the_quantile_above():
    low, high = quantile_interval(counted([MILLISECOND] * 50), 0.95)

    assert low < MILLISECOND
    assert high is None


def test_many_latencies_bound_it_on_both_sides():
    low, high = quantile_interval(counted([MILLISECOND] * 900 + [SECOND] * 100), 0.95)

    assert 0.9 * SECOND < low < SECOND <= high < 1.1 * SECOND


@pytest.mark.parametrize("size", [200, 2_000])
def test_the_interval_holds_the_true_quantile_in_95_of_100_samples(size):
    random = Random(3)
    true = MILLISECOND * 2.718281828 ** (0.8 * 1.6448536)  # the 95 % point of a lognormal distribution
    held = 0
    for _ in range(300):
        low, high = quantile_interval(
            counted(int(MILLISECOND * random.lognormvariate(0, 0.8)) for _ in range(size)), 0.95
        )
        held += low <= true and (high is None or true <= high)

    assert held >= 300 * 0.95 - 10
