"""The hot queries of the rollout: what is measured, judged and denied."""

from datetime import datetime, timedelta
from typing import Final

from sellergate.adapters.sql.hot_query import Asked, HotQuery, Sample
from sellergate.domain.denials import DenialFacet
from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, WINDOW_SECONDS, aligned
from sellergate.domain.shadow import ShadowKey
from sellergate.domain.trials import TrialKind
from sellergate.ports.queries import PageRequest, ShadowQuery
from sellergate.ports.stores import View

A_MINUTE: Final = timedelta(seconds=MINUTE_SECONDS)
_WINDOWS: Final = "pk_measurement_windows"
_UNFOLDED: Final = "ix_measurement_windows_folded_resolution_start"
_SPAN: Final = f"{_WINDOWS}|{_UNFOLDED}"
"""A PostgreSQL that can skip the first column finds a span by either."""
_MISJUDGED: Final = 25_000
"""Rows it is expected to sort at most: planners take length and start to be independent, and there are all minutes of a fortnight."""


def _windows(seconds: int, lately: timedelta) -> Asked:
    return lambda view, sample: view.windows.between(seconds, sample.now - lately, sample.now)


def _unfolded(view: View, sample: Sample) -> object:
    """As the controller asks, and as rolling up does."""
    view.windows.unfolded(WINDOW_SECONDS, sample.now - timedelta(hours=1), sample.now)
    return view.windows.unfolded(WINDOW_SECONDS, sample.now - timedelta(days=365), sample.now, limit=1)


def _minute(sample: Sample) -> tuple[datetime, datetime]:
    start = aligned(sample.now - A_MINUTE, MINUTE_SECONDS)
    return start, start + A_MINUTE


ROLLOUT_QUERIES: Final = (
    HotQuery("windows of the last minutes", _windows(WINDOW_SECONDS, timedelta(minutes=5)), (_SPAN,)),
    HotQuery("minutes of a day", _windows(MINUTE_SECONDS, timedelta(days=1)), (_SPAN,), _MISJUDGED),
    HotQuery("hours of a month", _windows(HOUR_SECONDS, timedelta(days=30)), (_SPAN,), _MISJUDGED),
    HotQuery("windows to roll up", _unfolded, (_UNFOLDED,)),
    HotQuery("oldest windows", lambda view, _: view.windows.first(WINDOW_SECONDS), (_WINDOWS,)),
    HotQuery(
        "windows of a minute that is rolled up",
        lambda view, sample: view.windows.fold(WINDOW_SECONDS, *_minute(sample)),
        (_SPAN,),
    ),
    HotQuery(
        "minutes to close",
        lambda view, sample: view.windows.close(MINUTE_SECONDS, *_minute(sample)),
        (_SPAN,),
    ),
    HotQuery(
        "windows to forget",
        lambda view, sample: view.windows.forget(WINDOW_SECONDS, sample.now - timedelta(days=365)),
        (_SPAN,),
    ),
    HotQuery(
        "denials of some minutes",
        lambda view, sample: view.denials.totals(sample.now - 5 * A_MINUTE, sample.now),
        ("pk_enforced_denials",),
        rows_sorted=10_000,
    ),
    HotQuery(
        "who was denied most in some minutes",
        lambda view, sample: view.denials.top(sample.now - 5 * A_MINUTE, sample.now, DenialFacet.SELLER, 20),
        ("pk_enforced_denials",),
        rows_sorted=10_000,
    ),
    HotQuery(
        "denials of a pair",
        lambda view, sample: view.denials.of_pair(
            sample.seller_id, sample.product_id, sample.now - timedelta(days=30), sample.now
        ),
        ("ix_enforced_denials_seller_id_product_id_minute",),
    ),
    HotQuery(
        "denials to forget",
        lambda view, sample: view.denials.forget(sample.now - timedelta(days=365)),
        ("pk_enforced_denials",),
    ),
    HotQuery("who controls the rollout", lambda view, _: view.watches.current(), ()),
    HotQuery("the last verdict", lambda view, _: view.verdicts.latest(), ("pk_verdicts",)),
    HotQuery("a verdict with its evidence", lambda view, sample: view.verdicts.get(sample.sequence), ("pk_verdicts",)),
    HotQuery("verdicts", lambda view, _: view.verdicts.list(PageRequest()), ("pk_verdicts",), counts="verdicts"),
    HotQuery(
        "verdicts to forget",
        lambda view, sample: view.verdicts.forget(sample.now - timedelta(days=365)),
        ("ix_verdicts_at",),
    ),
    HotQuery("rollout history", lambda view, _: view.rollouts.history(PageRequest()), ()),
    HotQuery("signatures", lambda view, sample: view.sign_offs.since(sample.now), ()),
    HotQuery(
        "last load test",
        lambda view, _: view.trials.latest(TrialKind.LOADTEST),
        ("ix_rollout_trials_kind_at_id",),
    ),
    HotQuery(
        "shadow report",
        lambda view, _: view.shadow.search(ShadowQuery(page=PageRequest(20, (100, "s", "p", "cart", "e")))),
        ("ix_shadow_denials_count_seller_id_product_id_stage_error_code",),
        counts="shadow_denials",
    ),
    HotQuery(
        "shadow report of a seller",
        lambda view, sample: view.shadow.search(ShadowQuery(seller_id=sample.seller_id)),
        ("pk_shadow_denials",),
    ),
    HotQuery(
        "shadow report of a product",
        lambda view, sample: view.shadow.search(ShadowQuery(product_id=sample.product_id)),
        ("ix_shadow_denials_product_id",),
    ),
    HotQuery(
        "walk over all shadow denials",
        lambda view, sample: view.shadow.all_after(ShadowKey(sample.seller_id, sample.product_id, "cart", "e"), 1000),
        ("pk_shadow_denials",),
    ),
)
