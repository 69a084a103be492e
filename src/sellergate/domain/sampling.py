"""Which pairs are in a sample: all checks of a pair or none, the same in every process and for ever."""

from typing import Final
from zlib import crc32

WHOLE: Final = 100.0
_PLACES: Final = 2**32
_SPREAD: Final = 0x9E3779B1
"""Knuth's multiplier, 2³² by the golden ratio: it spreads the check sums of ids that differ in their last digits only."""


def is_sampled(seller_id: str, product_id: str, percent: float) -> bool:
    """Whether the pair belongs to a sample of this size, 0 to 100 percent; a larger sample only ever adds pairs."""
    return percent >= WHOLE or place_of_pair(seller_id, product_id) < percent


def place_of_pair(seller_id: str, product_id: str) -> float:
    """A lasting place in 0 to 100, 100 itself excluded: CRC-32 of both ids with a blank between, spread.

    A check waits for it, so it is none of the hashes that take longer than the check; ten thousand pairs of numbered ids are as even.
    """
    check_sum = crc32(f"{seller_id} {product_id}".encode(errors="surrogatepass"))
    return check_sum * _SPREAD % _PLACES * WHOLE / _PLACES
