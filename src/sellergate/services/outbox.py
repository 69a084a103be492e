"""The messages themselves: posting them, what became of them, and sending given-up ones after all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sellergate.domain.errors import MessageNotFound
from sellergate.domain.messages import Channel, Item, Message, MessageState
from sellergate.domain.notices import Audience, Kind, Notice
from sellergate.domain.preferences import Locale
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.notices import Mark
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store, Work
from sellergate.services.transactions import in_one_transaction

AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a message goes: an e-mail address, or the name of a chat, pager or webhook of the settings."""

    channel: Channel
    address: str
    locale: Locale
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long things are kept: messages once sent; those given up, and notices in the app."""

    sent: timedelta = timedelta(days=30)
    others: timedelta = timedelta(days=365)


class Outbox:
    """Everything that is to be sent goes through here. Counts are those of the last `count`, so that metrics cost nothing."""

    def __init__(self, store: Store, *, kept: Kept | None = None, now: Clock = utc_now) -> None:
        self._store = store
        self._kept = kept or Kept()
        self._now = now
        self._counts: Mapping[MessageState, int] | None = None

    def post(
        self,
        work: Work,
        key: str,
        to: Iterable[Address],
        kind: str,
        facts: Mapping[str, Any],
        *,
        due_at: datetime | None = None,
    ) -> int:
        """Tell these addresses one thing, in the caller's work; the answer is how many had not been told under this key.

        `key` is the caller's name for it, such as `announcement:phase-1:2026-03-01`: whoever posts it again, in whichever
        process, sends nothing twice, for as long as sent messages are kept. `kind` names a template, `facts` are its variables;
        Kind.ANNOUNCEMENT takes `subject` and `text`, each a text for every language. Without `due_at` it is sent at once.
        """
        now = self._now()
        item = Item(kind=kind, audience=Audience.OPERATOR.value, facts=facts, at=now)
        return sum(work.messages.put(_message(key, one, now, due_at or now), [item]) is not None for one in to)

    def announce(
        self, work: Work, key: str, audience: Audience, recipient_ids: Iterable[str], facts: Mapping[str, Any]
    ) -> int:
        """Tell sellers or suppliers something in the app and, as they have chosen, by e-mail; how many had not been told.

        `facts` are `subject` and `text`, each a text for every language. The same key tells nobody twice.
        """
        at = self._now()
        told = 0
        for id in recipient_ids:
            if work.occasions.settle(Mark(Kind.ANNOUNCEMENT.value, f"{key}:{audience}:{id}", 0), at):
                work.notices.put(
                    Notice(kind=Kind.ANNOUNCEMENT.value, audience=audience, recipient_id=id, facts=facts, at=at)
                )
                told += 1
        return told

    def list(self, state: MessageState, page: PageRequest, channel: Channel | None = None) -> Page[Message]:
        """A page of the messages that stand so, by any channel or by this one, newest first."""
        with self._store.view() as view:
            return view.messages.list(state, page, channel)

    def told(self, messages: Iterable[Message]) -> Mapping[int, Sequence[Item]]:
        """What these messages tell, by their ids."""
        with self._store.view() as view:
            return view.messages.items_of([message.id for message in messages])

    def dead(self) -> int:
        """How many were given up: for the number beside a link, so it may be a few seconds old."""
        return self._store.read_aside(lambda view: view.messages.list(MessageState.DEAD, PageRequest(1)).total or 0)

    def retry(self, id: int) -> Message:
        """Send one that was given up after all, with all its attempts. Raises MessageNotFound, and InvalidStatus for another."""

        def verb(work: Work) -> Message:
            before = work.messages.get(id)
            if before is None:
                raise MessageNotFound
            after = before.retried(self._now())
            work.messages.save(before, after)
            return after

        return in_one_transaction(self._store, verb)

    def retry_these(self, ids: Iterable[int]) -> int:
        """Send those of these that were given up after all, in one work; how many: of others, somebody else was faster."""
        wanted = list(dict.fromkeys(ids))
        return in_one_transaction(self._store, lambda work: self._retry(work, map(work.messages.get, wanted)))

    def retry_all(self, channel: Channel | None = None) -> int:
        """Send all that were given up after all, by any channel or by this one; the answer is how many."""
        retried = 0
        page: PageRequest | None = PageRequest(AT_ONCE, counted=False)
        while page is not None:
            dead = self.list(MessageState.DEAD, page, channel)
            retried += self.retry_these(message.id for message in dead.items)
            page = None if dead.next is None else PageRequest(AT_ONCE, dead.next, counted=False)
        return retried

    def _retry(self, work: Work, messages: Iterable[Message | None]) -> int:
        dead = (message for message in messages if message is not None and message.state is MessageState.DEAD)
        return sum(work.messages.save(message, message.retried(self._now())) for message in dead)

    def count(self) -> Mapping[MessageState, int]:
        """How many wait, notices that are not messages yet among them, and how many were given up."""
        with self._store.view() as view:
            counts = view.messages.counts()
            waiting = counts[MessageState.PENDING] + view.notices.outbox_size()
        self._counts = {**counts, MessageState.PENDING: waiting}
        return self._counts

    @property
    def counts(self) -> Mapping[MessageState, int] | None:
        """The last count; None before the first."""
        return self._counts

    def forget(self) -> int:
        """Delete what has been kept for long enough; the answer is how many messages and notices."""
        now = self._now()
        with self._store.work() as work:
            forgotten = work.messages.forget(now - self._kept.sent, now - self._kept.others)
            forgotten += work.notices.forget(now - self._kept.others)
            work.occasions.forget(now - self._kept.others)
        return forgotten


def _message(key: str, to: Address, now: datetime, due_at: datetime) -> Message:
    return Message(
        key=f"{key}:{to.channel}:{to.address}",
        channel=to.channel,
        address=to.address,
        recipient=to.address,
        locale=to.locale,
        zone=to.zone,
        created_at=now,
        due_at=due_at,
    )
