"""The sums of the reports in SQL."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorization_events, sellers
from sellergate.adapters.sql.tallies import approvals_by_supplier
from sellergate.domain.authorization import DECISIONS, Action, Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import ProductLimitReached
from sellergate.domain.identifiers import Role
from sellergate.domain.reports import Activity, Answer, Rejection, TierRequests

_c = authorization_events.c
_past: Final = authorization_events.alias("past").c
_DONE: Final = _c.refused.is_(None)
_ANSWERS: Final = select(_c.supplier_id, _c.record["requested_at"].as_string().label("requested_at"), _c.at).where(
    _DONE, _c.action.in_(DECISIONS), _c.actor_role != Role.SYSTEM, _c.record.is_not(None)
)
_COUNTED: Final = (Action.REQUEST, *DECISIONS, Action.REVOKE)


class SqlReports:
    """Reads the events of a span."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def activity(self, since: datetime, until: datetime) -> list[Activity]:
        """What happened to each supplier's requests, by supplier id."""
        approved = _c.action == Action.APPROVE
        sums = {
            "requested": _number(_c.action == Action.REQUEST),
            "approved": _number(approved),
            "automatic": _number(approved & (_c.actor_role == Role.SYSTEM)),
            "rejected": _number(_c.action == Action.REJECT),
            "revoked": _number(_c.action == Action.REVOKE),
        }
        counted = select(_c.supplier_id, *(value.label(name) for name, value in sums.items()))
        done = counted.where(_DONE, *_between(since, until), _c.action.in_(_COUNTED), _c.supplier_id.is_not(None))
        rows = self._session.execute(done.group_by(_c.supplier_id).order_by(_c.supplier_id)).mappings()
        return [Activity(supplier_id=row["supplier_id"], **{name: int(row[name]) for name in sums}) for row in rows]

    def standing(self, at: datetime) -> Mapping[str, int]:
        """How many approvals each supplier had in force just before then: those of today, less what has come since."""
        came = _number((_c.to_status == Status.APPROVED) & (_c.from_status != Status.APPROVED))
        went = _number((_c.from_status == Status.APPROVED) & (_c.to_status != Status.APPROVED))
        moved = select(_c.supplier_id, (came - went).label("number")).where(_DONE, _c.at >= at)
        of_records = moved.where(_c.product_id.is_not(None), _c.supplier_id.is_not(None)).group_by(_c.supplier_id)
        standing = Counter(approvals_by_supplier(self._session))
        standing.subtract({row.supplier_id: int(row.number) for row in self._session.execute(of_records)})
        return dict(+standing)

    def answers(self, since: datetime, until: datetime) -> Iterable[Answer]:
        """Every approval and rejection by a person."""
        by_people = _ANSWERS.where(*_between(since, until), _c.supplier_id.is_not(None))
        return map(_answer, self._session.execute(by_people.order_by(_c.sequence)))

    def answers_of(self, supplier_id: str, since: datetime, *, among: int) -> list[Answer]:
        """This supplier's answers among their newest events, read backwards along the index."""
        newest = select(_c.sequence).where(_c.supplier_id == supplier_id).order_by(_c.sequence.desc()).limit(among)
        its = _ANSWERS.where(_c.sequence.in_(newest.subquery().select()), _c.at >= since)
        return [_answer(row) for row in self._session.execute(its.order_by(_c.sequence))]

    def requests_by_tier(self, since: datetime, until: datetime) -> list[TierRequests]:
        """What sellers of each tier asked for, lowest tier first."""
        limited = _c.refused == ProductLimitReached.code
        counted = select(
            sellers.c.tier,
            func.count().label("asked"),
            _number(limited).label("limited"),
            func.count(case((limited, _c.seller_id)).distinct()).label("sellers"),
        ).join(sellers, sellers.c.id == _c.seller_id)
        asked = counted.where(_c.action == Action.REQUEST, *_between(since, until)).group_by(sellers.c.tier)
        found = [
            TierRequests(tier=Tier(row.tier), asked=row.asked, limited=int(row.limited), sellers=row.sellers)
            for row in self._session.execute(asked)
        ]
        return sorted(found, key=lambda one: one.tier.rank)

    def rejections(self, since: datetime, until: datetime) -> list[Rejection]:
        """Every rejection whose cooldown ends in the span, with what came after it."""
        made = _rejections(since, until)
        ended = [
            (row.sequence, row.authorization_id, end)
            for row in self._session.execute(made.order_by(_past.sequence))
            if since <= (end := datetime.fromisoformat(row.cooldown_until)) < until
        ]
        later = self._moves_of(made.with_only_columns(_past.authorization_id)) if ended else {}
        return [
            Rejection(cooldown_until=end, later=[action for number, action in later[id] if number > sequence])
            for sequence, id, end in ended
        ]

    def _moves_of(self, ids: Select[Any]) -> Mapping[str, list[tuple[int, str]]]:
        moves: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        asked = select(_c.authorization_id, _c.sequence, _c.action).where(_DONE, _c.authorization_id.in_(ids))
        for row in self._session.execute(asked):
            moves[row.authorization_id].append((row.sequence, row.action))
        for each in moves.values():
            each.sort()
        return moves

    def refusals(self, since: datetime, until: datetime, code: str) -> int:
        """How many requests were refused with this code."""
        refused = _c.action == Action.REQUEST, _c.refused == code
        return self._session.number(select(func.count()).where(*refused, *_between(since, until)))


def _answer(row: Row[Any]) -> Answer:
    return Answer(supplier_id=row.supplier_id, requested_at=datetime.fromisoformat(row.requested_at), at=row.at)


def _rejections(since: datetime, until: datetime) -> Select[Any]:
    """Rejections whose cooldown ends in the span, or on its first or last day: days compare alike however texts are sorted."""
    cooldown = _past.record["cooldown_until"].as_string()
    first, last = (at.astimezone(UTC).date().isoformat() for at in (since, until))
    return select(_past.sequence, _past.authorization_id, cooldown.label("cooldown_until")).where(
        _past.refused.is_(None),
        _past.action == Action.REJECT,
        _past.at < until,
        _past.record.is_not(None),
        cooldown >= first,
        cooldown < f"{last}T99",
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _between(since: datetime, until: datetime) -> tuple[ColumnElement[Any], ...]:
    return _c.at >= since, _c.at < until
