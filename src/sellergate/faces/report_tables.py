"""Reports as rows under names, the same wherever they are read: in files, as JSON, on a terminal."""

from typing import Final

from sellergate.domain.reports import BusinessReport, Response, SupplierReport
from sellergate.services.cache_advising import CacheReport
from sellergate.services.naming import Names

Cell = str | int | float | None

SUPPLIERS: Final = (
    "supplier",
    "name",
    "requests",
    "approved",
    "automatic",
    "rejected",
    "approvalRate",
    "answers",
    "medianResponseSeconds",
    "p90ResponseSeconds",
    "answeredInTime",
    "standing",
    "revoked",
    "revocationRate",
)
TIERS: Final = ("tier", "asked", "limited", "limitHitRate", "sellersLimited")
COOLDOWNS: Final = (
    "ended",
    "askedAgain",
    "returnRate",
    "approved",
    "rejected",
    "open",
    "successRate",
    "cleared",
    "refused",
)
CACHE: Final = (
    "advice",
    "ttlSeconds",
    "advisedTtlSeconds",
    "checks",
    "hitRate",
    "advisedHitRate",
    "misses",
    "ranOut",
    "sentence",
)
"""The columns of each report; rates are shares from 0 to 1, times are in seconds, what is not known is empty."""


def supplier_rows(report: BusinessReport, names: Names) -> list[tuple[Cell, ...]]:
    """A row for each supplier, those with the most decisions first."""
    return [
        (each.activity.supplier_id, names.supplier(each.activity.supplier_id), *_figures(each))
        for each in report.suppliers
    ]


def _figures(each: SupplierReport) -> tuple[Cell, ...]:
    activity = each.activity
    return (
        activity.requested,
        activity.approved,
        activity.automatic,
        activity.rejected,
        each.approval_rate,
        *_response(each.response),
        each.standing,
        activity.revoked,
        each.revocation_rate,
    )


def _response(response: Response | None) -> tuple[Cell, ...]:
    if response is None:
        return 0, None, None, None
    return response.answers, response.median.total_seconds(), response.p90.total_seconds(), response.in_time


def tier_rows(report: BusinessReport) -> list[tuple[Cell, ...]]:
    """A row for each tier that asked, the lowest first."""
    return [(each.tier.value, each.asked, each.limited, each.limit_hit_rate, each.sellers) for each in report.tiers]


def cooldown_row(report: BusinessReport) -> tuple[Cell, ...]:
    """What became of the rejections whose cooldown ended."""
    found = report.cooldowns
    return (
        found.ended,
        found.asked_again,
        found.return_rate,
        found.approved,
        found.rejected,
        found.open,
        found.success_rate,
        found.cleared,
        found.refused,
    )


def cache_row(report: CacheReport) -> tuple[Cell, ...]:
    """What is advised about the life of cached answers, and why; the advised hit rate is the least to expect."""
    found = report.advice
    rate = found.reuse.hit_rate
    return (
        found.advice.value,
        found.now.total_seconds(),
        found.life.total_seconds(),
        found.reuse.checks,
        rate,
        None if rate is None else rate + found.gain,
        found.reuse.misses,
        found.reuse.run_out,
        found.sentence,
    )


def summary(report: BusinessReport) -> dict[str, Cell]:
    """The figures of everybody together."""
    figures = dict(zip(SUPPLIERS[2:], _figures(report.all), strict=True))
    after = dict(zip(COOLDOWNS, cooldown_row(report), strict=True))
    cooldowns = {
        "cooldownsEnded": after["ended"],
        "afterCooldownReturnRate": after["returnRate"],
        "afterCooldownSuccessRate": after["successRate"],
        "cooldownRefusals": after["refused"],
    }
    return figures | {"limitHitRate": report.limit_hit_rate} | cooldowns
