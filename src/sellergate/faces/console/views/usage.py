"""A seller's slots, as the card beside every list of theirs shows them."""

from dataclasses import dataclass
from typing import Final

from sellergate.faces.console.views.tiers import tier_label
from sellergate.faces.console.visit import Visit
from sellergate.services.shelf import Usage

WIDTH: Final = 300
GAP: Final = 3
SEGMENTS_MAX: Final = 40
"""More would be thinner than the gaps between them: then there is one bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One piece of the bar; `kind` is on (approved), wait, or empty."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """The card. Without a limit there are no segments."""

    tier: str
    tier_label: str
    used: str
    label: str
    segments: list[Segment]
    sentence: str


def usage_view(visit: Visit, usage: Usage) -> UsageView:
    """The card for people."""
    words, limits, number = visit.words, usage.limits, visit.formats.number
    approved, waiting = number(usage.approved), number(usage.waiting)
    return UsageView(
        tier=limits.tier.value.lower(),
        tier_label=tier_label(words, limits.tier),
        used=number(limits.used)
        if limits.limit is None
        else words.gettext("%(n)s of %(m)s", n=number(limits.used), m=number(limits.limit)),
        label=words.gettext("%(a)s approved, %(w)s waiting, no limit", a=approved, w=waiting)
        if limits.limit is None
        else words.gettext("%(a)s approved, %(w)s waiting, limit %(m)s", a=approved, w=waiting, m=number(limits.limit)),
        segments=[] if limits.limit is None else _segments(usage, limits.limit),
        sentence=_sentence(visit, usage, approved, waiting),
    )


def _sentence(visit: Visit, usage: Usage, approved: str, waiting: str) -> str:
    words, limit = visit.words, usage.limits.limit
    if limit is None or usage.limits.used < limit:
        return words.gettext("%(a)s approved, %(w)s waiting.", a=approved, w=waiting)
    if usage.waiting:
        return words.gettext(
            "%(a)s approved, %(w)s waiting. If all are approved you reach your limit.", a=approved, w=waiting
        )
    return words.gettext("%(a)s approved. You have reached your limit.", a=approved)


def _segments(usage: Usage, limit: int) -> list[Segment]:
    if limit > SEGMENTS_MAX or limit < 1:
        share = min(1.0, usage.limits.used / limit) if limit else 1.0
        return [Segment(x=0, width=WIDTH, kind=""), Segment(x=0, width=round(WIDTH * share, 1), kind="on")]
    step = WIDTH / limit
    return [
        Segment(
            x=round(place * step + 1, 1),
            width=round(step - GAP, 1),
            kind="on" if place < usage.approved else "wait" if place < usage.limits.used else "",
        )
        for place in range(limit)
    ]
