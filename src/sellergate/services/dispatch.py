"""Sending what is due by one channel: take, put into words, hand over, note what became of it."""

import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.messages import Backoff, Channel, Item, Message, MessageState
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.couriers import Courier, Undelivered, Writer
from sellergate.ports.stores import Store, Work
from sellergate.services.transactions import in_one_transaction

log = logging.getLogger(__name__)

LANES: Final = 4
"""Letters under way at once by one channel, so that a receiver who is silent does not keep all others waiting."""
FOR_AT_MOST: Final = timedelta(seconds=5)
"""No letter is begun later in a run: then the worker looks whether it is to stop."""
SILENCES: Final = 6
"""How many times in a row a server may be silent for all but the timeout before a letter is given back to others."""
MARGIN: Final = timedelta(seconds=5)


class Dispatch:
    """One channel's share of the worker. Any number of processes may send by it: each message is leased by one of them.

    Who dies between handing a letter over and noting it leaves the message leased; when the lease ends it is sent again, under
    the same id. So nothing is lost, and twice sent only what nobody could know about.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        writer: Writer,
        courier: Courier,
        *,
        backoff: Backoff,
        timeout: timedelta,
        now: Clock = utc_now,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._channel = channel
        self._writer = writer
        self._courier = courier
        self._backoff = backoff
        self._lease = timeout * SILENCES + MARGIN
        self._now = now
        self._dice = dice

    def run(self) -> int:
        """Send what is due; the answer is how many letters were tried. Raises StoreUnavailable."""
        with self._store.view() as view:  # an idle worker writes nothing
            if not view.messages.is_due(self._channel, self._now()):
                return 0
        until = self._now() + FOR_AT_MOST
        with ThreadPoolExecutor(LANES, thread_name_prefix=f"sellergate-{self._channel}") as lanes:
            return sum(lanes.map(self._lane, [until] * LANES))

    def _lane(self, until: datetime) -> int:
        tried = 0
        while self._now() < until and self._one():
            tried += 1
        return tried

    def _one(self) -> bool:
        """Take one message and send it; False when none is due."""
        taken = in_one_transaction(self._store, self._take)
        if taken is None:
            return False
        message, items = taken
        after = self._sent(message, items)
        if after.state is MessageState.DEAD:
            log.warning("Message %s to %s is given up: %s", message.id, message.recipient, after.error)
        if not in_one_transaction(self._store, lambda work: work.messages.save(message, after)):
            log.warning("Message %s took longer than its lease: it may have been sent twice", message.id)
        return True

    def _take(self, work: Work) -> tuple[Message, list[Item]] | None:
        now = self._now()
        message = work.messages.take(self._channel, now, now + self._lease)
        return None if message is None else (message, work.messages.items(message.id))

    def _sent(self, message: Message, items: list[Item]) -> Message:
        """What becomes of the message."""
        if message.attempts > self._backoff.attempts:
            return self._failed(message, "Whoever was sending it has died, each time.", final=True)
        try:
            self._courier.deliver(self._writer.write(message, items))
        except Undelivered as error:
            return self._failed(message, str(error), final=error.final)
        except Exception as error:
            # A courier's defect must not keep the others in its lane waiting; it is seen in the log and in the message.
            log.exception("Message %s could not be handed over", message.id)
            return self._failed(message, f"{type(error).__name__} in the courier; the log says more.", final=False)
        return message.sent(self._now())

    def _failed(self, message: Message, why: str, *, final: bool) -> Message:
        return message.failed(self._now(), why, self._backoff, final=final, dice=self._dice())
