"""Announcements: what is due is told, each edition once whoever looks; and people can look ahead, tell sooner, and set dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sellergate.domain import announcements as rules
from sellergate.domain.announced import Announced, Texts
from sellergate.domain.announcements import Course, Edition, EditionState, Start, StepDate
from sellergate.domain.communication import Announcement, Occasion
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import AnnouncementNotFound, InvalidInput, InvalidStatus
from sellergate.domain.identifiers import SYSTEM, Actor
from sellergate.domain.notices import Audience, Kind
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.rollout import RolloutAction, RolloutChange
from sellergate.domain.rollout_moves import rolled_back
from sellergate.domain.windows import any_open, next_opening
from sellergate.ports.announcements import Wording
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, PageRequest, SellerQuery, SupplierQuery
from sellergate.ports.stores import Store, View, Work
from sellergate.services.audiences import Places, Whom, whom
from sellergate.services.courses import course_of
from sellergate.services.outbox import Outbox
from sellergate.services.rollouts import RolloutService
from sellergate.services.summaries import Summaries
from sellergate.services.telling_everybody import TellingEverybody
from sellergate.services.transactions import in_one_transaction

IMAGINED: Final = "The reason will stand here."
"""Why, in the preview of something that has not happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An edition, how it stands, whom it reaches, and what was sent of it, None before."""

    edition: Edition
    state: EditionState
    whom: Whom
    announced: Announced | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An edition as it would be sent now: to so many recipients, after it was told in these `tellings`, oldest first.

    `imagined`: what it tells of has not happened, so that it cannot be sent yet.
    """

    edition: Edition
    texts: Texts
    whom: Whom
    reach: int
    tellings: tuple[Announced, ...]
    imagined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """When a step that is ahead begins, as far as that is known, and the date that somebody has set for it, if any."""

    step: Step
    start: Start
    date: StepDate | None


