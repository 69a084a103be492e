"""What a check does when memory at hand is not enough: ask the store, ask the past, or fail in a known way."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidInput
from sellergate.domain.gate import CHECK_FAILED, Facts, GateDecision, Reason, Snapshot, decide
from sellergate.domain.identifiers import checked_id
from sellergate.ports.cache import BootClock, FactsMemory, SharedTier
from sellergate.ports.stores import FactsReader, View
from sellergate.services.counting import STRICT_STAGES, ThreadCells
from sellergate.services.flights import Flights, Reading
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)


class Consistency(StrEnum):
    """Whether memory will do, or the store must be asked."""

    CACHED = "cached"
    STRICT = "strict"


def is_strict(consistency: str | None, stage: str) -> bool:
    """Whether the store must be asked. Raises InvalidInput when `consistency` is neither cached nor strict nor None."""
    if consistency is None:
        return stage in STRICT_STAGES
    try:
        return Consistency(consistency) is Consistency.STRICT
    except ValueError:
        raise InvalidInput("consistency must be cached or strict.", field="consistency") from None


class Evaluation(NamedTuple):
    """A decision, whether a cache gave it (None: none was asked), and the approval it rests on where that is to be kept.

    `is_shared` is whether that cache was the one processes share.
    """

    decision: GateDecision
    cache_hit: bool | None
    snapshot: Snapshot | None = None
    is_shared: bool = False


class Evaluator:
    """Decides about pairs from memory, from the store, or from the audit trail.

    Trouble with the store is an answer (CHECK_FAILED), never an exception; InvalidInput is raised for what is no identifier.
    """

    def __init__(
        self,
        reader: FactsReader,
        memory: FactsMemory,
        *,
        shared: SharedTier | None,
        local: ThreadCells,
        views: Callable[[], AbstractContextManager[View]],
        boot: BootClock,
        wall: Callable[[], float],
    ) -> None:
        self._memory = memory
        self._flights = Flights(reader, memory, boot, shared=shared, local=local)
        self._views = views
        self._wall = wall
        self._outage = Outage(log, "The gate cannot evaluate checks")

    def evaluate(self, seller_id: str, product_ids: list[str], *, strict: bool, now: int) -> dict[str, Evaluation]:
        """One evaluation for each of these different products; one call of the store for all it is needed for.

        `now` is the boot clock when the check began.
        """
        found: dict[str, Evaluation] = {}
        if not strict:
            for product_id in product_ids:
                decision = self._remembered(seller_id, product_id, now)
                if decision is not None:
                    found[product_id] = Evaluation(decision, cache_hit=True)
        missing = [checked_id(product_id, "productId") for product_id in product_ids if product_id not in found]
        if missing:
            found.update(self._read(checked_id(seller_id, "sellerId"), missing, strict=strict))
        return found

    def _remembered(self, seller_id: str, product_id: str, now: int) -> GateDecision | None:
        if now >= self._memory.believed_until:
            return None
        try:
            entry = self._memory.entries[seller_id][product_id]
        except (KeyError, TypeError):
            return None
        return decide(entry.facts, self._wall()) if now < entry.fresh_until else None

    def _read(self, seller_id: str, product_ids: list[str], *, strict: bool) -> dict[str, Evaluation]:
        evaluations: dict[str, Evaluation] = {}
        try:
            if strict:
                readings = self._flights.read_many(seller_id, product_ids, share=False)
            elif len(product_ids) == 1:
                readings = {product_ids[0]: self._flights.read(seller_id, product_ids[0])}
            else:
                evaluations = self._decided(self._flights.find_shared(seller_id, product_ids))
                missing = [product_id for product_id in product_ids if product_id not in evaluations]
                readings = self._flights.read_many(seller_id, missing) if missing else {}
            evaluations.update(self._decided(readings, strict=strict))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, an unanswered check fails closed
            self._outage.met(error)
            failed = Evaluation(CHECK_FAILED, None if strict else False)
            return {product_id: evaluations.get(product_id, failed) for product_id in product_ids}
        self._outage.over()
        return evaluations

    def _decided(self, readings: Mapping[str, Reading], *, strict: bool = False) -> dict[str, Evaluation]:
        now = self._wall()
        return {
            product_id: Evaluation(decide(facts, now), None if strict else is_shared, is_shared=is_shared)
            for product_id, (facts, is_shared) in readings.items()
        }

    def evaluate_past(self, seller_id: str, product_id: str, as_of: datetime) -> Evaluation:
        """The decision as it would have been at `as_of`: the authorization's and the seller's status as they stood then.

        Who supplies what is as it is now, and whether the product is active does not count: the audit trail keeps neither,
        and a product taken off the shelves must not unpay what was sold from them.
        """
        pair = checked_id(seller_id, "sellerId"), checked_id(product_id, "productId")
        try:
            with self._views() as view:
                event = view.events.record_at(*pair, as_of)
                facts = _facts_at(view, *pair, event, as_of)
            decision = decide(facts, as_of.timestamp())
            snapshot = _snapshot(event) if decision.reason is Reason.APPROVED else None
        except Exception as error:  # noqa: BLE001 - whatever went wrong, an unanswered check fails closed
            self._outage.met(error)
            return Evaluation(CHECK_FAILED, cache_hit=None)
        self._outage.over()
        return Evaluation(decision, None, snapshot)


def _facts_at(view: View, seller_id: str, product_id: str, event: Event | None, as_of: datetime) -> Facts:
    product = view.directory.product(product_id)
    if product is None:
        return Facts()
    seller = view.directory.seller(seller_id)
    record = (event and event.record) or {}
    return Facts(
        product_version=product.version,
        supplier_id=product.supplier_id,
        seller_version=seller.version if seller else 0,
        seller_status=view.events.seller_status_at(seller_id, as_of),
        own_supplier_id=seller.supplier_id if seller else None,
        authorization_version=event.version if event else 0,
        status=Status(record.get("status", Status.NONE)),
        expires_at=_epoch(record.get("expires_at")),
    )


def _epoch(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


def _snapshot(event: Event | None) -> Snapshot | None:
    if event is None or event.record is None:
        return None
    record: dict[str, Any] = dict(event.record)
    return Snapshot(
        authorization_id=record["id"],
        approved_at=record["approved_at"],
        approved_by=record["approved_by"],
        supplier_id=event.supplier_id,
        product=record["product_snapshot"],
    )
