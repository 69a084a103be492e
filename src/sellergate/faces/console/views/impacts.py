"""What a revocation would end, as it is shown before it."""

from dataclasses import dataclass

from sellergate.domain.impact import Impact, Known, StageImpact
from sellergate.faces.console.views.denials import stage_names
from sellergate.faces.console.visit import Visit
from sellergate.services.impacts import DEFAULT_SPAN


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """One stage of a sale. What is not known is a dash."""

    label: str
    allowed: str
    value: str
    denied: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactView:
    """The checks of the last days; `told` says how much of them is on record, empty when all is."""

    title: str
    stages: list[StageLine]
    told: str
    shadow: str


def impact_view(visit: Visit, id: str) -> ImpactView:
    """What is known of this authorization. Raises AuthorizationNotFound."""
    impact = visit.parts.impacts.of(visit.actor, id)
    words, number = visit.words, visit.formats.number
    shadow = sum(stage.would_deny.checks for stage in impact.stages)
    names = stage_names(words)
    return ImpactView(
        title=words.gettext("What they sold in the last %(days)s days", days=DEFAULT_SPAN.days),
        stages=[_line(visit, names[stage.stage], stage) for stage in impact.stages],
        told=_told(visit, impact),
        shadow=words.gettext("In shadow, %(n)s checks passed that would have been denied.", n=number(shadow))
        if shadow
        else "",
    )


def _line(visit: Visit, name: str, stage: StageImpact) -> StageLine:
    formats, allowed = visit.formats, stage.allowed
    return StageLine(
        label=name,
        allowed=formats.number(None if allowed is None else allowed.checks),
        value=formats.money(None if allowed is None else allowed.value),
        denied=formats.number(stage.denied.checks),
    )


def _told(visit: Visit, impact: Impact) -> str:
    words = visit.words
    if impact.known is Known.NOT_RECORDED:
        return words.gettext("Allowed checks are not recorded here: what they sold is not known.")
    if impact.known is Known.NOT_THIS_PAIR:
        return words.gettext(
            "Allowed checks of this seller and product are not on record: what they sold is not known."
        )
    if impact.known is Known.PART and impact.known_since is not None:
        return words.gettext(
            "Allowed checks are on record since %(moment)s only.", moment=visit.formats.moment(impact.known_since)
        )
    return ""
