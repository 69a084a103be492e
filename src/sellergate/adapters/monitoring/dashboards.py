"""The three dashboards: the gate, suppliers' inboxes, and what it all means for the business."""

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.gate_panels import gate_rows
from sellergate.adapters.monitoring.panels import GREEN, RED, YELLOW, Band, Dashboard, Kind, Panel, Query
from sellergate.adapters.monitoring.rules import RUNBOOK
from sellergate.adapters.monitoring.series import ANY, DECIDED, OK, Series
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.thresholds import Metric

DAY: Final = "1d"
SUPPLIER: Final = 'supplierId=~"$supplier"'
MOST: Final = 20


def dashboards(plan: RolloutPlan, match: str = "") -> list[Dashboard]:
    """Every dashboard, with the plan's bands, about the series that `match` names."""
    series = Series(match or ANY)
    return [
        Dashboard(
            uid="sellergate-gates",
            title="Authorization Gates",
            meaning="How far the rollout is, how quick and how right the gate is, and what it stands on.",
            rows=gate_rows(plan, series),
            variables={"stage": ("stage", series.of(names.CHECKS))},
        ),
        Dashboard(
            uid="sellergate-inbox",
            title="Supplier Inbox",
            meaning="What waits for suppliers, and how they answer.",
            rows={"Waiting": _waiting(plan, series), "Answers": _answers(series)},
            variables={"supplier": ("supplierId", series.of(names.INBOX))},
        ),
        Dashboard(
            uid="sellergate-business",
            title="Business Metrics",
            meaning="Who is turned away and why, and how suppliers decide.",
            rows={"Sellers": _sellers(series), "Suppliers": _suppliers(series)},
            variables={"supplier": ("supplierId", series.of(names.SUPPLIER_DECISIONS))},
        ),
    ]


def fingerprint(boards: Sequence[Dashboard]) -> str:
    """What is shown, in twelve characters, wherever the runbook is."""
    shown = [board.as_json(RUNBOOK) for board in boards]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:12]


def _waiting(plan: RolloutPlan, series: Series) -> Sequence[Panel]:
    limits = plan.steps[-1].threshold(Metric.INBOX)
    bands: list[Band] = [(None, GREEN), (limits.investigate, YELLOW)]
    if limits.alert is not None:
        bands.append((limits.alert, RED))
    pending = series.worst(names.INBOX, SUPPLIER, by="supplierId")
    full = f"count({pending} > {limits.investigate:.10g}) or vector(0)"
    return (
        Panel(
            title="Pending requests",
            meaning="Requests that wait for an answer, of the suppliers chosen.",
            queries=(Query(f"sum({pending}) or vector(0)"),),
            kind=Kind.FIGURE,
        ),
        Panel(
            title="Fullest inbox",
            meaning="Requests that wait for the supplier who has the most of them.",
            queries=(Query(f"max({pending}) or vector(0)"),),
            kind=Kind.FIGURE,
            bands=bands,
            section="supplier-inbox-overload",
        ),
        Panel(
            title=f"Suppliers with more than {limits.investigate:.10g}",
            meaning="How many suppliers do not keep up.",
            queries=(Query(full),),
            kind=Kind.FIGURE,
            bands=((None, GREEN), (1, YELLOW)),
            section="supplier-inbox-overload",
        ),
        Panel(
            title="Pending requests by supplier",
            meaning=f"The {MOST} with the most.",
            queries=(Query(f"topk({MOST}, {pending})", "{{supplierId}}"),),
            kind=Kind.BARS,
            bands=bands,
            section="supplier-inbox-overload",
            width=12,
        ),
        Panel(
            title="Pending requests over time",
            meaning="Whether inboxes fill or empty.",
            queries=(Query(f"topk({MOST}, {pending})", "{{supplierId}}"),),
            bands=bands,
            width=12,
        ),
    )


