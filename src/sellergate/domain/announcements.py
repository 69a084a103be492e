"""Which announcements are due, and when: the plan's, held against the rollout, its history, and the dates people have set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sellergate.domain.communication import Announcement, Occasion
from sellergate.domain.identifiers import SYSTEM
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.promotion import minimum_duration
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState
from sellergate.domain.rollout_moves import promoted
from sellergate.domain.windows import next_opening, zone_named

LATE: Final = timedelta(days=1)
"""What could not be told in time, because nothing ran, is told up to so much later; after that it is left to people."""
SUMMARY_AT: Final = time(9)
"""The hour of the plan's morning at which summaries are sent."""
DAY: Final = timedelta(days=1)
LENGTHS: Final[Mapping[Occasion, timedelta]] = {Occasion.DAILY: DAY, Occasion.WEEKLY: 7 * DAY}
"""How long the time is that a summary is about. Weeks begin on Mondays."""
LOOKS_BACK: Final = 2 * LENGTHS[Occasion.WEEKLY] + DAY
"""How far back the history must reach: on the last day for a weekly summary, to the beginning of its week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDate:
    """When a step is to begin, as somebody has set it at `at`."""

    step: str
    begins_at: datetime
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is known of a rollout: how it is, its changes of the last LOOKS_BACK (newest first), its last rollback, and dates."""

    state: RolloutState
    changes: Sequence[RolloutChange] = ()
    rolled_back: RolloutChange | None = None
    dates: Mapping[str, StepDate] = field(default_factory=dict)

    @property
    def run(self) -> int:
        """Tells one attempt from the next: after a rollback everything is announced anew."""
        return 0 if self.rolled_back is None else self.rolled_back.version


@dataclass(frozen=True, slots=True)
class Start:
    """When a step begins, None where that is not known; and why, in a sentence."""

    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One telling of an announcement, told once under its `key`.

    It is due from `due_at` on, None where nobody can know when that is, and pointless from `until` on. `step` is the one it is
    about and `begins_at` when that begins; `change` what was done; `since` and `to` the time it sums up.
    """

    announcement: Announcement
    key: str
    why: str
    due_at: datetime | None = None
    until: datetime | None = None
    step: Step | None = None
    begins_at: datetime | None = None
    change: RolloutChange | None = None
    since: datetime | None = None
    to: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be told now, unless it was."""
        return self.due_at is not None and self.until is not None and self.due_at <= now < self.until


class EditionState(StrEnum):
    """How it stands with an edition."""

    SENT = "sent"
    SENDING = "sending"
    DUE = "due"
    SCHEDULED = "scheduled"
    NOT_SCHEDULED = "not_scheduled"
    MISSED = "missed"


def state_of(edition: Edition, now: datetime) -> EditionState:
    """How it stands with an edition that nobody has begun to send."""
    if edition.due_at is None:
        return EditionState.NOT_SCHEDULED
    if now < edition.due_at:
        return EditionState.SCHEDULED
    return EditionState.DUE if edition.is_due(now) else EditionState.MISSED


def start_of(step: Step, plan: RolloutPlan, course: Course, now: datetime) -> Start:
    """When a step that is still ahead begins: the date somebody has set, or the earliest moment that the plan allows.

    A date that was set before the rollout was rolled back says nothing any more. Without a date it is known only of the next
    step, and only while that moment, a minimum duration or a change window away, has not long passed.
    """
    if course.state.held:
        return Start(None, "The rollout is on hold.")
    date_set = course.dates.get(step.name)
    if date_set is not None and (course.rolled_back is None or course.rolled_back.at < date_set.at):
        return Start(date_set.begins_at, f"{date_set.by} has set the date of {step.name}.")
    if course.state.phase is Phase.OFF or course.state.since is None or plan.next_step(course.state) is not step:
        return Start(None, f"Nobody has set a date for {step.name}.")
    lasts = minimum_duration(course.state, plan)
    earliest = next_opening(step.windows, course.state.since + lasts)
    if earliest == course.state.since or earliest + LATE <= now:
        return Start(None, f"{step.name} may begin at any time, and nobody has set a date for it.")
    return Start(earliest, f"{step.name} may begin then at the earliest.")


def editions(plan: RolloutPlan, course: Course, now: datetime) -> list[Edition]:
    """Everything the plan announces from here on, or should have announced a short while ago, in the order of the plan."""
    return [edition for one in plan.announcements for edition in _of(one, plan, course, now)]


def brought_about(plan: RolloutPlan, course: Course, now: datetime) -> list[Edition]:
    """What a promotion to the next step, made now, would have announced that is not announced without it; [] on the last step.

    What comes with a date of its own anyway is left out; what the promotion only gives a date is not.
    """
    if plan.next_step(course.state) is None:
        return []
    known = {edition.key for edition in editions(plan, course, now) if edition.due_at is not None}
    return [
        edition
        for edition in editions(plan, _promoted(plan, course, now), now)
        if edition.due_at is not None and edition.key not in known
    ]


def _promoted(plan: RolloutPlan, course: Course, now: datetime) -> Course:
    """The course as it would be if somebody promoted now."""
    before = course.state
    state = replace(promoted(before, plan), version=before.version + 1, since=now)
    change = imagined(RolloutAction.PROMOTE, before, state, now)
    return replace(course, state=state, changes=(change, *course.changes))