class Announcing:
    """The plan's announcements. Everything raises StoreUnavailable."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        rollouts: RolloutService,
        summaries: Summaries,
        wording: Wording,
        *,
        plan: RolloutPlan,
        places: Places,
        automatic: bool = True,
        now: Clock = utc_now,
    ) -> None:
        """`automatic`: whether what is due is told by itself in this installation, so that people can be told so."""
        self.automatic = automatic
        self._store = store
        self._outbox = outbox
        self._rollouts = rollouts
        self._summaries = summaries
        self._wording = wording
        self._plan = plan
        self._places = places
        self._now = now
        self._everybody = TellingEverybody(store, outbox, now=now)

    def run(self) -> int:
        """Tell what is due, and go on with what was broken off; how many were told."""
        told = self._everybody.go_on()
        for planned in self.agenda():
            if planned.state is EditionState.DUE and planned.whom.is_somebody:
                begun = self._begin(planned.edition, SYSTEM)
                told += 0 if begun is None else self._everybody.finish(begun).told
        return told

    def agenda(self) -> list[Planned]:
        """Everything that is to be announced from here on, and what was announced of it, in the order of the plan."""
        now = self._now()
        return self._as_planned(rules.editions(self._plan, self._course(), now), now)

    def of_promotion(self) -> list[Planned]:
        """What a promotion to the next step, made now, would have announced that is not announced without it."""
        now = self._now()
        found = self._as_planned(rules.brought_about(self._plan, self._course(), now), now)
        return [planned for planned in found if planned.announced is None]

    def people(self) -> Mapping[Audience, int]:
        """How many are told on each side of the directory; it may be a few seconds old."""
        one = PageRequest(1)

        def count(view: View) -> Mapping[Audience, int]:
            sellers = view.directory.sellers(SellerQuery(status=SellerStatus.ACTIVE, page=one))
            suppliers = view.directory.suppliers(SupplierQuery(page=one))
            return {Audience.SELLER: sellers.total or 0, Audience.SUPPLIER: suppliers.total or 0}

        return self._store.read_aside(count)

    def beginnings(self) -> list[Beginning]:
        """Of each step that has not begun: when it will."""
        course, now = self._course(), self._now()
        return [
            Beginning(step=step, start=rules.start_of(step, self._plan, course, now), date=course.dates.get(step.name))
            for step in self._plan.steps[self._plan.place_of(course.state) + 1 :]
        ]

    def _as_planned(self, found: Sequence[Edition], now: datetime) -> list[Planned]:
        with self._store.view() as view:
            sent = view.announcements.of_keys([edition.key for edition in found])
        return [self._planned(edition, sent.get(edition.key), now) for edition in found]

    def _planned(self, edition: Edition, sent: Announced | None, now: datetime) -> Planned:
        state = rules.state_of(edition, now)
        if sent is not None:
            state = EditionState.SENDING if sent.done_at is None else EditionState.SENT
        return Planned(edition=edition, state=state, whom=self._whom(edition), announced=sent)

    def history(self, page: PageRequest) -> Page[Announced]:
        """A page of what was announced, newest first."""
        with self._store.view() as view:
            return view.announcements.list(page)

    def preview(self, name: str, step: str | None = None) -> Preview:
        """An announcement as it would be sent now; of what has not happened yet, as if it just had.

        Raises AnnouncementNotFound; InvalidInput for a step it is not about, InvalidStatus for one that has begun.
        """
        edition = self._by_hand(name, step, imagined=True)
        to, change = self._whom(edition), edition.change
        return Preview(
            edition=edition,
            texts=self._texts(edition),
            whom=to,
            reach=to.reach(self.people()),
            tellings=tuple(self._tellings(edition)),
            imagined=change is not None and change.version > self._rollouts.current().version,
        )

    def send(
        self, by: Actor, name: str, step: str | None = None, *, again: bool = False, after: int | None = None
    ) -> Announced:
        """Tell it now, whatever its date. Raises what `preview` raises, and InvalidStatus when it was told already and is not to
        be told `again`, when nothing has happened to tell of, and when nobody can be reached.

        `after` is how many tellings of it the sender knows of: whoever sends the same form twice tells it once.
        """
        edition = self._by_hand(name, step, imagined=False)
        to = self._whom(edition)
        if not to.is_somebody:
            raise InvalidStatus(f"Nobody can be told. {' '.join(to.missing)}", announcement=name)
        told = len(self._tellings(edition))
        number = 0 if not again else told if after is None else min(after, told)
        begun = self._begin(_telling(edition, number), by)
        if begun is None:
            sent = self._tellings(edition)[-1]
            raise InvalidStatus(
                f"{name} was sent on {sent.at:%Y-%m-%d %H:%M} UTC by {sent.by}. It can be sent again, if you say so.",
                announcement=name,
            )
        return self._everybody.finish(begun)

    def schedule(self, by: Actor, step: str, begins_at: datetime | None) -> Start:
        """Say when a step is to begin, or with None that nobody knows; the answer is what holds now.

        Raises InvalidInput for a step that is not in the plan, for what has passed, and for a moment outside of the step's
        windows; InvalidStatus for a step that has begun.
        """
        now = self._now()
        course = self._course()
        ahead = self._ahead(step, course)
        if begins_at is not None:
            _check_date(ahead, begins_at, now)

        def verb(work: Work) -> None:
            if begins_at is None:
                work.announcements.clear_date(step)
            else:
                work.announcements.set_date(StepDate(step=step, begins_at=begins_at, by=by.id, at=now))

        in_one_transaction(self._store, verb)
        return rules.start_of(ahead, self._plan, self._course(), now)

    def _begin(self, edition: Edition, by: Actor) -> Announced | None:
        """Store it and tell all but the directory, in one work; None when somebody else has."""
        now = self._now()
        texts, to = self._texts(edition), self._whom(edition)
        announced = Announced(
            key=edition.key,
            name=edition.announcement.name,
            audience=edition.announcement.audience,
            occasion=edition.announcement.occasion,
            step=None if edition.step is None else edition.step.name,
            begins_at=edition.begins_at,
            at=now,
            by=by.id,
            texts=texts,
            places=to.places,
            told=len(to.addresses),
            done_at=now if to.everybody is None else None,
        )

        def verb(work: Work) -> Announced | None:
            id = work.announcements.add(announced)
            if id is None:
                return None
            self._outbox.post(work, f"announcement:{edition.key}", to.addresses, Kind.ANNOUNCEMENT, texts)
            return replace(announced, id=id)

        return in_one_transaction(self._store, verb)

    def _by_hand(self, name: str, step: str | None, *, imagined: bool) -> Edition:
        one = next((one for one in self._plan.announcements if one.name == name), None)
        if one is None:
            raise AnnouncementNotFound(name)
        if step is not None and (
            one.occasion not in (Occasion.BEFORE, Occasion.ENTERED) or one.step not in (None, step)
        ):
            raise InvalidInput(f"{name} is not about the step {step}.", field="step")
        course, now = self._course(), self._now()
        if one.occasion is Occasion.BEFORE:
            return rules.before(one, self._ahead(step or one.step, course), self._plan, course, now)
        if one.occasion in rules.LENGTHS:
            return rules.summary(one, self._plan, now)
        done = [change for change in rules.done(one, self._plan, course) if step in (None, change.to_step)]
        if done:
            return rules.of_change(one, self._plan, done[0])
        if imagined:
            return rules.of_change(one, self._plan, self._imagined(one, step, course, now))
        raise InvalidStatus(f"Nothing has happened lately that {name} tells of.", announcement=name)

    def _imagined(self, one: Announcement, step: str | None, course: Course, now: datetime) -> RolloutChange:
        before = course.state
        if one.occasion is not Occasion.ENTERED:
            return rules.imagined(RolloutAction.ROLLBACK, before, rolled_back(before), now, IMAGINED)
        to = self._ahead(step or one.step, course)
        after = replace(before, phase=to.kind, percentage=to.percentage, step=to.name)
        return rules.imagined(RolloutAction.PROMOTE, before, after, now, IMAGINED)

    def _ahead(self, name: str | None, course: Course) -> Step:
        """A step that has not begun; the next one without a name."""
        steps = self._plan.steps
        if name is not None and name not in {step.name for step in steps}:
            known = ", ".join(step.name for step in steps)
            raise InvalidInput(f"The plan has no step {name}; what there is: {known}.", field="step")
        ahead = steps[self._plan.place_of(course.state) + 1 :]
        found = next((step for step in ahead if name in (None, step.name)), None)
        if found is None:
            raise InvalidStatus(f"{name or 'The last step'} has begun.", step=name)
        return found

    def _tellings(self, edition: Edition) -> list[Announced]:
        """Each time it was told, oldest first."""
        found: list[Announced] = []
        with self._store.view() as view:
            while told := view.announcements.of_keys([key := _telling(edition, len(found)).key]):
                found.append(told[key])
        return found

    def _texts(self, edition: Edition) -> Texts:
        figures = None
        if edition.since is not None and edition.to is not None:
            course = self._course()
            figures = self._summaries.of(edition.since, edition.to, course.state, course.changes)
        return self._wording.texts(edition, self._plan, figures)

    def _whom(self, edition: Edition) -> Whom:
        return whom(edition.announcement, self._places, self._plan.zone)

    def _course(self) -> Course:
        return course_of(self._store, self._rollouts.current(), self._now())


def _telling(edition: Edition, number: int) -> Edition:
    """The same for the first, second, … time, counted from 0: each time has a key of its own."""
    return replace(edition, key=f"{edition.key}:again-{number}") if number else edition


def _check_date(step: Step, begins_at: datetime, now: datetime) -> None:
    if begins_at <= now:
        raise InvalidInput(f"{begins_at:%Y-%m-%d %H:%M %Z} has passed.", field="at")
    if not any_open(step.windows, begins_at):
        windows = " or ".join(str(window) for window in step.windows)
        opening = next_opening(step.windows, begins_at)
        raise InvalidInput(
            f"{step.name} may begin {windows} only, after that moment next at {opening:%Y-%m-%d %H:%M} UTC.", field="at"
        )
