"""What the controller of the rollout keeps: who controls, what was judged, and what people have signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sellergate.ports.queries import Page, PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who controls the rollout. `beat` grows with every sign of life; `at` is the holder's time of it, for people.

    Whether the holder is alive is judged by whether `beat` goes on, never by comparing clocks. `holder` is None when the last
    one has given the watch up.
    """

    holder: str | None
    beat: int
    at: datetime


class Watches(Protocol):
    """The one watch over the rollout."""

    def current(self) -> Watch | None:
        """The watch as it is; None when nobody ever had it."""

    def save(self, before: Watch | None, after: Watch) -> None:
        """Compare and set by `before.beat`. Raises ConcurrentChange, and writes nothing, when it is not the current one any more.

        In the work of an act it is a fence: whoever lost the watch while they were paused cannot act.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """A verdict with everything it was judged by. `id` is given by the store.

    `since` is since when the overall verdict has been this one without a break; `judgement` is what people and programs are
    shown, `evidence` what `verdict replay` judges again.
    """

    id: int = 0
    at: datetime
    since: datetime
    rollout_version: int
    verdict: str
    sentence: str
    judgement: Mapping[str, Any]
    evidence: Mapping[str, Any]


class Verdicts(Protocol):
    """What was judged, each time something changed or was done about it."""

    def add(self, verdict: StoredVerdict) -> int:
        """Store it; the answer is its id."""

    def get(self, id: int) -> StoredVerdict | None:
        """The verdict of this id, evidence and all, or None."""

    def latest(self) -> StoredVerdict | None:
        """The newest one, without its evidence, or None."""

    def list(self, page: PageRequest) -> Page[StoredVerdict]:
        """A page of them, newest first; without their evidence."""

    def forget(self, before: datetime) -> int:
        """Delete those of earlier than that which nothing in the rollout's history rests on; the answer is how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Somebody's word that a criterion of a step is met, or with `withdrawn` that it is not any more."""

    step: str
    criterion: str
    by: str
    role: str
    note: str
    at: datetime
    withdrawn: bool = False


class SignOffs(Protocol):
    """What people have signed; nothing is ever changed in it, only added."""

    def add(self, sign_off: SignOff) -> None:
        """Store it."""

    def since(self, moment: datetime | None) -> list[SignOff]:
        """Those of that moment and later, or all, oldest first."""