def imagined(
    action: RolloutAction, before: RolloutState, after: RolloutState, now: datetime, reason: str = ""
) -> RolloutChange:
    """A change that nobody has made."""
    return RolloutChange(
        version=before.version + 1,
        action=action,
        from_phase=before.phase,
        from_percentage=before.percentage,
        from_step=before.step,
        to_phase=after.phase,
        to_percentage=after.percentage,
        to_step=after.step,
        actor_id=SYSTEM.id,
        actor_role=SYSTEM.role.value,
        reason=reason,
        override=False,
        at=now,
    )


def _of(one: Announcement, plan: RolloutPlan, course: Course, now: datetime) -> Iterator[Edition]:
    if one.occasion is Occasion.BEFORE:
        return _before(one, plan, course, now)
    if one.occasion in LENGTHS:
        return _summaries(one, plan, course, now)
    return _done(one, plan, course, now)


def _before(one: Announcement, plan: RolloutPlan, course: Course, now: datetime) -> Iterator[Edition]:
    place = plan.place_of(course.state)
    for number, step in enumerate(plan.steps):
        if one.step in (None, step.name) and number > place:
            yield before(one, step, plan, course, now)
        elif one.step == step.name:
            yield Edition(
                announcement=one, key=_before_key(one, step, course), why=f"{step.name} has begun.", step=step
            )


def before(one: Announcement, step: Step, plan: RolloutPlan, course: Course, now: datetime) -> Edition:
    """What is told before this step begins."""
    start = start_of(step, plan, course, now)
    edition = Edition(announcement=one, key=_before_key(one, step, course), why=start.why, step=step)
    if start.at is None:
        return edition
    return replace(edition, begins_at=start.at, due_at=start.at - one.lead, until=start.at + LATE)


def _before_key(one: Announcement, step: Step, course: Course) -> str:
    return f"{one.name}:before:{step.name}:{course.run}"


def _done(one: Announcement, plan: RolloutPlan, course: Course, now: datetime) -> Iterator[Edition]:
    lately = [change for change in done(one, plan, course) if now < change.at + LATE]
    if not lately:
        yield Edition(announcement=one, key=f"{one.name}:{one.occasion}", why="It is sent when that has happened.")
    for change in reversed(lately):
        yield of_change(one, plan, change)


def done(one: Announcement, plan: RolloutPlan, course: Course) -> list[RolloutChange]:
    """The changes that an announcement tells of, newest first."""
    if one.occasion is Occasion.ROLLED_BACK:
        return [
            change
            for change in course.changes
            if change.action is RolloutAction.ROLLBACK and change.from_phase is not Phase.OFF
        ]
    names = {step.name for step in plan.steps if one.step in (None, step.name)}
    return [
        change
        for change in course.changes
        if change.action is RolloutAction.PROMOTE and change.to_step in names and change.to_step != change.from_step
    ]


def of_change(one: Announcement, plan: RolloutPlan, change: RolloutChange) -> Edition:
    """What is told of something that was done."""
    entered = one.occasion is Occasion.ENTERED
    return Edition(
        announcement=one,
        key=f"{one.name}:{one.occasion}:{change.version}",
        why=f"{change.actor_id}: {change.reason}",
        due_at=change.at,
        until=change.at + LATE,
        step=plan.step(change.to_step) if entered and change.to_step else None,
        begins_at=change.at if entered else None,
        change=change,
    )


def _summaries(one: Announcement, plan: RolloutPlan, course: Course, now: datetime) -> Iterator[Edition]:
    last, coming, after = (summary(one, plan, now, further=further) for further in range(3))
    if _sums_up(last, plan, course):
        yield last
    # What began after midnight is not in the summary of this morning, but in that of the next.
    found = next((each for each in (coming, after) if _sums_up(each, plan, course)), None)
    yield found or replace(coming, due_at=None, until=None, why="It is sent while a rollout goes on.")


def _sums_up(edition: Edition, plan: RolloutPlan, course: Course) -> bool:
    """Whether there is a rollout in the time of this summary."""
    return edition.since is not None and edition.to is not None and _went_on(plan, course, edition.since, edition.to)


def summary(one: Announcement, plan: RolloutPlan, now: datetime, *, further: int = 0) -> Edition:
    """The summary of the last whole day, or week, that it is time for; or one of those that follow."""
    length = LENGTHS[one.occasion]
    today = now.astimezone(zone_named(plan.zone)).date()
    day = today - timedelta(days=today.weekday()) if one.occasion is Occasion.WEEKLY else today
    if now < _moment(day, plan, SUMMARY_AT):
        day -= length
    day += further * length
    return Edition(
        announcement=one,
        key=f"{one.name}:{one.occasion}:{day}",
        why=f"It is sent at {SUMMARY_AT:%H:%M} ({plan.zone}).",
        due_at=_moment(day, plan, SUMMARY_AT),
        until=_moment(day + length, plan, SUMMARY_AT),
        since=_moment(day - length, plan),
        to=_moment(day, plan),
    )


def _moment(day: date, plan: RolloutPlan, at: time = time()) -> datetime:
    return datetime.combine(day, at, tzinfo=zone_named(plan.zone)).astimezone(UTC)


def _went_on(plan: RolloutPlan, course: Course, since: datetime, to: datetime) -> bool:
    """Whether a rollout was under way at some moment of this time."""
    if any(since <= change.at < to for change in course.changes):
        return True
    later = [change for change in course.changes if change.at >= to]
    if later:
        return later[-1].from_phase is not Phase.OFF
    state = course.state
    is_over = plan.next_step(state) is None and (state.since is None or state.since + plan.bake <= since)
    return state.phase is not Phase.OFF and not is_over
