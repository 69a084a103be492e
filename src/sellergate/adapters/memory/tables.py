"""Dictionaries that can be taken back to where they were."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from sellergate.domain.announced import Announced
from sellergate.domain.announcements import StepDate
from sellergate.domain.authorization import Authorization
from sellergate.domain.bulk_jobs import BulkJob
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.messages import Item, Message
from sellergate.domain.notices import Audience
from sellergate.domain.policy import SupplierPolicy
from sellergate.domain.preferences import Preferences, Said
from sellergate.domain.rollout import RolloutChange, RolloutState
from sellergate.domain.scheduling import ScheduledDecision
from sellergate.domain.sessions import DisplayPreferences, Session
from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.domain.trials import Trial
from sellergate.ports.control import SignOff, StoredVerdict, Watch
from sellergate.ports.feed import Change
from sellergate.ports.measurements import StoredWindow
from sellergate.ports.notices import Inbound, Mark
from sellergate.ports.stores import ProcessReport, SealedEvent, StoredReply

K = TypeVar("K")
V = TypeVar("V")


class Journal:
    """How to undo what one transaction has written so far, newest first."""

    __slots__ = ("_undo",)

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def note(self, undo: Callable[[], object]) -> None:
        """Remember how the next write is undone."""
        self._undo.append(undo)

    def roll_back(self) -> None:
        """Undo everything since the last commit."""
        while self._undo:
            self._undo.pop()()

    def commit(self) -> bool:
        """Keep everything; the answer is whether there was anything."""
        wrote = bool(self._undo)
        self._undo.clear()
        return wrote


class Table(Generic[K, V]):
    """Rows by key; every write is noted in the journal."""

    __slots__ = ("_journal", "_rows")

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The row, or None."""
        return self._rows.get(key)

    def __contains__(self, key: K) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[V]:
        return iter(self._rows.values())

    def all_keys(self) -> list[K]:
        """The keys as they are now."""
        return list(self._rows)

    def put(self, key: K, row: V) -> None:
        """Store the row in place of any other of this key."""
        rows = self._rows
        if key in rows:
            before = rows[key]
            self._journal.note(lambda: rows.__setitem__(key, before))
        else:
            self._journal.note(lambda: rows.__delitem__(key))
        rows[key] = row

    def remove(self, key: K) -> None:
        """Forget the row, if there is one."""
        if key in self._rows:
            rows, before = self._rows, self._rows.pop(key)
            self._journal.note(lambda: rows.__setitem__(key, before))

    def clear(self) -> None:
        """Forget all rows."""
        for key in self.all_keys():
            self.remove(key)


class Tables:
    """Everything the store holds. Events, changes and history are numbered from 1, without gaps.

    Changes stand beside the moment they were made; those forgotten keep their numbers, as notices and messages do.
    """

    __slots__ = (
        "announcements",
        "changes",
        "changes_made",
        "denials",
        "display_preferences",
        "events",
        "events_of_pair",
        "inbound",
        "items",
        "jobs",
        "journal",
        "keys",
        "marks",
        "messages",
        "numbers",
        "outbox",
        "pairs",
        "policies",
        "preferences",
        "processes",
        "products",
        "records",
        "records_of_product",
        "records_of_seller",
        "replies",
        "rollout",
        "rollout_history",
        "said",
        "scheduled",
        "seals",
        "sellers",
        "sellers_by_user",
        "sessions",
        "shadow",
        "sign_offs",
        "step_dates",
        "suppliers",
        "trials",
        "verdicts",
        "verdicts_made",
        "watch",
        "windows",
    )  # fmt: skip

    def __init__(self) -> None:
        journal = self.journal = Journal()
        self.suppliers = Table[str, Supplier](journal)
        self.sellers = Table[str, Seller](journal)
        self.sellers_by_user = Table[str, str](journal)
        self.products = Table[str, Product](journal)
        self.policies = Table[str, SupplierPolicy](journal)
        self.records = Table[str, Authorization](journal)
        self.pairs = Table[tuple[str, str], str](journal)
        self.records_of_seller = Table[str, frozenset[str]](journal)
        self.records_of_product = Table[str, frozenset[str]](journal)
        self.events = Table[int, SealedEvent](journal)
        self.events_of_pair = Table[tuple[str, str | None], tuple[int, ...]](journal)
        self.seals = Table[int, tuple[int, str]](journal)
        self.changes = Table[int, tuple[datetime, Change]](journal)
        self.changes_made = Table[None, int](journal)
        self.inbound = Table[int, Inbound](journal)
        self.outbox = Table[int, int](journal)
        self.said = Table[str, Said](journal)
        self.preferences = Table[tuple[Audience, str], Preferences](journal)
        self.marks = Table[Mark, datetime](journal)
        self.messages = Table[int, Message](journal)
        self.keys = Table[str, int](journal)
        self.items = Table[int, tuple[Item, ...]](journal)
        self.numbers = Table[str, int](journal)
        self.rollout = Table[None, RolloutState](journal)
        self.rollout_history = Table[int, RolloutChange](journal)
        self.shadow = Table[ShadowKey, ShadowCount](journal)
        self.replies = Table[tuple[str, str], StoredReply](journal)
        self.announcements = Table[str, Announced](journal)
        self.step_dates = Table[str, StepDate](journal)
        self.trials = Table[int, Trial](journal)
        self.scheduled = Table[int, ScheduledDecision](journal)
        self.jobs = Table[int, BulkJob](journal)
        self.sessions = Table[str, Session](journal)
        self.display_preferences = Table[str, DisplayPreferences](journal)
        self.processes = Table[str, ProcessReport](journal)
        self.watch = Table[None, Watch](journal)
        self.verdicts = Table[int, StoredVerdict](journal)
        self.verdicts_made = Table[None, int](journal)
        self.sign_offs = Table[int, SignOff](journal)
        self.windows = Table[tuple[int, datetime, str], StoredWindow](journal)
        self.denials = Table[DenialKey, DenialCount](journal)

    def next_number(self, of: str) -> int:
        """A number that was never given before."""
        number = (self.numbers.get(of) or 0) + 1
        self.numbers.put(of, number)
        return number

    def check_reference(self, table: Table[str, Any], id: str | None) -> None:
        """Raises InvalidInput when `id` names nothing in the table, as a foreign key does."""
        if id is not None and id not in table:
            raise InvalidInput(f"There is nothing of the id {id} to refer to.")


def check_times(*moments: datetime | None) -> None:
    """Raises InvalidInput for a time without a zone: every store would read it differently."""
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise InvalidInput("A time must say its zone.")
