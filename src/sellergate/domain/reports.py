"""How the marketplace lives with authorizations: who approves what share and how soon, who meets limits, what cooldowns do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sellergate.domain.answering import ANSWER_WITHIN
from sellergate.domain.authorization import Action
from sellergate.domain.directory import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What happened to the requests of one supplier in a span. `automatic` of those `approved` were approved by a rule."""

    supplier_id: str
    requested: int = 0
    approved: int = 0
    automatic: int = 0
    rejected: int = 0
    revoked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person's approval or rejection, and when the request that it answers was made."""

    supplier_id: str
    requested_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRequests:
    """How often sellers of a tier asked, how often the product limit refused them, and how many sellers that met."""

    tier: Tier
    asked: int
    limited: int
    sellers: int

    @property
    def limit_hit_rate(self) -> float | None:
        """The share of requests that the limit refused; None when nobody asked."""
        return self.limited / self.asked if self.asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A rejection whose cooldown has ended, and what was done to the same authorization after it, in order."""

    cooldown_until: datetime
    later: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """How long people took to answer: the middle answer, the one that nine in ten did not exceed, and the share in time."""

    answers: int
    median: timedelta
    p90: timedelta
    in_time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReport:
    """One supplier's span, or all suppliers' together. `standing` approvals were in force when it began."""

    activity: Activity
    standing: int
    response: Response | None

    @property
    def approval_rate(self) -> float | None:
        """Approvals / (approvals + rejections); None when nothing was decided."""
        decided = self.activity.approved + self.activity.rejected
        return self.activity.approved / decided if decided else None

    @property
    def revocation_rate(self) -> float | None:
        """Revocations / approvals that were in force at some time of the span; None when none was."""
        in_force = self.standing + self.activity.approved
        return self.activity.revoked / in_force if in_force else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CooldownReport:
    """What became of rejections whose cooldown ended in a span.

    `cleared` by an admin before its time is counted apart and in none of the others. Of those that `ended`, `asked_again` were
    asked for once more; of these `approved`, `rejected` and `open` are how the first such request was answered (`open`: not, or it
    was taken back). `refused` requests of the span came while a cooldown lasted.
    """

    ended: int
    cleared: int
    asked_again: int
    approved: int
    rejected: int
    refused: int

    @property
    def open(self) -> int:
        """Requests after a cooldown that nobody has decided."""
        return self.asked_again - self.approved - self.rejected

    @property
    def return_rate(self) -> float | None:
        """The share of ended cooldowns after which the seller asked again; None when none ended."""
        return self.asked_again / self.ended if self.ended else None

    @property
    def success_rate(self) -> float | None:
        """Of the requests after a cooldown that were decided, the share approved; None when none was."""
        decided = self.approved + self.rejected
        return self.approved / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessReport:
    """A span: events at `since` are in it, those at `until` are not. Suppliers with the most decisions come first."""

    since: datetime
    until: datetime
    all: SupplierReport
    suppliers: Sequence[SupplierReport]
    tiers: Sequence[TierRequests]
    cooldowns: CooldownReport

    @property
    def limit_hit_rate(self) -> float | None:
        """The share of all requests that a product limit refused; None when nobody asked."""
        asked = sum(tier.asked for tier in self.tiers)
        return sum(tier.limited for tier in self.tiers) / asked if asked else None


def supplier_reports(
    activities: Iterable[Activity], standing: Mapping[str, int], answers: Iterable[Answer]
) -> tuple[SupplierReport, list[SupplierReport]]:
    """All suppliers as one, and each of those who had anything to do with the span."""
    spans: defaultdict[str, list[timedelta]] = defaultdict(list)
    for answer in answers:
        spans[answer.supplier_id].append(answer.at - answer.requested_at)
    by_id = {activity.supplier_id: activity for activity in activities}
    ids = {*by_id, *(id for id, number in standing.items() if number > 0)}
    each = [
        SupplierReport(
            activity=by_id.get(id, Activity(supplier_id=id)),
            standing=max(0, standing.get(id, 0)),
            response=response_of(spans[id]),
        )
        for id in ids
    ]
    whole = SupplierReport(
        activity=_sum([report.activity for report in each]),
        standing=sum(report.standing for report in each),
        response=response_of([span for some in spans.values() for span in some]),
    )
    return whole, sorted(each, key=_most_decided)


def _most_decided(report: SupplierReport) -> tuple[int, str]:
    return -report.activity.approved - report.activity.rejected, report.activity.supplier_id


def _sum(activities: Sequence[Activity]) -> Activity:
    return Activity(
        supplier_id="",
        requested=sum(each.requested for each in activities),
        approved=sum(each.approved for each in activities),
        automatic=sum(each.automatic for each in activities),
        rejected=sum(each.rejected for each in activities),
        revoked=sum(each.revoked for each in activities),
    )


def response_of(spans: Sequence[timedelta]) -> Response | None:
    """The figures of these answers, by nearest rank: each is one that was really given. None without any."""
    if not spans:
        return None
    ordered = sorted(spans)
    return Response(
        answers=len(ordered),
        median=_rank(ordered, 0.5),
        p90=_rank(ordered, 0.9),
        in_time=sum(span <= ANSWER_WITHIN for span in ordered) / len(ordered),
    )


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta:
    return ordered[ceil(share * len(ordered)) - 1]


def cooldown_report(rejections: Iterable[Rejection], refused: int) -> CooldownReport:
    """What became of these rejections; `refused` requests came too early."""
    ended = cleared = asked = approved = rejected = 0
    for rejection in rejections:
        first, *then = [*rejection.later, ""]
        if first == Action.CLEAR_COOLDOWN:
            cleared += 1
            continue
        ended += 1
        if first != Action.REQUEST:
            continue
        asked += 1
        answer = _answer(then)
        approved += answer == Action.APPROVE
        rejected += answer == Action.REJECT
    return CooldownReport(
        ended=ended, cleared=cleared, asked_again=asked, approved=approved, rejected=rejected, refused=refused
    )


def _answer(later: Iterable[str]) -> str | None:
    """How the request before these was decided; None when it was not."""
    undecided = (Action.ASK_INFO, Action.RESUBMIT)
    first = next((action for action in later if action not in undecided), None)
    return first if first in (Action.APPROVE, Action.REJECT) else None