def _answers(series: Series) -> Sequence[Panel]:
    hourly = series.increase(names.VERBS, DECIDED, OK, by="action", over="1h")
    total, count = (series.increase(f"{names.RESPONSE}_{part}", over=DAY) for part in ("sum", "count"))
    return (
        Panel(
            title="Approvals and rejections",
            meaning="In each hour.",
            queries=(Query(hourly, "{{action}}"),),
        ),
        Panel(
            title="Approval rate",
            meaning="Share of the decisions of an hour that were approvals.",
            queries=(Query(series.approval_rate("1h")),),
            unit="percentunit",
            section="low-approval-rate",
        ),
        Panel(
            title="Requests",
            meaning="New requests in each hour; those refused by the rules are not among them.",
            queries=(Query(series.increase(names.VERBS, 'action="request"', OK, over="1h")),),
        ),
        Panel(
            title="Average response time",
            meaning="From a request to its approval or rejection, over a day. Suppliers are asked to answer within three days.",
            queries=(Query(f"{total} / {count}"),),
            kind=Kind.FIGURE,
            unit="s",
            bands=((None, GREEN), (86_400, YELLOW), (3 * 86_400, RED)),
        ),
        Panel(
            title="Response time",
            meaning="What half, and what 95 of 100 requests answered within a day waited at most.",
            queries=tuple(
                Query(series.quantile(share, names.RESPONSE, over=DAY), f"P{share * 100:.0f}") for share in (0.5, 0.95)
            ),
            unit="s",
            width=16,
        ),
    )


def _sellers(series: Series) -> Sequence[Panel]:
    asked = series.increase(names.VERBS, 'action="request"', over=DAY)
    hits = series.increase(names.LIMIT, over=DAY)
    refused = series.increase(names.VERBS, 'action="request"', 'result!="ok"', by="result", over=DAY)
    return (
        Panel(
            title="Product limit hit rate",
            meaning="Share of a day's requests that were refused because all slots of the seller were in use.",
            queries=(Query(f"{hits} / {asked}"),),
            unit="percentunit",
            section="product-limit-hits",
        ),
        Panel(
            title="Product limit hits per day",
            meaning="Requests refused in the 24 hours before.",
            queries=(Query(hits),),
            section="product-limit-hits",
        ),
        Panel(
            title="Cooldown blocks per day",
            meaning="Requests refused in the 24 hours before, because an earlier one had been rejected.",
            queries=(Query(series.increase(names.COOLDOWN, over=DAY)),),
        ),
        Panel(
            title="Refused requests by reason",
            meaning="In the 24 hours before.",
            queries=(Query(refused, "{{result}}"),),
            kind=Kind.BARS,
            width=12,
        ),
        Panel(
            title="Verbs per day",
            meaning="Everything that was done to authorizations in the 24 hours before.",
            queries=(Query(series.increase(names.VERBS, OK, by="action", over=DAY), "{{action}}"),),
            kind=Kind.BARS,
            width=12,
        ),
    )


def _suppliers(series: Series) -> Sequence[Panel]:
    revoked = series.increase(names.VERBS, 'action="revoke"', OK, over=DAY)
    approved = series.increase(names.VERBS, 'action="approve"', OK, over=DAY)
    yes = series.worst(names.SUPPLIER_DECISIONS, 'action="approve"', SUPPLIER, by="supplierId")
    all = series.worst(names.SUPPLIER_DECISIONS, SUPPLIER, by="supplierId, action")
    return (
        Panel(
            title="Authorization approval rate by supplier",
            meaning=f"Share of a week's decisions that were approvals: the {MOST} suppliers with the lowest.",
            queries=(Query(f"bottomk({MOST}, {yes} / sum by (supplierId) ({all}))", "{{supplierId}}"),),
            kind=Kind.BARS,
            unit="percentunit",
            section="low-approval-rate",
            width=12,
        ),
        Panel(
            title="Decisions by supplier",
            meaning=f"Of a week: the {MOST} suppliers with the most.",
            queries=(Query(f"topk({MOST}, sum by (supplierId) ({all}))", "{{supplierId}}"),),
            kind=Kind.BARS,
            width=12,
        ),
        Panel(
            title="Revocations per day",
            meaning="In the 24 hours before. They should be rare.",
            queries=(Query(revoked),),
            width=12,
        ),
        Panel(
            title="Revocation rate",
            meaning="Revocations of a day to its approvals. It should be low.",
            queries=(Query(f"{revoked} / {approved}"),),
            unit="percentunit",
            width=12,
        ),
    )
