"""Reports for whoever looks after the marketplace: a span of the audit trail in figures."""

from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.errors import CooldownActive, InvalidInput
from sellergate.domain.reports import BusinessReport, cooldown_report, supplier_reports
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, View

DEFAULT_SPAN: Final = timedelta(days=30)


class BusinessReports:
    """Reads reports. They are made aside of what decides, and may be some seconds old."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def lately(self, span: timedelta = DEFAULT_SPAN) -> BusinessReport:
        """The span that ends now. Raises StoreUnavailable."""
        until = self._now()
        return self.report(until - span, until)

    def report(self, since: datetime, until: datetime) -> BusinessReport:
        """The events from `since` on and before `until`. Raises StoreUnavailable, and InvalidInput for a span without length."""
        if since >= until:
            raise InvalidInput("The report must begin before it ends.", field="since")

        def read(view: View) -> BusinessReport:
            reports = view.reports
            whole, suppliers = supplier_reports(
                reports.activity(since, until), reports.standing(since), reports.answers(since, until)
            )
            return BusinessReport(
                since=since,
                until=until,
                all=whole,
                suppliers=suppliers,
                tiers=reports.requests_by_tier(since, until),
                cooldowns=cooldown_report(
                    reports.rejections(since, until), reports.refusals(since, until, CooldownActive.code)
                ),
            )

        return self._store.read_aside(read)
