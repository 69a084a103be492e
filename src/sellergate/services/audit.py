"""Sealing the audit trail, and proving that nothing in it was changed or removed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sellergate.domain.audit import GENESIS, Event, canonical, seal
from sellergate.domain.authorization import Authorization
from sellergate.ports.queries import EventQuery, PageRequest
from sellergate.ports.stores import SealedEvent, Store, View

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a verification went through, and the first thing that was not as it must be (None: all of it was)."""

    events: int
    sealed: int
    records: int
    broken: str | None

    @property
    def holds(self) -> bool:
        """Whether nothing was changed and nothing is missing."""
        return self.broken is None


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the chain has got: the newest event and the newest seal, None while there is none."""

    newest: Event | None
    sealed_to: int | None
    seal: str | None

    @property
    def is_behind(self) -> bool:
        """Whether there are events that nothing has sealed yet."""
        return self.newest is not None and self.newest.sequence > (self.sealed_to or 0)


class _Broken(Exception):
    pass


class AuditTrail:
    """The chain over every event."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def seal(self) -> int:
        """Seal what is not sealed yet, at most a thousand events a call; the answer is how many.

        Several processes may do this: each waits until the one before has done it.
        """
        with self._store.work() as work:
            sequence, previous = work.events.last_seal(lock=True) or (0, GENESIS)
            seals = []
            for stored in work.events.settled_after(sequence, BATCH):
                previous = seal(previous, stored.event.sequence, stored.content_hash)
                seals.append((stored.event.sequence, previous))
            if seals:
                work.events.add_seals(seals)
        return len(seals)

    def state(self) -> ChainState:
        """How far the chain has got. Raises StoreUnavailable."""
        with self._store.view() as view:
            newest = view.events.search(EventQuery(page=PageRequest(1, counted=False))).items
            sealed_to, seal = view.events.last_seal() or (None, None)
        return ChainState(newest=newest[0] if newest else None, sealed_to=sealed_to, seal=seal)

    def events(self) -> Iterator[SealedEvent]:
        """Every event in order of sequence, read in batches: for an export."""
        sequence = 0
        while batch := self._batch(sequence):
            yield from batch
            sequence = batch[-1].event.sequence

    def _batch(self, sequence: int) -> list[SealedEvent]:
        with self._store.view() as view:
            return view.events.after(sequence, BATCH)

    def verify(self) -> AuditResult:
        """Prove content hashes, the chain, contiguous versions, and that each record equals its last event.

        Read as of one moment, while the service runs; the newest events may not be sealed yet.
        """
        with self._store.view() as view:
            walk = _Walk()
            try:
                walk.events(view)
                walk.records(view)
            except _Broken as broken:
                return AuditResult(walk.events_seen, walk.sealed, walk.records_seen, str(broken))
            return AuditResult(walk.events_seen, walk.sealed, walk.records_seen, None)


class _Walk:
    def __init__(self) -> None:
        self.events_seen = self.sealed = self.records_seen = 0
        self._previous = GENESIS
        self._unsealed_since: int | None = None
        self._versions: dict[str, int] = {}

    def events(self, view: View) -> None:
        sequence = 0
        while batch := view.events.after(sequence, BATCH):
            for stored in batch:
                self._event(stored)
            sequence = batch[-1].event.sequence
        last = view.events.last_seal()
        if last is not None and last[0] > sequence:
            raise _Broken(f"event {last[0]}: it was sealed and is missing")

    def _event(self, stored: SealedEvent) -> None:
        event = stored.event
        if event.content_hash() != stored.content_hash:
            raise _Broken(f"event {event.sequence}: its content does not match its hash")
        self._check_seal(stored)
        self._check_version(event)
        self.events_seen += 1

    def _check_seal(self, stored: SealedEvent) -> None:
        sequence = stored.event.sequence
        if stored.seal is None:
            self._unsealed_since = self._unsealed_since or sequence
            return
        if self._unsealed_since is not None:
            raise _Broken(f"event {self._unsealed_since}: its seal is missing")
        self._previous = seal(self._previous, sequence, stored.content_hash)
        if stored.seal != self._previous:
            raise _Broken(f"event {sequence}: its seal does not follow the one before it")
        self.sealed += 1

    def _check_version(self, event: Event) -> None:
        if event.authorization_id is None:
            return
        before = self._versions.get(event.authorization_id, 0)
        expected = before if event.refused else before + 1
        if event.version != expected:
            raise _Broken(f"event {event.sequence}: version {event.version} where {expected} must follow")
        self._versions[event.authorization_id] = expected

    def records(self, view: View) -> None:
        id = ""
        while batch := view.authorizations.all_after(id, BATCH):
            last = view.events.last_of(record.id for record in batch)
            for record in batch:
                self._record(record, last.get(record.id))
            id = batch[-1].id
        if self.records_seen != len(self._versions):
            known = len(self._versions)
            raise _Broken(f"{known} authorizations have events, {self.records_seen} are stored")

    def _record(self, record: Authorization, last: Event | None) -> None:
        if last is None or last.record is None:
            raise _Broken(f"authorization {record.id}: it has no event")
        if canonical(last.record) != canonical(record.facts()):
            raise _Broken(f"authorization {record.id}: it is not what event {last.sequence} left")
        self.records_seen += 1
