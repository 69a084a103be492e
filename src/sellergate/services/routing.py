"""From the outbox to messages: who is told, where, in which language, and when."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.messages import Item
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.preferences import DEFAULTS, Said, fingerprint_of, is_repeat, language_of, thread_of
from sellergate.domain.recipients import Destinations, Person, Sending, sendings
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.notices import Inbound
from sellergate.ports.stores import Store, View, Work
from sellergate.services.transactions import in_one_transaction

AT_ONCE: Final = 100
"""Notices in one transaction."""
FOR_AT_MOST: Final = timedelta(seconds=5)
"""Then the worker looks whether it is to stop."""


class Router:
    """Turns notices into messages, each exactly once: a notice leaves the outbox in the work that stores its messages."""

    def __init__(self, store: Store, destinations: Destinations, *, now: Clock = utc_now) -> None:
        self._store = store
        self._destinations = destinations
        self._now = now

    def run(self) -> int:
        """Empty the outbox; the answer is how many notices were in it. Raises StoreUnavailable."""
        routed, until = 0, self._now() + FOR_AT_MOST
        while self._waits() and self._now() < until:
            number = in_one_transaction(self._store, self._route)
            routed += number
            if number < AT_ONCE:
                break
        return routed

    def _waits(self) -> bool:
        with self._store.view() as view:  # an idle worker writes nothing
            return view.notices.waits()

    def _route(self, work: Work) -> int:
        taken = work.notices.take(AT_ONCE)
        people = _People(work)
        for inbound in taken:
            self._route_one(work, inbound, people)
        return len(taken)

    def _route_one(self, work: Work, inbound: Inbound, people: "_People") -> None:
        notice = inbound.notice
        thread = thread_of(notice)
        repeated = is_repeat(work.notices.said(thread), notice)
        if not repeated:
            work.notices.say(thread, Said(fingerprint_of(notice), notice.at))
        found = sendings(
            notice,
            inbound.id,
            people.person(notice),
            self._destinations,
            self._now(),
            repeated=repeated,
            item=people.item(notice),
        )
        for sending in found:
            post(work, sending)


def post(work: Work, sending: Sending) -> bool:
    """Store the message, or add to the digest that is there; False when the same message was stored before."""
    single = len(sending.alternatives) == 1
    return any(
        work.messages.put(message, [sending.item]) is not None
        or (not single and work.messages.join(message.key, [sending.item]))
        for message in sending.alternatives
    )


@dataclass
class _People:
    """Who is meant by the ids in notices, each looked up once."""

    view: View
    known: dict[tuple[Audience, str], Person | None] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def person(self, notice: Notice) -> Person | None:
        """The recipient, or None for whom the directory does not know."""
        key = (notice.audience, notice.recipient_id)
        if key not in self.known:
            self.known[key] = self._find(*key)
        return self.known[key]

    def _find(self, audience: Audience, id: str) -> Person | None:
        if audience is Audience.OPERATOR:
            return None
        directory = self.view.directory
        found = directory.seller(id) if audience is Audience.SELLER else directory.supplier(id)
        if found is None:
            return None
        chosen = self.view.notices.preferences(audience, id) or DEFAULTS[audience]
        return Person(email=found.email or None, locale=language_of(found.locale), preferences=chosen)

    def item(self, notice: Notice) -> Item:
        """What a message tells, with the names of those it is about."""
        facts = dict(notice.facts)
        for what in ("seller", "supplier", "product"):
            id = facts.get(f"{what}Id")
            if id is not None:
                facts[f"{what}Name"] = self._name(what, id)
        return Item(kind=notice.kind, audience=notice.audience.value, facts=facts, at=notice.at)

    def _name(self, what: str, id: str) -> str:
        if (what, id) not in self.names:
            found = self._look_up(what, id)
            self.names[what, id] = found.name if found else id
        return self.names[what, id]

    def _look_up(self, what: str, id: str) -> Seller | Supplier | Product | None:
        directory = self.view.directory
        if what == "seller":
            return directory.seller(id)
        return directory.supplier(id) if what == "supplier" else directory.product(id)
