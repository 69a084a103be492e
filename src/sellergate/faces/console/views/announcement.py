"""One announcement as it would be sent now, and those that were sent, in the words that were sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.announced import Announced, Texts
from sellergate.domain.communication import Occasion
from sellergate.faces.console.cursors import cursor, read_cursor
from sellergate.faces.console.language import NAMES
from sellergate.faces.console.views.announcements import (
    ADDRESS,
    address_of,
    occasion_words,
    places_words,
    sent_words,
    step_named,
    ways_of,
)
from sellergate.faces.console.views.rollout import step_label
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest

HISTORY: Final = f"{ADDRESS}/history"
A_PAGE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text in one language."""

    language: str
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """One telling, as it was."""

    id: int
    name: str
    audience: str
    step: str
    at: datetime
    by: str
    became: str
    places: str
    is_done: bool
    wordings: list[Wording]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """An announcement as it would be sent now. `step` is what a form names it by.

    `is_dated`: it is told before something that has a date, or may get one. `is_mass`: it goes to a whole side of the directory.
    """

    name: str
    audience: str
    step: str
    occasion: str
    ways: str
    is_dated: bool
    at: datetime | None
    why: str
    wordings: list[Wording]
    people: int
    places: str
    missing: tuple[str, ...]
    tellings: list[SentLine]
    is_mass: bool
    imagined: bool
    here: str
    send: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A page of what was sent."""

    rows: list[SentLine]
    total: int
    next: str | None


def preview_view(visit: Visit, name: str, step: str) -> PreviewView:
    """How it would read now, and whom it would reach. Raises what Announcing.preview raises."""
    found = visit.parts.announcing.preview(name, step or None)
    edition, words = found.edition, visit.words
    about, one = step_named(edition), edition.announcement
    label = words.gettext("each step") if edition.step is None else step_label(words, edition.step)
    return PreviewView(
        name=one.name,
        audience=one.audience,
        step=about,
        occasion=occasion_words(visit, one, label),
        ways=ways_of(one),
        is_dated=one.occasion is Occasion.BEFORE,
        at=edition.due_at,
        why=edition.why,
        wordings=wordings(visit, found.texts),
        people=found.reach,
        places=places_words(words, found.whom.places),
        missing=found.whom.missing,
        tellings=[sent_line(visit, sent) for sent in found.tellings],
        is_mass=found.whom.everybody is not None,
        imagined=found.imagined,
        here=address_of(one.name, about, "preview"),
        send=address_of(one.name, about, "send"),
    )


def history_view(visit: Visit) -> HistoryView:
    """A page of what was sent, the newest first."""
    page = visit.parts.announcing.history(PageRequest(A_PAGE, read_cursor(visit.query.get("after"))))
    return HistoryView(
        rows=[sent_line(visit, sent) for sent in page.items],
        total=page.total or 0,
        next=None if page.next is None else f"{HISTORY}?after={cursor(page.next)}",
    )


def sent_line(visit: Visit, sent: Announced) -> SentLine:
    """One telling for people."""
    steps = {step.name: step_label(visit.words, step) for step in visit.parts.plan.steps}
    return SentLine(
        id=sent.id,
        name=sent.name,
        audience=sent.audience,
        step=steps.get(sent.step or "", sent.step or ""),
        at=sent.at,
        by=sent.by,
        became=sent_words(visit, sent),
        places=places_words(visit.words, sent.places),
        is_done=sent.done_at is not None,
        wordings=wordings(visit, sent.texts),
    )


def wordings(visit: Visit, texts: Texts) -> list[Wording]:
    """Subject and text in each language, the visitor's first."""
    found = [
        Wording(language=language, name=NAMES.get(language, language), subject=subject, text=texts["text"][language])
        for language, subject in texts["subject"].items()
    ]
    return sorted(found, key=lambda wording: wording.language != visit.words.language)
