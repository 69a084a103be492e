"""How the service is: the phase, the database, the gate's memory and its feed, in one answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from sellergate.domain.rollout import RolloutState
from sellergate.ports.feed import FeedPosition
from sellergate.ports.stores import Store

FEED_LIVE_FOR: Final = timedelta(seconds=2)


class Feed(Protocol):
    """What health asks of whoever follows the change feed."""

    @property
    def lag_seconds(self) -> float:
        """Seconds since the beginning of the last successful look at the feed; infinite before the first."""

    @property
    def position(self) -> FeedPosition:
        """How far the feed has been applied."""


@dataclass(frozen=True, slots=True)
class Health:
    """Asks every part how it is; never raises."""

    store: Store
    feed: Feed
    rollout: Callable[[], RolloutState]
    cache: Callable[[], Mapping[str, Any]]
    revoke_to_deny: Callable[[], Mapping[str, Any] | None] = lambda: None
    control: Callable[[], Mapping[str, Any] | None] = lambda: None
    why_tripped: Callable[[], str | None] = lambda: None

    def ready(self) -> bool:
        """Whether checks and verbs can be answered: the database answers at the right migration, and the feed is live."""
        database = self.store.health()
        migrations = _mapping(database.get("migrations"))
        at_head = migrations.get("current") == migrations.get("head")
        return bool(database.get("reachable")) and at_head and self._feed_is_live()

    def detailed(self) -> dict[str, Any]:
        """Everything there is to say, `status` first: "ok", or "degraded" when something is not as it should be."""
        database = dict(self.store.health())
        migrations = database.pop("migrations", {})
        changes = _mapping(database.pop("changes", {}))
        state = self.rollout()
        return {
            "status": "ok" if self.ready() else "degraded",
            "rollout": {
                "phase": state.phase.value,
                "percentage": state.percentage,
                "version": state.version,
                "source": state.source.value,
                "killSwitch": state.kill_switch,
                "tripped": self.why_tripped(),
                "controller": self.control(),
            },
            "database": database,
            "cache": dict(self.cache()),
            "feed": {**self._feed(), **changes},
            "migrations": migrations,
        }

    def _feed_is_live(self) -> bool:
        return self.feed.lag_seconds < FEED_LIVE_FOR.total_seconds()

    def _feed(self) -> dict[str, Any]:
        lag = self.feed.lag_seconds
        return {
            "live": self._feed_is_live(),
            "lagSeconds": round(lag, 3) if lag != float("inf") else None,
            "appliedSequence": self.feed.position.upto,
            "revokeToDeny": self.revoke_to_deny(),
        }


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
