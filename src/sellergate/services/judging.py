"""Judging the rollout as it is now: what was measured since its phase began, by the limits of its step."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from sellergate.domain.control import governing_step
from sellergate.domain.errors import SellergateError
from sellergate.domain.evidence import evidence_of, judgement_json
from sellergate.domain.judgement import Judgement, Readings, Rules, Unreadable
from sellergate.domain.measurements import Measurement
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.verdict import judge
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.measurements import SourceUnreadable
from sellergate.ports.stores import Store
from sellergate.services.propagation import LIVE_FOR
from sellergate.services.series import Series

LONGEST: Final = timedelta(days=90)
"""Nobody looks back further, however long a phase has lasted."""
INBOX_EVERY: Final = timedelta(seconds=30)
"""Counting the inboxes costs more than judging."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A judgement and everything it was made from."""

    judgement: Judgement
    rules: Rules
    readings: Readings

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What people and programs are shown."""
        return judgement_json(self.judgement)

    @property
    def evidence(self) -> dict[str, Any]:
        """What `verdict replay` judges again."""
        return evidence_of(self.rules, self.readings, self.judgement.at)


class Judge:
    """Reads the measurements of a phase and judges them. What cannot be read is judged as unreadable; nothing is raised."""

    def __init__(self, store: Store, series: Series, plan: RolloutPlan, *, now: Clock = utc_now) -> None:
        self._store = store
        self._series = series
        self._plan = plan
        self._now = now
        self._inbox: int | Unreadable = 0
        self._inbox_at: datetime | None = None
        self._lock = threading.Lock()

    def judge(self, state: RolloutState) -> Judged | None:
        """What this rollout's measurements say now; None while the gates are off, and nothing is measured."""
        if state.phase is Phase.OFF:
            return None
        now = self._now()
        step = governing_step(state, self._plan)
        rules = Rules(thresholds=step.thresholds, minimum_checks=step.minimum_checks)
        readings = Readings(windows=self.windows_since(self.began(state), now), inbox=self._fullest_inbox(now))
        return Judged(judgement=judge(rules, readings, now), rules=rules, readings=readings)

    def windows_since(self, since: datetime | None, now: datetime) -> Sequence[Measurement] | Unreadable:
        """The fleet's measurements from a moment on, or why they cannot be read."""
        if since is None:
            return Unreadable("because nobody knows since when the phase has lasted")
        try:
            return self._series.read(max(since, now - LONGEST), now)
        except SourceUnreadable as error:
            return Unreadable(f"because {error}")

    def began(self, state: RolloutState) -> datetime | None:
        """Since when this rollout has been in force; the environment's, since the first of its processes started.

        None when that cannot be known.
        """
        if state.since is not None:
            return state.since
        now = self._now()
        try:
            with self._store.view() as view:
                return min((report.started_at for report in view.processes.live(now - LIVE_FOR)), default=None)
        except SellergateError:
            return None

    def _fullest_inbox(self, now: datetime) -> int | Unreadable:
        with self._lock:
            if self._inbox_at is None or not now - INBOX_EVERY < self._inbox_at <= now:
                self._inbox, self._inbox_at = self._count_inbox(), now
            return self._inbox

    def _count_inbox(self) -> int | Unreadable:
        try:
            with self._store.view() as view:
                fullest = view.authorizations.fullest_inboxes(1)
        except SellergateError:
            return Unreadable("because the database does not answer")
        return fullest[0].pending if fullest else 0
