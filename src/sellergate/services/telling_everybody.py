"""Telling one side of the directory something, in portions: whoever is killed in between is gone on from, and nobody told twice."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sellergate.domain.announced import Announced
from sellergate.domain.directory import Seller, SellerStatus, Supplier
from sellergate.domain.notices import Audience
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, Work
from sellergate.services.audiences import IN_DIRECTORY, audience_name
from sellergate.services.outbox import Outbox
from sellergate.services.transactions import in_one_transaction

PORTION: Final = 500
"""Recipients in one work."""


class TellingEverybody:
    """Each portion is one work: the recipients' notices, and how far they have been told. Several may do it side by side."""

    def __init__(self, store: Store, outbox: Outbox, *, now: Clock = utc_now) -> None:
        self._store = store
        self._outbox = outbox
        self._now = now

    def go_on(self) -> int:
        """Finish what was broken off; how many were told of it."""
        with self._store.view() as view:
            unfinished = view.announcements.unfinished()
        return sum(self.finish(one).told - one.told for one in unfinished)

    def finish(self, announced: Announced) -> Announced:
        """Tell all who have not been told yet; the answer is how it ended, as far as this caller has told it."""
        while announced.done_at is None:
            further = in_one_transaction(self._store, partial(self._portion, before=announced))
            if further is None:
                break  # somebody else tells them
            announced = further
        return announced

    def _portion(self, work: Work, before: Announced) -> Announced | None:
        audience = IN_DIRECTORY[audience_name(before.audience)]
        people = _after(work, audience, before.cursor or "")
        told = [one.id for one in people if not isinstance(one, Seller) or one.status is SellerStatus.ACTIVE]
        after = before.further(len(told), people[-1].id) if people else before.done(self._now())
        if not work.announcements.save(before, after):
            return None
        self._outbox.announce(work, f"announcement:{before.key}", audience, told, before.texts)
        return after


def _after(work: Work, audience: Audience, id: str) -> Sequence[Seller | Supplier]:
    directory = work.directory
    return (
        directory.sellers_after(id, PORTION) if audience is Audience.SELLER else directory.suppliers_after(id, PORTION)
    )
