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
    """The CRC-32 of `seller-1 product-1` is 0x6207634f."""
    assert place_of_pair("seller-1", "product-1") == 0x6207634F * 0x9E3779B1 % 2**32 * 100 / 2**32


@pytest.mark.parametrize("percent", [1, 10, 50, 99])
@pytest.mark.parametrize("names", ["seller-{} product-{}", "s{:08} p{:08}", "{} {}", "shop:{}.kr sku_{}"])
def test_a_sample_is_about_as_large_as_it_is_said_to_be(percent, names):
    """Within five standard deviations of a fair draw."""
    pairs = [names.format(seller, product).split() for seller in range(200) for product in range(200)]
    expected, chance = len(pairs) * percent / 100, percent / 100

    sampled = sum(is_sampled(*pair, percent) for pair in pairs)

    assert abs(sampled - expected) < 5 * (len(pairs) * chance * (1 - chance)) ** 0.5
