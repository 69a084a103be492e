"""Looking before a revocation: what the pair has sold lately, as far as that is on record."""

from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.errors import AuthorizationNotFound, InvalidInput
from sellergate.domain.identifiers import Actor
from sellergate.domain.impact import Impact, Known, stage_impacts
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.decision_log import DecisionHistory, Recorded
from sellergate.ports.queries import PageRequest, ShadowQuery
from sellergate.ports.stores import Store
from sellergate.services.workflow import may_see

DEFAULT_SPAN: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=365)
MOST_COUNTS: Final = 100
"""Of one pair: three stages by a handful of codes."""


class Impacts:
    """Reads denials, enforced and shadow, from the store, and allowed checks from the decision log where there is one."""

    def __init__(self, store: Store, history: DecisionHistory | None, *, now: Clock = utc_now) -> None:
        self._store = store
        self._history = history
        self._now = now

    def of(self, by: Actor, id: str, span: timedelta = DEFAULT_SPAN) -> Impact:
        """What is known of the pair's checks in the last `span`.

        Shadow counts are kept per pair and not per day: those last seen in the span count whole. Raises AuthorizationNotFound for
        what is not the actor's, InvalidInput unless the span is above 0 and up to a year.
        """
        if not timedelta(0) < span <= LONGEST:
            raise InvalidInput("days must be 1 to 365.", field="days")
        until = self._now()
        since = until - span
        with self._store.view() as view:
            record = view.authorizations.get(id)
            if record is None or not may_see(record, by):
                raise AuthorizationNotFound
            denied = view.denials.of_pair(record.seller_id, record.product_id, since, until)
            shadow = view.shadow.search(
                ShadowQuery(
                    seller_id=record.seller_id,
                    product_id=record.product_id,
                    since=since,
                    page=PageRequest(MOST_COUNTS, counted=False),
                )
            )
        # Not within the view: files take longer than a database should be held.
        recorded = None if self._history is None else self._history.of_pair(record.seller_id, record.product_id, since)
        return Impact(
            authorization_id=record.id,
            seller_id=record.seller_id,
            product_id=record.product_id,
            since=since,
            until=until,
            known=_known(self._history, recorded, since),
            known_since=None if recorded is None else recorded.since,
            stages=stage_impacts(
                None if recorded is None else recorded.allowed, denied, (row.count for row in shadow.items)
            ),
        )


def _known(history: DecisionHistory | None, recorded: Recorded | None, since: datetime) -> Known:
    if history is None:
        return Known.NOT_RECORDED
    if recorded is None:
        return Known.NOT_THIS_PAIR
    return Known.WHOLE if recorded.since <= since else Known.PART
