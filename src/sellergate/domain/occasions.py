"""What is told besides the moves of an authorization: what time brings about, full slots, full inboxes, and the rollout."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sellergate.domain.authorization import Authorization
from sellergate.domain.judgement import Verdict
from sellergate.domain.notices import OPERATORS, Audience, Kind, Notice, notice_about
from sellergate.domain.rollout import RolloutAction, RolloutChange

BACKLOGS: Final = (100, 500)
"""More waiting requests than these are a backlog, and a severe one: the plan's bands for a supplier's inbox."""
CLEARED_BELOW: Final = 0.8
"""A backlog is over once fewer than this share of its limit wait, so that an inbox at the limit is told of once."""
_CALM: Final = frozenset({Verdict.CONTINUE, Verdict.NOT_ENOUGH_DATA})


def expiring(record: Authorization, at: datetime) -> Notice:
    """The seller's approval is about to end."""
    return notice_about(record, Audience.SELLER, Kind.EXPIRING, at, reason=record.reason)


def lasts_longer(record: Authorization, ahead: timedelta) -> bool:
    """Whether an approval was given for longer than that; of a shorter one its approval has said when it ends."""
    if record.expires_at is None or record.approved_at is None:
        return True
    return record.expires_at - record.approved_at > ahead


def unanswered(record: Authorization, at: datetime) -> Notice:
    """The supplier has left a request waiting: `waitingSince` is since when."""
    notice = notice_about(record, Audience.SUPPLIER, Kind.UNANSWERED, at)
    return replace(notice, facts={**notice.facts, "waitingSince": record.updated_at.isoformat()})


def limit_reached(seller_id: str, limit: int, at: datetime) -> Notice:
    """The seller's last product slot has been taken."""
    facts = {"sellerId": seller_id, "limit": limit}
    return Notice(kind=Kind.LIMIT_REACHED.value, audience=Audience.SELLER, recipient_id=seller_id, facts=facts, at=at)


@dataclass(frozen=True, slots=True)
class Crossings:
    """What has changed about one inbox: the limit to tell of, if any, those now crossed, and those not any more."""

    tell: int | None
    crossed: tuple[int, ...]
    cleared: tuple[int, ...]


def crossings(pending: int, known: Iterable[int]) -> Crossings:
    """Compare an inbox with the limits it is known to have crossed. Of several new ones only the highest is told."""
    before = set(known)
    crossed = tuple(limit for limit in BACKLOGS if pending > limit and limit not in before)
    cleared = tuple(sorted(limit for limit in before if pending < limit * CLEARED_BELOW))
    return Crossings(max(crossed, default=None), crossed, cleared)


def backlog(supplier_id: str, pending: int, limit: int, at: datetime) -> list[Notice]:
    """The supplier and the operators are told of an inbox with more than `limit` waiting requests."""
    facts = {"supplierId": supplier_id, "pending": pending, "limit": limit}
    recipients = {Audience.SUPPLIER: supplier_id, Audience.OPERATOR: OPERATORS}
    return [
        Notice(kind=Kind.BACKLOG.value, audience=audience, recipient_id=recipient, facts=facts, at=at)
        for audience, recipient in recipients.items()
    ]


def reminder(supplier_id: str, pending: int, since: datetime, at: datetime) -> Notice:
    """The supplier is asked to look at an inbox in which the oldest request has waited `since` then."""
    facts = {"supplierId": supplier_id, "pending": pending, "waitingSince": since.isoformat()}
    return Notice(kind=Kind.REMINDER.value, audience=Audience.SUPPLIER, recipient_id=supplier_id, facts=facts, at=at)


def rollout_changed(change: RolloutChange) -> Notice | None:
    """The operators are told of a rollback, and of every other change of what is enforced; None for a hold or a drill."""
    if change.action is RolloutAction.ROLLBACK:
        return _to_operators(Kind.ROLLED_BACK, _facts_of(change), change.at)
    if (change.from_phase, change.from_percentage) == (change.to_phase, change.to_percentage):
        return None
    return _to_operators(Kind.PHASE_CHANGED, _facts_of(change), change.at)


def verdict_changed(before: Verdict | None, after: Verdict, sentence: str, at: datetime) -> Notice | None:
    """The operators are told of another verdict; None where it comes and goes with the traffic and asks nothing of anybody."""
    was = before or Verdict.NOT_ENOUGH_DATA
    if was is after or {was, after} <= _CALM:
        return None
    return _to_operators(Kind.VERDICT_CHANGED, {"from": was.name, "verdict": after.name, "sentence": sentence}, at)


def is_severe(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether somebody should be woken for it: a rollback, a verdict that asks for one, and the worst of backlogs."""
    if kind == Kind.VERDICT_CHANGED:
        return str(facts["verdict"]) == Verdict.ROLL_BACK.name
    if kind == Kind.BACKLOG:
        return int(facts["limit"]) >= max(BACKLOGS)
    return kind == Kind.ROLLED_BACK


def _facts_of(change: RolloutChange) -> Mapping[str, Any]:
    return {
        "action": change.action.value,
        "fromPhase": change.from_phase.value,
        "fromPercentage": change.from_percentage,
        "toPhase": change.to_phase.value,
        "toPercentage": change.to_percentage,
        "actorId": change.actor_id,
        "reason": change.reason,
        "version": change.version,
    }


def _to_operators(kind: Kind, facts: Mapping[str, Any], at: datetime) -> Notice:
    return Notice(kind=kind.value, audience=Audience.OPERATOR, recipient_id=OPERATORS, facts=facts, at=at)
