"""How facts are written, and what is not believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.adapters.redis_tier.values import decode, encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts

IDS = st.text("aZ09._:-", min_size=1, max_size=64)
VERSIONS = st.integers(0, 2**53)
FACTS = st.builds(
    Facts,
    product_version=VERSIONS,
    supplier_id=st.none() | IDS,
    product_active=st.booleans(),
    seller_version=VERSIONS,
    seller_status=st.none() | st.sampled_from(SellerStatus),
    own_supplier_id=st.none() | IDS,
    authorization_version=VERSIONS,
    status=st.sampled_from(Status),
    expires_at=st.none() | st.floats(0, 1e11, allow_nan=False),
)


@given(seller=IDS, product=IDS, facts=FACTS)
def test_what_is_read_is_what_was_written(seller, product, facts):
    assert decode(encode(seller, product, facts).encode(), seller, product) == facts


@given(one=st.tuples(IDS, IDS), other=st.tuples(IDS, IDS), facts=FACTS)
def test_two_pairs_share_neither_key_nor_value(one, other, facts):
    if one != other:
        assert key_of(*one) != key_of(*other)
        assert decode(encode(*one, facts).encode(), *other) is None


def test_the_keys_of_a_seller_share_a_hash_tag():
    assert key_of("seller:1", "p:9") == "sellergate:{seller:1}:p:9"


GOOD = encode("s", "p", Facts(1, "acme", True, 2, SellerStatus.ACTIVE, None, 3, Status.APPROVED, None))


def test_the_value_is_one_line_that_a_person_can_read():
    assert GOOD == "1|3|2|1|APPROVED|ACTIVE|1||acme||s|p"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"APPROVED",
        b"\xff\xfe",
        b"{}",
        GOOD.replace("1|", "2|", 1).encode(),
        GOOD.replace("APPROVED", "SOLD").encode(),
        GOOD.replace("|1|", "|yes|").encode(),
        GOOD.replace("3|", "x|", 1).encode(),
        GOOD.replace("|acme", "tomorrow|acme").encode(),
        GOOD.encode() + b"|p",
        GOOD.encode()[:-2],
    ],
)
def test_another_value_is_no_value(value):
    assert decode(GOOD.encode(), "s", "p") is not None
    assert decode(value, "s", "p") is None
