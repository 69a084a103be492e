"""Carrying messages to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sellergate.domain.messages import Item, Message
from sellergate.domain.preferences import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in words, ready to be carried.

    `uid` is the same at every attempt. `text` and `html` say the same; `payload` is what programs are told. `wakes` says that
    somebody should be woken.
    """

    uid: str
    address: str
    locale: Locale
    subject: str
    text: str
    html: str
    payload: Mapping[str, Any]
    wakes: bool
    at: datetime


class Undelivered(Exception):
    """Nobody has accepted the letter. `final`: nor will anybody, however often they are asked."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Courier(Protocol):
    """One way of carrying letters; may be called by several threads at once."""

    def deliver(self, letter: Letter) -> None:
        """Hand it over. Raises Undelivered, with a reason that holds no secret, and takes no longer than its timeout allows."""


class Writer(Protocol):
    """Puts messages into words."""

    def write(self, message: Message, items: Sequence[Item]) -> Letter:
        """The message in the words of its recipient's language. Raises Undelivered, final, where there are no words for it."""
