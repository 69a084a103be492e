"""Metrics that are read from the database: the same from every process, and gone when what they are about is gone."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sellergate.domain.authorization import Action
from sellergate.ports.aggregates import DECIDED_WITHIN, SUPPLIERS_SHOWN, Aggregates

SUPPLIER: Final = "supplierId"


class StoredMetrics(Collector):
    """Nothing is kept between two scrapes, nor in the folder that processes share: a supplier without requests has no series."""

    def __init__(self, current: Callable[[], Aggregates | None]) -> None:
        self._current = current

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Every metric, without a value."""
        yield GaugeMetricFamily(
            "seller_auth_inbox_size",
            f"Requests that wait for this supplier's answer; suppliers with any, the {SUPPLIERS_SHOWN} with the most.",
            labels=[SUPPLIER],
        )
        yield GaugeMetricFamily(
            "seller_auth_supplier_decisions",
            f"Requests a supplier has approved or rejected in the last {DECIDED_WITHIN.days} days; "
            f"the {SUPPLIERS_SHOWN} with the most.",
            labels=[SUPPLIER, "action"],
        )
        yield GaugeMetricFamily(
            "seller_auth_rollout_last_rollback_timestamp_seconds",
            "When the rollout was last rolled back, in seconds since 1970; 0 when it never was.",
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric as it was seen last; without values where nobody could look."""
        inboxes, decisions, rollback = self.describe()
        seen = self._current()
        if seen is not None:
            for inbox in seen.inboxes:
                inboxes.add_metric([inbox.supplier_id], inbox.pending)
            for its in seen.decisions:
                decisions.add_metric([its.supplier_id, Action.APPROVE.value], its.approved)
                decisions.add_metric([its.supplier_id, Action.REJECT.value], its.rejected)
            rollback.add_metric([], seen.rolled_back_at.timestamp() if seen.rolled_back_at else 0)
        yield from (inboxes, decisions, rollback)
