"""What would have been denied, folded together without losing anything."""

from datetime import timedelta
from decimal import Decimal

from given import NOON
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.shadow import ShadowCount, ShadowKey

KEY = ShadowKey("anna", "p-1", "cart", "ERR_SELLER_NOT_AUTHORIZED")

COUNTS = st.builds(
    lambda count, first, lasting, cents: ShadowCount(
        key=KEY,
        count=count,
        first_seen=NOON + timedelta(seconds=first),
        last_seen=NOON + timedelta(seconds=first + lasting),
        value=Decimal(cents) / 100,
    ),
    st.integers(1, 1000),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(0, 10**6),
)


@given(COUNTS, COUNTS, COUNTS)
def test_counts_fold_in_any_order(one, two, three):
    assert one.plus(two).plus(three) == one.plus(two.plus(three)) == three.plus(two).plus(one)


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_nothing_is_lost_in_folding(counts):
    folded = counts[0]
    for count in counts[1:]:
        folded = folded.plus(count)

    assert folded.count == sum(count.count for count in counts)
    assert folded.value == sum(count.value for count in counts)
    assert folded.first_seen == min(count.first_seen for count in counts)
    assert folded.last_seen == max(count.last_seen for count in counts)
