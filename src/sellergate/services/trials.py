"""Keeping what was tried, for whoever must know whether it was tried lately and held."""

from collections.abc import Mapping
from dataclasses import replace

from sellergate.domain.identifiers import Actor
from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store


class TrialBook:
    """The trials made before a step of the rollout: put in as they are made, read by the criteria that ask for them."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def keep(self, kind: TrialKind, by: Actor, *, holds: bool, summary: Mapping[str, object]) -> Trial:
        """Store a trial that has just been made; the answer is as stored."""
        trial = Trial(kind=kind, at=self._now(), actor_id=by.id, holds=holds, summary=summary)
        with self._store.work() as work:
            return replace(trial, id=work.trials.add(trial))

    def latest(self, kind: TrialKind) -> Trial | None:
        """The last trial of this kind, whether it held or not; None without any."""
        with self._store.view() as view:
            return view.trials.latest(kind)

    def list(self, page: PageRequest) -> Page[Trial]:
        """A page of them, those made last first. Raises StoreUnavailable."""
        with self._store.view() as view:
            return view.trials.list(page)
