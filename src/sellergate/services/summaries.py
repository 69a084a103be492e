"""The figures of a day or a week, read from what was measured, done and denied in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sellergate.domain.authorization import Status
from sellergate.domain.figures import Figures, FullestInbox
from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, Measurement, aligned, rolled_up
from sellergate.domain.rollout import RolloutChange, RolloutState
from sellergate.domain.trend import Point, point_of
from sellergate.ports.measurements import MeasurementSource, SourceUnreadable
from sellergate.ports.stores import Store
from sellergate.services.judging import Judge


class Summaries:
    """Counts what happened. What was measured comes from the same source as what the rollout is judged by."""

    def __init__(self, store: Store, source: MeasurementSource, judge: Judge) -> None:
        self._store = store
        self._source = source
        self._judge = judge

    def of(self, since: datetime, to: datetime, state: RolloutState, changes: Sequence[RolloutChange]) -> Figures:
        """The figures from `since` on and before `to`; `changes` are the rollout's, newest first. Raises StoreUnavailable."""
        point, unreadable = self._measured(since, to)
        judged = self._judge.judge(state)
        with self._store.view() as view:
            statuses = view.authorizations.count_by_status()
            fullest = view.authorizations.fullest_inboxes(1)
            denied = view.denials.totals(since, to)
            actions = view.events.count_by_action(since, to)
        return Figures(
            since=since,
            to=to,
            point=point,
            unreadable=unreadable,
            changes=[change for change in reversed(changes) if since <= change.at < to],
            actions=actions,
            denials=denied.all.denials,
            denied_sellers=denied.sellers,
            state=state,
            verdict=None if judged is None else judged.judgement.sentence,
            pending=statuses.get(Status.REQUESTED, 0),
            approved=statuses.get(Status.APPROVED, 0),
            fullest=FullestInbox(supplier_id=fullest[0].supplier_id, pending=fullest[0].pending) if fullest else None,
        )

    def _measured(self, since: datetime, to: datetime) -> tuple[Point | None, bool]:
        """All of the time as one point, None when nobody measured; and whether it could not be read."""
        try:
            windows = list(self._windows(since, to))
        except SourceUnreadable:
            return None, True
        if not windows:
            return None, False
        return point_of(rolled_up(windows, since, round((to - since).total_seconds()))), False

    def _windows(self, since: datetime, to: datetime) -> list[Measurement]:
        """Hours, and the minutes before the first and after the last whole one, where the zone's day begins within an hour."""
        first = min(_whole_hour(since), to)
        last = max(aligned(to, HOUR_SECONDS), first)
        return [
            *self._source.windows(MINUTE_SECONDS, since, first),
            *self._source.windows(HOUR_SECONDS, first, last),
            *self._source.windows(MINUTE_SECONDS, last, to),
        ]


def _whole_hour(since: datetime) -> datetime:
    start = aligned(since, HOUR_SECONDS)
    return start if start == since else start + timedelta(seconds=HOUR_SECONDS)
