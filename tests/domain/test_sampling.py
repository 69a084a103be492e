"""A sample of pairs is lasting, nested and exact at its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.sampling import is_sampled, place_of_pair

IDS = st.text(alphabet="abc-0123456789", min_size=1, max_size=8)
SHARES = st.floats(min_value=0, max_value=100)


@given(IDS, IDS, SHARES, SHARES)
def test_a_larger_sample_only_adds_pairs(seller, product, one, other):
    smaller, larger = sorted((one, other))

    assert not is_sampled(seller, product, smaller) or is_sampled(seller, product, larger)
    assert is_sampled(seller, product, 100)
    assert not is_sampled(seller, product, 0)


def test_a_place_lasts_over_processes_and_versions():
    """`printf 'seller-1 product-1' | md5sum` begins with these digits."""
    assert place_of_pair("seller-1", "product-1") == 100 * 0x5FDB0C38 / 2**32


def test_a_sample_is_about_as_large_as_it_is_said_to_be():
    sampled = sum(is_sampled(f"seller-{s}", f"product-{p}", 10) for s in range(100) for p in range(100))

    assert sampled == pytest.approx(1_000, rel=0.1)
