"""The latency histogram: exact at the limits people set, and within 5 % everywhere."""

import random
from bisect import bisect_left
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.histogram import BINS, EDGES, MICROSECOND, MILLISECOND, PROMETHEUS_EDGES, SECOND, coarse


def bin_of(nanoseconds):
    return bisect_left(EDGES, nanoseconds)


def test_the_edges_rise_and_none_comes_twice():
    assert all(low < high for low, high in pairwise(EDGES))
    assert all(low < high for low, high in pairwise(PROMETHEUS_EDGES))
    assert len(EDGES) + 1 == BINS


@pytest.mark.parametrize("edge", [10 * MICROSECOND, 5 * MILLISECOND, 10 * MILLISECOND, 10 * SECOND])
def test_the_limits_people_set_are_edges_and_belong_to_the_bin_below(edge):
    assert edge in EDGES
    assert bin_of(edge) + 1 == bin_of(edge + 1)
    assert EDGES[bin_of(edge)] == edge


def test_whatever_prometheus_is_given_is_an_edge():
    assert set(PROMETHEUS_EDGES) <= set(EDGES)
    assert PROMETHEUS_EDGES[0] == 10 * MICROSECOND


def widest(low, high):
    """How wrong the geometric middle of a bin can be, as a share of the true value."""
    middle = sqrt(low * high)
    return max(abs(middle - low) / low, abs(middle - high) / high)


def test_no_bin_from_a_microsecond_to_ten_seconds_is_wider_than_five_percent_each_way():
    bins = [(low, high) for low, high in pairwise(EDGES) if high > MICROSECOND]

    assert bins[0][0] <= MICROSECOND
    assert bins[-1][1] == 10 * SECOND
    assert max(widest(low, high) for low, high in bins) <= 0.05


@given(st.integers(MICROSECOND, 10 * SECOND))
def test_a_latency_is_known_within_five_percent(nanoseconds):
    place = bin_of(nanoseconds)
    estimate = sqrt(EDGES[place - 1] * EDGES[place])

    assert abs(estimate - nanoseconds) <= 0.05 * nanoseconds


def naive_buckets(latencies):
    edges = [0, *PROMETHEUS_EDGES, float("inf")]
    return [sum(low < latency <= high for latency in latencies) for low, high in pairwise(edges)]


def counted(latencies):
    bins = [0] * BINS
    for latency in latencies:
        bins[bin_of(latency)] += 1
    return bins


LATENCIES = st.one_of(
    st.integers(1, 20 * SECOND), st.sampled_from(EDGES), st.sampled_from(EDGES).map(lambda edge: edge + 1)
)


@given(st.lists(LATENCIES, max_size=50))
def test_the_coarse_buckets_are_what_counting_by_hand_gives(latencies):
    assert coarse(counted(latencies)) == naive_buckets(latencies)


def test_the_coarse_buckets_lose_nothing_of_many_latencies():
    source = random.Random(1)
    latencies = [int(10 ** source.uniform(2, 10.5)) for _ in range(5_000)]
    buckets = coarse(counted(latencies))

    assert sum(buckets) == 5_000
    assert buckets == naive_buckets(latencies)


@given(st.lists(st.integers(0, 10**9), min_size=BINS, max_size=BINS))
def test_the_coarse_buckets_keep_the_sum(bins):
    assert sum(coarse(bins)) == sum(bins)
    assert len(coarse(bins)) == len(PROMETHEUS_EDGES) + 1
