"""Announcements as they are sent and received."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Self

from pydantic import Field

from sellergate.domain.announced import Announced
from sellergate.domain.announcements import EditionState, Start
from sellergate.domain.communication import Occasion
from sellergate.domain.notices import Audience
from sellergate.faces.wire import Text, UtcTime, WireIn, WireOut
from sellergate.services.announcing import Planned, Preview

StepName = Annotated[Text, Field(max_length=40)]


class PlannedOut(WireOut):
    """Something to announce: `dueAt` null is not scheduled, and `why` says why it is due then, or is not scheduled.

    `to` are the places it reaches, `people` how many recipients that is, `missing` what the settings lack to reach more;
    `sentAt` is null before it was sent.
    """

    announcement: str
    audience: str
    occasion: Occasion
    step: str | None
    state: EditionState
    why: str
    due_at: UtcTime | None
    begins_at: UtcTime | None
    sent_at: UtcTime | None
    to: list[str]
    people: int
    missing: list[str]

    @classmethod
    def of(cls, planned: Planned, people: Mapping[Audience, int]) -> Self:
        """It as it is sent."""
        edition = planned.edition
        return cls(
            announcement=edition.announcement.name,
            audience=edition.announcement.audience,
            occasion=edition.announcement.occasion,
            step=edition.step.name if edition.step else None,
            state=planned.state,
            why=edition.why,
            due_at=edition.due_at,
            begins_at=edition.begins_at,
            sent_at=planned.announced.at if planned.announced else None,
            to=list(planned.whom.places),
            people=planned.whom.reach(people),
            missing=list(planned.whom.missing),
        )


class AgendaOut(WireOut):
    """Everything that is to be announced, in the order of the plan."""

    items: list[PlannedOut]

    @classmethod
    def of(cls, agenda: Iterable[Planned], people: Mapping[Audience, int]) -> Self:
        """It as it is sent; `people` are on each side of the directory."""
        return cls(items=[PlannedOut.of(one, people) for one in agenda])


class PreviewOut(WireOut):
    """An announcement as it would be sent now, to so many `people`: subject and text by language."""

    to: list[str]
    people: int
    missing: list[str]
    due_at: UtcTime | None
    subject: dict[str, str]
    text: dict[str, str]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """It as it is sent."""
        return cls(
            to=list(preview.whom.places),
            people=preview.reach,
            missing=list(preview.whom.missing),
            due_at=preview.edition.due_at,
            subject=dict(preview.texts["subject"]),
            text=dict(preview.texts["text"]),
        )


class AnnouncedOut(WireOut):
    """What was announced, in the words that were sent. `told` recipients so far; `doneAt` is null while there are more."""

    id: int
    announcement: str
    audience: str
    occasion: Occasion
    step: str | None
    begins_at: UtcTime | None
    at: UtcTime
    by: str
    to: list[str]
    told: int
    done_at: UtcTime | None
    subject: dict[str, str]
    text: dict[str, str]

    @classmethod
    def of(cls, announced: Announced) -> Self:
        """It as it is sent."""
        return cls(
            id=announced.id,
            announcement=announced.name,
            audience=announced.audience,
            occasion=announced.occasion,
            step=announced.step,
            begins_at=announced.begins_at,
            at=announced.at,
            by=announced.by,
            to=list(announced.places),
            told=announced.told,
            done_at=announced.done_at,
            subject=dict(announced.texts["subject"]),
            text=dict(announced.texts["text"]),
        )


class SendIn(WireIn):
    """Of an announcement about each step, `step` says which; `again`: although it was sent already."""

    step: StepName | None = None
    again: bool = False


class DateIn(WireIn):
    """When a step is to begin; null: nobody knows."""

    begins_at: UtcTime | None


class DateOut(WireOut):
    """When a step begins as far as is known, and why then."""

    step: str
    begins_at: UtcTime | None
    why: str

    @classmethod
    def of(cls, step: str, start: Start) -> Self:
        """It as it is sent."""
        return cls(step=step, begins_at=start.at, why=start.why)
