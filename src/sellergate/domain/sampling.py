"""Which pairs are in a sample: all checks of a pair or none, the same in every process and for ever."""

from functools import lru_cache
from hashlib import md5
from typing import Final

WHOLE: Final = 100.0
_PLACES: Final = 2**32


def is_sampled(seller_id: str, product_id: str, percent: float) -> bool:
    """Whether the pair belongs to a sample of this size, 0 to 100 percent; a larger sample only ever adds pairs."""
    return percent >= WHOLE or place_of_pair(seller_id, product_id) < percent


@lru_cache(maxsize=65_536)
def place_of_pair(seller_id: str, product_id: str) -> float:
    """A lasting place in 0 to 100, 100 itself excluded."""
    digest = md5(f"{seller_id} {product_id}".encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) * WHOLE / _PLACES
