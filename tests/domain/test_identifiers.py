"""What is an identifier and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import checked_id

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=64))
def test_up_to_sixty_four_plain_characters_are_an_id(text):
    assert checked_id(text, "productId") == text


@pytest.mark.parametrize(
    "text",
    ["", "x" * 65, "a b", "a\n", "\n", "a/b", "a\x00", "é", "상품", "١", "a%20", "a@b", None, 7, b"a", ["a"]],  # noqa: RUF001  the digit is meant
    ids=repr,
)
def test_anything_else_is_refused_by_its_name(text):
    with pytest.raises(InvalidInput) as refused:
        checked_id(text, "productId")

    assert refused.value.facts == {"field": "productId"}


@given(st.characters().filter(lambda character: character not in ALPHABET))
def test_no_other_character_gets_in(character):
    with pytest.raises(InvalidInput):
        checked_id(f"a{character}", "productId")
