"""What was announced, when steps are to begin, and who puts announcements into words."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sellergate.domain.announced import Announced, Texts
from sellergate.domain.announcements import Edition, StepDate
from sellergate.domain.figures import Figures
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.queries import Page, PageRequest


class Announcements(Protocol):
    """What was announced, each once by its key, and the dates that were set for steps."""

    def add(self, announced: Announced) -> int | None:
        """Store it; the answer is its id. None, and nothing is stored, when there is one of this key."""

    def save(self, before: Announced, after: Announced) -> bool:
        """Compare and set by cursor and end; False, and nothing is written, when `before` is not true any more."""

    def of_keys(self, keys: Iterable[str]) -> Mapping[str, Announced]:
        """Those of these keys, by key; keys under which nothing was announced are left out."""

    def unfinished(self) -> list[Announced]:
        """Those that have recipients left to tell, oldest first."""

    def list(self, page: PageRequest) -> Page[Announced]:
        """A page of them, newest first."""

    def dates(self) -> Mapping[str, StepDate]:
        """The dates that were set, by step."""

    def set_date(self, date: StepDate) -> None:
        """Store the date of a step in place of any other."""

    def clear_date(self, step: str) -> bool:
        """Forget the date of a step; False if there was none."""


class Wording(Protocol):
    """Puts announcements into words."""

    def texts(self, edition: Edition, plan: RolloutPlan, figures: Figures | None) -> Texts:
        """The subject and the text of an edition in every language; `figures` are there for a summary."""
