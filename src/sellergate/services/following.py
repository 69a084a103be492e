"""Following the change feed: what keeps the gate's memory true, its lease running and its rollout current."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import RolloutState, Source, effective
from sellergate.ports.cache import LEASE, READ_LIMIT, SECOND, BootClock, FactsMemory
from sellergate.ports.feed import BEGINNING, Change, ChangeKind, FeedPosition, Look
from sellergate.ports.stores import Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

WAITS_AT_MOST: Final = 0.25
"""Seconds from one look to the next, whatever the store notices by itself."""
RETRY_SECONDS: Final = 0.1
READ_ALL_EVERY: Final = SECOND // 2

MARGIN: Final = READ_LIMIT + LEASE
"""How long after a lifetime began something older may still be under way to a memory."""


class Follower:
    """Applies what other processes commit as soon as it can be known, and what this one commits before the verb answers.

    Every look at the feed that succeeds renews the lease, counted from when the look began: everything committed before that
    moment has been applied. When the store cannot be reached the lease simply runs out and the gate asks the store.

    Neither memory nor lease begins before the first look has said where the feed stands and the changes of the last
    `lifetime_seconds`, and of how long a read may take, have been replayed. This process remembers nothing from then, but what
    others remember for it may be as old. They are replayed after each look that failed as well. After an outage longer than
    that, or when the feed does not continue where it was left, everything begins anew.

    `follow` is told the rollout whenever it may have changed; `heard` is called after changes that others made, and `saw` is
    given what each look has found.
    """

    def __init__(
        self,
        store: Store,
        memory: FactsMemory,
        *,
        follow: Callable[[RolloutState], None],
        environment: RolloutState,
        pinned: Source | None,
        boot: BootClock,
        heard: Callable[[], None] = lambda: None,
        saw: Callable[[Sequence[Change]], None] = lambda _changes: None,
        lifetime_seconds: float = 60.0,
    ) -> None:
        self._store = store
        self._memory = memory
        self._boot = boot
        self._heard = heard
        self._saw = saw
        self._rollout = RolloutComposer(follow, environment=environment, pinned=pinned)
        self._window = int(lifetime_seconds * SECOND) + MARGIN
        self._as_of: int | None = None
        self._position: FeedPosition | None = None
        self._read_at = 0
        self._owes_changes = False
        self._owes_replay = False
        self._owes_rollout = False
        self._own: set[int] = set()
        self._own_lock = threading.Lock()
        self._looking = threading.Lock()
        self._outage = Outage(log, "The change feed cannot be followed")
        self.failures = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def position(self) -> FeedPosition:
        """How far the feed has been applied; its beginning before the first look."""
        return self._position or BEGINNING

    @property
    def lag_seconds(self) -> float:
        """Seconds since the beginning of the last successful look at the feed; infinite before the first."""
        return math.inf if self._as_of is None else (self._boot() - self._as_of) / SECOND

    def attach(self) -> None:
        """Hear this process's own changes from now on, and look at everybody's once.

        Raises StoreUnavailable: a process that has never known the rollout must not begin to answer.
        """
        self._store.subscribe(self._hear_own)
        self.sync()

    def start(self) -> None:
        """Attach, and go on looking in a thread. Raises StoreUnavailable."""
        self.attach()
        self._thread = threading.Thread(target=self._run, name="sellergate-follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread. The lease runs out by itself."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def kill_switch(self, present: bool) -> None:
        """The kill switch is there, or gone. Needs no store."""
        self._rollout.kill_switch(present)
        self._heard()

    def trip(self, tripped: bool) -> None:
        """Switch this process's gate off whatever was decided, or follow what was decided again. Needs no store."""
        self._rollout.trip(tripped)

    def sync(self) -> None:
        """Look at the feed now. Raises StoreUnavailable."""
        with self._looking:
            began = self._boot()
            try:
                if self._position is None or self._is_long_ago(began):
                    self._begin()
                foreign = self._catch_up(began)
            except Exception:
                # The store may already count what it has just reported as known: it has to be read all the same.
                self._owes_changes = self._owes_replay = True
                raise
            self._memory.believe(began)
            self._as_of = began
        self._outage.over()
        if foreign:
            self._heard()

    def _is_long_ago(self, now: int) -> bool:
        # By then nothing remembered is still alive, and the store need not keep changes for ever.
        return self._as_of is not None and now - self._as_of > self._window

    def _begin(self) -> None:
        self._position = self._store.look(None).position
        self._memory.begin(self._boot())
        self._rollout.begin()
        self._owes_changes = self._owes_replay = self._owes_rollout = True

    def _catch_up(self, began: int) -> bool:
        due = began - self._read_at >= READ_ALL_EVERY
        self._owes_changes = self._store.may_have_changed() or self._owes_changes or due
        if not self._owes_changes:
            return False
        look = self._look()
        if self._owes_replay:
            # What an outage hid is no longer ago than the window, or all would have begun anew.
            self._memory.apply(self._store.recent(timedelta(microseconds=2 * self._window // 1000)))
        self._memory.apply(look.changes)
        self._saw(look.changes)
        self._owes_rollout |= due or self._owes_replay or _has_rollout(look.changes)
        self._position = look.position
        if self._owes_rollout:
            self._rollout.read(self._store)
        self._owes_changes = self._owes_replay = self._owes_rollout = False
        self._read_at = began
        return self._others_made_some(look)

    def _look(self) -> Look:
        look = self._store.look(self._position)
        if not look.continues:
            log.warning("The change feed has another history than before: everything remembered is forgotten")
            self._begin()
            look = self._store.look(self._position)
        if not look.continues:
            raise StoreUnavailable("The change feed changes its history again and again.")
        return look

    def _others_made_some(self, look: Look) -> bool:
        with self._own_lock:
            foreign = any(change.sequence not in self._own for change in look.changes)
            self._own = {sequence for sequence in self._own if not look.position.covers(sequence)}
        return foreign

    def _hear_own(self, changes: Sequence[Change]) -> None:
        """Called after a commit of this process, before the verb answers. The feed's position is left to the looks:
        others may have committed in between.
        """
        self._memory.apply(changes)
        with self._own_lock:
            self._own.update(change.sequence for change in changes)
        if _has_rollout(changes):
            try:
                self._rollout.read(self._store)
            except Exception as error:  # noqa: BLE001 - the verb has succeeded; the next look reads the rollout again
                self._outage.met(error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._store.wait(WAITS_AT_MOST)
            try:
                self.sync()
            except Exception as error:  # noqa: BLE001 - whatever happens, following goes on
                self.failures += 1
                self._outage.met(error)
                self._stopping.wait(RETRY_SECONDS)


class RolloutComposer:
    """The rollout this process must follow: the environment's or the managed one, off by a kill switch or a trip of its own."""

    def __init__(
        self, follow: Callable[[RolloutState], None], *, environment: RolloutState, pinned: Source | None
    ) -> None:
        self._follow = follow
        self._environment = environment
        self._pinned = pinned
        self._managed: RolloutState | None = None
        self._killed = False
        self._tripped = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """What was read before may never have been, as far as the store knows now: versions begin anew."""
        with self._lock:
            self._managed = None

    def read(self, store: Store) -> None:
        """Follow the managed rollout as it is now. Raises StoreUnavailable."""
        if self._pinned is Source.ENVIRONMENT:
            managed = None
        else:
            with store.view() as view:
                managed = view.rollouts.current()
        with self._lock:
            known = self._managed
            # Two threads may read at once; the one that read first must not win by writing last.
            if managed is not None and (known is None or managed.version >= known.version):
                self._managed = managed
            self._compose()

    def kill_switch(self, present: bool) -> None:
        """Follow the kill switch."""
        with self._lock:
            self._killed = present
            self._compose()

    def trip(self, tripped: bool) -> None:
        """Be off whatever was decided, or no longer."""
        with self._lock:
            self._tripped = tripped
            self._compose()

    def _compose(self) -> None:
        state = effective(
            environment=self._environment, managed=self._managed, pinned=self._pinned, killed=self._killed
        )
        self._follow(state.tripped_locally() if self._tripped else state)


def _has_rollout(changes: Sequence[Change]) -> bool:
    return any(change.kind is ChangeKind.ROLLOUT for change in changes)
