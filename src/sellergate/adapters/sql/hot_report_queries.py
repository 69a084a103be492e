"""The queries of the reports: sums over a span of the audit trail, whose cost is the span's and not the trail's."""

from datetime import timedelta
from typing import Final

from sellergate.adapters.sql.hot_query import Asked, HotQuery, Sample
from sellergate.domain.errors import CooldownActive
from sellergate.ports.stores import View

A_WEEK: Final = timedelta(days=7)
_BY_TIME: Final = "ix_authorization_events_at"
_SPAN_SORTED: Final = 100_000
"""Events of a span are sorted by when they were made, and grouped by supplier; there are no more of them than happened."""


def _week(name: str, *more: str) -> Asked:
    """One of the sums over the last week."""

    def ask(view: View, sample: Sample) -> object:
        found = getattr(view.reports, name)(sample.now - A_WEEK, sample.now, *more)
        return found if isinstance(found, int) else list(found)

    return ask


REPORT_QUERIES: Final = (
    HotQuery("report: activity of suppliers", _week("activity"), (_BY_TIME,), _SPAN_SORTED),
    HotQuery("report: answers", _week("answers"), (_BY_TIME,), _SPAN_SORTED),
    HotQuery("report: requests by tier", _week("requests_by_tier"), (_BY_TIME,), _SPAN_SORTED, counts="sellers"),
    HotQuery(
        "report: refusals", _week("refusals", CooldownActive.code), (f"{_BY_TIME}|ix_authorization_events_refused",)
    ),
    HotQuery("report: rejections", _week("rejections"), (), _SPAN_SORTED),
    HotQuery(
        "report: standing approvals",
        lambda view, sample: view.reports.standing(sample.now - A_WEEK),
        (_BY_TIME,),
        _SPAN_SORTED,
    ),
)
