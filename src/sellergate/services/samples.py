"""Pairs to ask a gate about, out of the database."""

from typing import Final

from sellergate.domain.simulation import Pair
from sellergate.ports.stores import Store

A_BATCH: Final = 1_000


def sample_pairs(store: Store, most: int) -> list[Pair]:
    """At most so many pairs that have an authorization, whatever its status, in order of the authorizations' ids."""
    pairs: list[Pair] = []
    last = ""
    with store.view() as view:
        while len(pairs) < most and (batch := view.authorizations.all_after(last, min(A_BATCH, most - len(pairs)))):
            pairs += [Pair(record.seller_id, record.product_id) for record in batch]
            last = batch[-1].id
    return pairs
