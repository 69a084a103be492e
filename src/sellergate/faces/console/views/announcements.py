"""The plan's announcements as pages show them: what is due, what a promotion would send, when steps begin, what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from sellergate.domain.announced import Announced
from sellergate.domain.announcements import Edition, EditionState
from sellergate.domain.communication import Announcement, Occasion
from sellergate.domain.notices import Audience
from sellergate.domain.plan import Step
from sellergate.domain.windows import zone_named
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.directory import Mark
from sellergate.faces.console.views.rollout import step_label
from sellergate.faces.console.visit import Visit
from sellergate.services.announcing import Beginning, Planned

ADDRESS: Final = "/o/announcements"
ABOUT_A_STEP: Final = frozenset({Occasion.BEFORE, Occasion.ENTERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """One announcement, told once. `preview` is an empty text where there is nothing to look at any more."""

    name: str
    audience: str
    occasion: str
    ways: str
    mark: Mark
    at: datetime | None
    why: str
    people: int
    places: str
    missing: tuple[str, ...]
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionLine:
    """Something that a promotion sends, and when; `at` is None for at once."""

    name: str
    audience: str
    places: str
    people: int
    at: datetime | None
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionView:
    """What a promotion to the next step sends. `to_everybody`: all sellers or all suppliers are among those told at once."""

    step: str
    at_once: list[PromotionLine]
    later: list[PromotionLine]
    people: int
    to_everybody: bool
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginningLine:
    """A step that is ahead. `typed` is the date somebody has set, as a form has it; an empty text for none."""

    step: str
    label: str
    at: datetime | None
    why: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementsView:
    """All of it."""

    promotion: PromotionView | None
    beginnings: list[BeginningLine]
    zone: str
    planned: list[PlannedLine]
    automatic: bool


def announcements_view(visit: Visit) -> AnnouncementsView:
    """What is planned, and what a promotion would bring."""
    announcing, zone = visit.parts.announcing, visit.parts.plan.zone
    beginnings, people = announcing.beginnings(), announcing.people()
    ahead = {one.step.name for one in beginnings}
    return AnnouncementsView(
        promotion=promotion_view(visit),
        beginnings=[_beginning(visit, one, zone) for one in beginnings],
        zone=zone,
        planned=[_planned(visit, one, people, ahead) for one in announcing.agenda()],
        automatic=announcing.automatic,
    )


def promotion_view(visit: Visit) -> PromotionView | None:
    """What a promotion made now would send; None on the last step. Whom nobody can be reached of is left out."""
    announcing, plan = visit.parts.announcing, visit.parts.plan
    step, people = plan.next_step(visit.parts.rollouts.current()), announcing.people()
    if step is None:
        return None
    found = [one for one in announcing.of_promotion() if one.whom.is_somebody]
    at_once = [one for one in found if one.state is EditionState.DUE]
    return PromotionView(
        step=step_label(visit.words, step),
        at_once=[_promotion_line(visit, one, people, None) for one in at_once],
        later=[_promotion_line(visit, one, people, one.edition.due_at) for one in found if one not in at_once],
        people=sum(one.whom.reach(people) for one in at_once),
        to_everybody=any(one.whom.everybody is not None for one in at_once),
        automatic=announcing.automatic,
    )


def _promotion_line(visit: Visit, one: Planned, people: Mapping[Audience, int], at: datetime | None) -> PromotionLine:
    announcement = one.edition.announcement
    return PromotionLine(
        name=announcement.name,
        audience=announcement.audience,
        places=places_words(visit.words, one.whom.places),
        people=one.whom.reach(people),
        at=at,
        preview=preview_address(one.edition),
    )


def _beginning(visit: Visit, one: Beginning, zone: str) -> BeginningLine:
    return BeginningLine(
        step=one.step.name,
        label=step_label(visit.words, one.step),
        at=one.start.at,
        why=one.start.why,
        typed=f"{one.date.begins_at.astimezone(zone_named(zone)):%Y-%m-%dT%H:%M}" if one.date else "",
    )


def _planned(visit: Visit, one: Planned, people: Mapping[Audience, int], ahead: set[str]) -> PlannedLine:
    edition, sent = one.edition, one.announced
    announcement = edition.announcement
    return PlannedLine(
        name=announcement.name,
        audience=announcement.audience,
        occasion=occasion_words(visit, announcement, _step_words(visit.words, edition.step)),
        ways=ways_of(announcement),
        mark=state_mark(visit.words, one.state),
        at=edition.due_at if sent is None else sent.at,
        why=edition.why if sent is None else "",
        people=one.whom.reach(people) if sent is None else sent.told,
        places=places_words(visit.words, one.whom.places),
        missing=one.whom.missing,
        preview=preview_address(edition) if _can_be_shown(edition, ahead) else "",
    )


def _can_be_shown(edition: Edition, ahead: set[str]) -> bool:
    """Whether the service can say how it would read: not before a step that has begun, nor of one that never will."""
    if edition.announcement.occasion is Occasion.BEFORE:
        return edition.step is not None and edition.step.name in ahead
    return edition.announcement.occasion is not Occasion.ENTERED or edition.change is not None or bool(ahead)


def _step_words(words: Words, step: Step | None) -> str:
    return words.gettext("each step") if step is None else step_label(words, step)


def preview_address(edition: Edition) -> str:
    """Where the edition can be looked at."""
    return address_of(edition.announcement.name, step_named(edition), "preview")


def step_named(edition: Edition) -> str:
    """The step by which an edition is asked for; an empty text for one that is not about a step."""
    is_about = edition.step is not None and edition.announcement.occasion in ABOUT_A_STEP
    return edition.step.name if is_about and edition.step else ""


def address_of(name: str, step: str, what: str) -> str:
    """The address of a page about one announcement."""
    about = f"?{urlencode({'step': step})}" if step else ""
    return f"{ADDRESS}/{quote(name, safe='')}/{what}{about}"


def occasion_words(visit: Visit, each: Announcement, step: str) -> str:
    """When it is told; `step` is what the step it is about is called."""
    words, span = visit.words, visit.formats.span
    return {
        Occasion.BEFORE: words.gettext("%(span)s before %(step)s", span=span(each.lead), step=step)
        if each.lead
        else words.gettext("before %(step)s", step=step),
        Occasion.ENTERED: words.gettext("when %(step)s has begun", step=step),
        Occasion.ROLLED_BACK: words.gettext("after a rollback"),
        Occasion.DAILY: words.gettext("every day"),
        Occasion.WEEKLY: words.gettext("every week"),
    }[each.occasion]


def ways_of(each: Announcement) -> str:
    """By which channels the plan wants it told."""
    return ", ".join(channel.value.replace("_", "-") for channel in each.channels)


def places_words(words: Words, places: Sequence[str]) -> str:
    """Where it goes: addresses and chats as they are, the directory in words."""
    everybody = {
        f"every {Audience.SELLER}": words.gettext("every seller"),
        f"every {Audience.SUPPLIER}": words.gettext("every supplier"),
    }
    return ", ".join(everybody.get(place, place.partition(":")[2] or place) for place in places)


def state_mark(words: Words, state: EditionState) -> Mark:
    """How it stands, as a badge."""
    return {
        EditionState.SENT: Mark(kind="ok", text=words.gettext("Sent"), icon="circle-check"),
        EditionState.SENDING: Mark(kind="info", text=words.gettext("Being sent"), icon="loader-circle"),
        EditionState.DUE: Mark(kind="warn", text=words.gettext("Due now"), icon="clock"),
        EditionState.SCHEDULED: Mark(kind="info", text=words.gettext("Waiting"), icon="calendar-clock"),
        EditionState.NOT_SCHEDULED: Mark(kind="mute", text=words.gettext("Not scheduled"), icon="circle-dashed"),
        EditionState.MISSED: Mark(kind="bad", text=words.gettext("Missed"), icon="circle-x"),
    }[state]


def sent_words(visit: Visit, sent: Announced) -> str:
    """What became of a telling."""
    words = visit.words
    if sent.done_at is None:
        return words.ngettext("under way: %(num)s told so far", "under way: %(num)s told so far", sent.told)
    return words.ngettext("to %(num)s recipient", "to %(num)s recipients", sent.told)
