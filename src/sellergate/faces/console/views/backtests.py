"""What a rule would have done to the requests of the last days, against what was decided."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.backtest import AGAINST, BackTest, PastRequest, Side, TurnedOut
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.visit import Visit

SPANS: Final = (30, 90, 365)
"""Days one can look back."""
DEFAULT: Final = 90
AT_MOST: Final = 500
"""Requests looked at: somebody waits for the answer."""
REVOKED_WITHIN: Final = timedelta(days=90)
CASES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """Requests that ended alike: how many the rule would have approved, and how many it would have left."""

    label: str
    approves: str
    leaves: str
    is_against: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """A request the rule would have approved although somebody said no."""

    seller: str
    product: str
    ended: str
    is_revoked: bool
    asked: str
    asked_iso: str
    history: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTestView:
    """The comparison. What there is nothing to say about is empty; `more` differences are not shown."""

    days: int
    approved: str
    agreement: str
    notes: list[str]
    outcomes: list[OutcomeLine]
    differences: list[DifferenceLine]
    more: int


def days_sent(visit: Visit) -> int:
    """How far back to look."""
    return next((days for days in SPANS if str(days) == visit.sent("days")), DEFAULT)


def spans(visit: Visit) -> list[FilterOption]:
    """What one can choose from."""
    chosen = days_sent(visit)
    return [FilterOption(value=str(days), label=_last(visit.words, days), is_chosen=days == chosen) for days in SPANS]


def _last(words: Words, days: int) -> str:
    return words.gettext("the last %(days)s days", days=days)


def backtest_view(visit: Visit, test: BackTest, days: int) -> BackTestView:
    """The comparison for people."""
    words, number = visit.words, visit.formats.number
    names = visit.parts.naming.of(
        sellers=(case.seller_id for case in test.cases[:CASES_SHOWN]),
        products=(case.product_id for case in test.cases[:CASES_SHOWN]),
    )
    return BackTestView(
        days=days,
        approved=words.gettext(
            "Would have approved %(n)s of %(m)s.", n=number(test.approves.requests), m=number(test.requests)
        )
        if test.requests
        else "",
        agreement=_agreement(visit, test.approves),
        notes=_notes(visit, test),
        outcomes=_outcomes(visit, test) if test.requests else [],
        differences=[
            _difference(visit, case, names.seller(case.seller_id), names.product(case.product_id))
            for case in test.cases[:CASES_SHOWN]
        ],
        more=test.approves.against - min(len(test.cases), CASES_SHOWN),
    )


def _agreement(visit: Visit, approves: Side) -> str:
    words, number = visit.words, visit.formats.number
    if not approves.requests:
        return ""
    if approves.share_against is None:
        return words.gettext("None of these has been decided.")
    return words.gettext(
        "%(share)s agreement: approved and kept in %(m)s of %(n)s decisions.",
        share=visit.formats.percent(1 - approves.share_against),
        n=number(approves.decided),
        m=number(approves.turned_out[TurnedOut.APPROVED]),
    )


def _notes(visit: Visit, test: BackTest) -> list[str]:
    words, formats, notes = visit.words, visit.formats, []
    if test.approves.by_rule:
        notes.append(
            words.gettext(
                "%(n)s of these approvals were made by the rule of that time, not by a person.",
                n=formats.number(test.approves.by_rule),
            )
        )
    if test.approves.denied:
        notes.append(
            words.gettext(
                "While these waited, %(n)s of their sales were denied, worth %(value)s.",
                n=formats.number(test.approves.denied),
                value=formats.money(test.approves.value),
            )
        )
    if test.requests >= AT_MOST and test.oldest is not None:
        notes.append(
            words.gettext(
                "Only the newest %(n)s requests were looked at, back to %(date)s.",
                n=formats.number(AT_MOST),
                date=formats.date(test.oldest),
            )
        )
    return notes


def _outcomes(visit: Visit, test: BackTest) -> list[OutcomeLine]:
    labels, number = outcome_labels(visit.words), visit.formats.number
    return [
        OutcomeLine(
            label=label,
            approves=number(test.approves.turned_out[outcome]),
            leaves=number(test.leaves.turned_out[outcome]),
            is_against=outcome in AGAINST and test.approves.turned_out[outcome] > 0,
        )
        for outcome, label in labels.items()
    ]


def outcome_labels(words: Words) -> dict[TurnedOut, str]:
    """How requests end, in words."""
    return {
        TurnedOut.APPROVED: words.gettext("Approved and kept"),
        TurnedOut.REJECTED: words.gettext("Rejected"),
        TurnedOut.REVOKED: words.gettext("Approved, then revoked"),
        TurnedOut.CANCELLED: words.gettext("Taken back by the seller"),
        TurnedOut.WAITING: words.gettext("Still waiting"),
    }


def _difference(visit: Visit, case: PastRequest, seller: str, product: str) -> DifferenceLine:
    return DifferenceLine(
        seller=seller,
        product=product,
        ended=outcome_labels(visit.words)[case.turned_out],
        is_revoked=case.turned_out is TurnedOut.REVOKED,
        asked=visit.formats.date(case.requested_at),
        asked_iso=visit.formats.iso(case.requested_at),
        history="/s/history?" + urlencode({"seller": case.seller_id, "product": case.product_id}),
    )
