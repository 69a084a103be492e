"""How a seller stands to a product, and what they can do about it: one cell for each, the same on every page and in the stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.answering import due_at
from sellergate.domain.authorization import Action, Authorization, Status, actions_open
from sellergate.domain.errors import InvalidInput, ProductLimitReached
from sellergate.domain.identifiers import Role
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.services.shelf import Shelved

CATALOG: Final = "/m/catalog"
REQUESTS: Final = "/m/requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done: a form to open (`opens`), or a button that does it."""

    label: str
    address: str
    opens: bool
    is_quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """The two cells. A `kind` is a badge, none is plain text; `moment` is the exact time behind the text."""

    id: str
    name: str
    text: str
    kind: str = ""
    icon: str = ""
    moment: str = ""
    iso: str = ""
    note: str = ""
    note_moment: str = ""
    note_iso: str = ""
    act: Act | None = None


def state_view(visit: Visit, shelved: Shelved) -> StateView:
    """The cells of one product."""
    standing = shelved.standing
    base = StateView(id=standing.product.id, name=standing.product.name, text="", act=_act(visit.words, shelved))
    if standing.record is None:
        return _without_record(visit.words, base, shelved)
    told = _TOLD[standing.record.status_at(visit.parts.now())]
    return told(visit, base, standing.record)


def _without_record(words: Words, base: StateView, shelved: Shelved) -> StateView:
    obstacle = shelved.standing.obstacle
    if isinstance(obstacle, InvalidInput):
        reasons = {
            "no-supplier": words.gettext("Needs no permission"),
            "own-product": words.gettext("Your own product"),
            "inactive": words.gettext("Not on offer"),
        }
        return replace(base, text=reasons.get(str(obstacle.facts.get("problem")), str(obstacle)))
    if shelved.places.are_taken:
        return replace(base, text=words.gettext("No free slots"), kind="neutral")
    return replace(base, text=words.gettext("Not requested"))


def _waiting(visit: Visit, base: StateView, record: Authorization) -> StateView:
    due = due_at(record)
    base = replace(base, text=visit.words.gettext("Waiting"), kind="info", icon="clock")
    if due is None:
        return base
    date = visit.formats.date(due)
    note = (
        visit.words.gettext("Answer by %(date)s", date=date)
        if due > visit.parts.now()
        else visit.words.gettext("Answer was due %(date)s", date=date)
    )
    return replace(base, note=note, note_moment=visit.formats.moment(due), note_iso=visit.formats.iso(due))


def _asked(visit: Visit, base: StateView, record: Authorization) -> StateView:
    text = visit.words.gettext("Question for you")
    return replace(base, text=text, kind="warn", icon="mail-question", note=record.note or "")


def _approved(visit: Visit, base: StateView, record: Authorization) -> StateView:
    words, formats = visit.words, visit.formats
    since = record.approved_at or record.updated_at
    until = record.expires_at
    told = (
        words.gettext("Since %(date)s", date=formats.date(since))
        if until is None
        else words.gettext("Until %(date)s", date=formats.date(until))
    )
    at = until or since
    return replace(
        base,
        text=words.gettext("Approved"),
        kind="ok",
        icon="circle-check",
        note=told,
        note_moment=formats.moment(at),
        note_iso=formats.iso(at),
    )


def _rejected(visit: Visit, base: StateView, record: Authorization) -> StateView:
    now, until = visit.parts.now(), record.cooldown_until
    base = replace(base, kind="warn", note=record.reason or "")
    if until is None or until <= now:
        return replace(base, text=visit.words.gettext("Rejected"), kind="mute", icon="circle-x")
    return replace(
        base,
        text=visit.words.gettext("Ask again in %(span)s", span=_wait(visit, until - now)),
        icon="calendar-clock",
        moment=visit.formats.moment(until),
        iso=visit.formats.iso(until),
    )


def _wait(visit: Visit, left: timedelta) -> str:
    """In days, a begun one counted as one, like the API's; below a day by the hour, and never nothing."""
    day = timedelta(days=1)
    return visit.formats.span(-(-left // day) * day if left > day else max(left, timedelta(minutes=1)))


def _revoked(visit: Visit, base: StateView, record: Authorization) -> StateView:
    return replace(base, text=visit.words.gettext("Revoked"), kind="bad", icon="ban", note=record.reason or "")


def _expired(visit: Visit, base: StateView, record: Authorization) -> StateView:
    base = replace(base, text=visit.words.gettext("Expired"), kind="warn", icon="calendar-clock")
    if record.expires_at is None:
        return base
    formats = visit.formats
    note = visit.words.gettext("On %(date)s", date=formats.date(record.expires_at))
    return replace(
        base, note=note, note_moment=formats.moment(record.expires_at), note_iso=formats.iso(record.expires_at)
    )


def _cancelled(visit: Visit, base: StateView, _record: Authorization) -> StateView:
    return replace(base, text=visit.words.gettext("Taken back"), kind="mute", icon="undo-2")


_TOLD: Final[Mapping[Status, Callable[[Visit, StateView, Authorization], StateView]]] = {
    Status.REQUESTED: _waiting,
    Status.INFO_REQUESTED: _asked,
    Status.APPROVED: _approved,
    Status.REJECTED: _rejected,
    Status.REVOKED: _revoked,
    Status.EXPIRED: _expired,
    Status.CANCELLED: _cancelled,
}


def _act(words: Words, shelved: Shelved) -> Act | None:
    """The first move open to the seller. At the limit one can still ask, and is told why not."""
    standing = shelved.standing
    record = standing.record
    status = Status.NONE if record is None else record.status
    moves = actions_open(status, Role.SELLER)
    if record is not None and Action.RESUBMIT in moves:
        return Act(label=words.gettext("Answer…"), address=f"{REQUESTS}/{record.id}/answer", opens=True)
    if record is not None and Action.CANCEL in moves:
        label = words.gettext("Cancel request")
        return Act(label=label, address=f"{REQUESTS}/{record.id}/cancel", opens=False, is_quiet=True)
    if standing.obstacle is None or isinstance(standing.obstacle, ProductLimitReached):
        return Act(label=words.gettext("Request…"), address=f"{CATALOG}/{standing.product.id}/request", opens=True)
    return None


def asked_ago(visit: Visit, record: Authorization) -> tuple[str, str, str]:
    """When it was asked for: in words, as a date for machines, and exactly."""
    at: datetime = record.requested_at
    return visit.formats.ago(at, visit.parts.now()), visit.formats.iso(at), visit.formats.moment(at)
