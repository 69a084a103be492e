"""Following the change feed: what keeps the gate's memory true, its lease running and its rollout current."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from typing import Final

from sellergate.domain.rollout import RolloutState, Source, effective
from sellergate.ports.cache import SECOND, BootClock, FactsMemory
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.stores import Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.01
RETRY_SECONDS: Final = 0.1
READ_ALL_EVERY: Final = SECOND // 2


class Follower:
    """Applies what other processes commit within some 10 ms, and what this one commits before the verb answers.

    Every look at the feed that succeeds renews the lease, counted from when the look began: everything committed before that
    moment has been applied. When the store cannot be reached the lease simply runs out and the gate asks the store.

    A new process replays nothing: its memory is empty, and neither memory nor lease begins before the first look has said
    where the feed stands. What was read before that moment may be older than the feed's beginning here, so it is not kept.

    `follow` is told the rollout whenever it may have changed; `heard` is called after changes that others made.
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
    ) -> None:
        self._store = store
        self._memory = memory
        self._boot = boot
        self._heard = heard
        self._rollout = RolloutComposer(follow, environment=environment, pinned=pinned)
        self._as_of: int | None = None
        self._applied: int | None = None
        self._read_at = 0
        self._owes_changes = False
        self._owes_rollout = False
        self._own: set[int] = set()
        self._own_lock = threading.Lock()
        self._looking = threading.Lock()
        self._outage = Outage(log, "The change feed cannot be followed")
        self.failures = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def applied_sequence(self) -> int:
        """Every change up to this one has been applied; 0 before the first look."""
        return self._applied or 0

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

    def sync(self) -> None:
        """Look at the feed now. Raises StoreUnavailable."""
        with self._looking:
            began = self._boot()
            try:
                if self._applied is None:
                    self._begin()
                foreign = self._catch_up(began)
            except Exception:
                # The store may already count what it has just reported as known: it has to be read all the same.
                self._owes_changes = True
                raise
            self._memory.believe(began)
            self._as_of = began
        self._outage.over()
        if foreign:
            self._heard()

    def _begin(self) -> None:
        self._applied = self._store.latest()
        self._memory.begin(self._boot())
        self._owes_changes = self._owes_rollout = True

    def _catch_up(self, began: int) -> bool:
        due = began - self._read_at >= READ_ALL_EVERY
        self._owes_changes = self._store.may_have_changed() or self._owes_changes or due
        if not self._owes_changes:
            return False
        changes = self._store.since(self.applied_sequence)
        self._memory.apply(changes)
        self._owes_rollout |= due or _has_rollout(changes)
        if changes:
            self._applied = changes[-1].sequence
        if self._owes_rollout:
            self._rollout.read(self._store)
        self._owes_changes = self._owes_rollout = False
        self._read_at = began
        return self._others_made_some(changes)

    def _others_made_some(self, changes: Sequence[Change]) -> bool:
        with self._own_lock:
            foreign = any(change.sequence not in self._own for change in changes)
            self._own = {sequence for sequence in self._own if sequence > self.applied_sequence}
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
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            try:
                self.sync()
                pause = LOOK_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever happens, following goes on
                self.failures += 1
                self._outage.met(error)
                pause = RETRY_SECONDS


class RolloutComposer:
    """The rollout this process must follow, made of the environment's, the managed one and the kill switch."""

    def __init__(
        self, follow: Callable[[RolloutState], None], *, environment: RolloutState, pinned: Source | None
    ) -> None:
        self._follow = follow
        self._environment = environment
        self._pinned = pinned
        self._managed: RolloutState | None = None
        self._killed = False
        self._lock = threading.Lock()

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

    def _compose(self) -> None:
        self._follow(
            effective(environment=self._environment, managed=self._managed, pinned=self._pinned, killed=self._killed)
        )


def _has_rollout(changes: Sequence[Change]) -> bool:
    return any(change.kind is ChangeKind.ROLLOUT for change in changes)
