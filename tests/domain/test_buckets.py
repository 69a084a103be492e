"""Which products a percentage selects: lasting, even, and only ever growing."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.identifiers import ID_PATTERN
from sellergate.domain.rollout import Phase, RolloutState, bucket

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "buckets.json").read_text(encoding="utf-8"))["vectors"]

IDS = st.from_regex(ID_PATTERN, fullmatch=True)
SHARES = st.integers(min_value=0, max_value=100)


def at(percentage, *canary):
    return RolloutState(phase=Phase.PERCENTAGE, percentage=percentage, canary_products=frozenset(canary))


@pytest.mark.parametrize("vector", GOLDEN, ids=lambda vector: vector["product"])
def test_every_product_has_the_place_that_md5sum_gives_it(vector):
    assert bucket(vector["product"]) == vector["bucket"] == int(vector["md5Prefix"], 16) % 100


@pytest.mark.parametrize("name", ["product-{}", "{}", "SKU:{:032x}"])
def test_ten_thousand_products_spread_evenly(name):
    counts = Counter(bucket(name.format(number)) for number in range(10_000))
    chi_squared = sum((counts[place] - 100) ** 2 / 100 for place in range(100))

    assert set(counts) == set(range(100))
    assert chi_squared < 149  # 99 degrees of freedom: 1 in 1,000 for an even spread


@given(IDS, SHARES, SHARES)
def test_raising_the_share_never_drops_a_product(product_id, one, other):
    low, high = sorted((one, other))

    assert at(high).is_selected(product_id) or not at(low).is_selected(product_id)


@given(IDS)
def test_no_share_selects_nobody_and_all_of_it_everybody(product_id):
    assert not at(0).is_selected(product_id)
    assert at(100).is_selected(product_id)


@given(IDS, SHARES)
def test_a_canary_product_stays_enforced_at_every_share(product_id, percentage):
    assert at(percentage, product_id).is_selected(product_id)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_place_from_0_to_99(text):
    assert bucket(text) in range(100)
