"""The business reports in words and figures."""

from dataclasses import dataclass
from typing import Final

from sellergate.domain.reports import BusinessReport, Response, SupplierReport, TierRequests
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.tiers import tier_label
from sellergate.faces.console.visit import Visit

ADDRESS: Final = "/o/reports"
SPANS: Final = (7, 30, 90, 365)
"""Days one can look back."""
DEFAULT: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """One figure, and what it is made of."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierLine:
    """One supplier."""

    id: str
    name: str
    requests: int
    approval: str
    decided: str
    median: str
    p90: str
    in_time: str
    revocation: str
    revoked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierLine:
    """One tier."""

    tier: str
    label: str
    asked: int
    limited: int
    rate: str
    share: float
    sellers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The whole page."""

    spans: list[tuple[int, str, bool]]
    span: str
    figures: list[ReportFigure]
    suppliers: list[SupplierLine]
    tiers: list[TierLine]
    cooldowns: list[ReportFigure]
    days: int


def report_view(visit: Visit, report: BusinessReport, days: int) -> ReportView:
    """The page for people."""
    names = visit.parts.naming.of(suppliers=(each.activity.supplier_id for each in report.suppliers))
    formats, words = visit.formats, visit.words
    return ReportView(
        spans=[(span, words.gettext("%(days)s d", days=span), span == days) for span in SPANS],
        span=f"{formats.date(report.since)} {NOTHING} {formats.date(report.until)}",
        figures=_figures(visit, report),
        suppliers=[_supplier(visit, each, names.supplier(each.activity.supplier_id)) for each in report.suppliers],
        tiers=[_tier(visit, each) for each in report.tiers],
        cooldowns=_cooldowns(visit, report),
        days=days,
    )


def _figures(visit: Visit, report: BusinessReport) -> list[ReportFigure]:
    words, formats, whole = visit.words, visit.formats, report.all
    activity, response = whole.activity, whole.response
    limited = sum(tier.limited for tier in report.tiers)
    return [
        ReportFigure(
            label=words.gettext("Approval rate"),
            value=formats.percent(whole.approval_rate),
            note=words.gettext(
                "%(approved)s approved, %(rejected)s rejected",
                approved=formats.number(activity.approved),
                rejected=formats.number(activity.rejected),
            ),
        ),
        ReportFigure(
            label=words.gettext("Median answer"),
            value=NOTHING if response is None else formats.span(response.median),
            note=_in_time(visit, response),
        ),
        ReportFigure(
            label=words.gettext("Limit hit rate"),
            value=formats.percent(report.limit_hit_rate),
            note=words.gettext("%(number)s requests refused by a limit", number=formats.number(limited)),
        ),
        ReportFigure(
            label=words.gettext("Back after a cooldown"),
            value=formats.percent(report.cooldowns.return_rate),
            note=words.gettext("of %(number)s cooldowns that ended", number=formats.number(report.cooldowns.ended)),
        ),
        ReportFigure(
            label=words.gettext("Revocation rate"),
            value=formats.percent(whole.revocation_rate),
            note=words.gettext("%(number)s revoked", number=formats.number(activity.revoked)),
        ),
    ]


def _in_time(visit: Visit, response: Response | None) -> str:
    if response is None:
        return visit.words.gettext("nobody has answered")
    return visit.words.gettext("%(share)s within 3 days", share=visit.formats.percent(response.in_time))


def _supplier(visit: Visit, each: SupplierReport, name: str) -> SupplierLine:
    formats, response = visit.formats, each.response
    activity = each.activity
    return SupplierLine(
        id=activity.supplier_id,
        name=name,
        requests=activity.requested,
        approval=formats.percent(each.approval_rate),
        decided=visit.words.gettext(
            "%(approved)s of %(decided)s", approved=activity.approved, decided=activity.approved + activity.rejected
        ),
        median=NOTHING if response is None else formats.span(response.median),
        p90=NOTHING if response is None else formats.span(response.p90),
        in_time=formats.percent(None if response is None else response.in_time),
        revocation=formats.percent(each.revocation_rate),
        revoked=activity.revoked,
    )


def _tier(visit: Visit, each: TierRequests) -> TierLine:
    return TierLine(
        tier=each.tier.value.lower(),
        label=tier_label(visit.words, each.tier),
        asked=each.asked,
        limited=each.limited,
        rate=visit.formats.percent(each.limit_hit_rate),
        share=each.limit_hit_rate or 0,
        sellers=each.sellers,
    )


def _cooldowns(visit: Visit, report: BusinessReport) -> list[ReportFigure]:
    words, formats, found = visit.words, visit.formats, report.cooldowns
    return [
        ReportFigure(
            label=words.gettext("Asked again"),
            value=formats.percent(found.return_rate),
            note=_of(words, found.asked_again, found.ended),
        ),
        ReportFigure(
            label=words.gettext("Approved then"),
            value=formats.percent(found.success_rate),
            note=_of(words, found.approved, found.approved + found.rejected),
        ),
        ReportFigure(
            label=words.gettext("Asked too early"),
            value=formats.number(found.refused),
            note=words.gettext("refused while a cooldown lasted"),
        ),
        ReportFigure(
            label=words.gettext("Ended by an admin"),
            value=formats.number(found.cleared),
            note=words.gettext("not in these rates"),
        ),
    ]


def _of(words: Words, part: int, whole: int) -> str:
    return words.gettext("%(part)s of %(whole)s", part=part, whole=whole)
