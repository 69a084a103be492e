"""Approving requests of low risk from the command line: seen first, then done, and nothing but what was seen."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

import typer

from sellergate.cli.opening import CommandError, actor, services
from sellergate.cli.output import progress, say, show_json, show_table
from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import Role
from sellergate.domain.low_risk import LowRisk
from sellergate.services.bulk import BULK_MAX, ItemResult
from sellergate.services.low_risk import Candidate, LowRiskRequests

SHOWN: Final = 20

Tiers = Annotated[
    list[Tier] | None,
    typer.Option("--tier", help="Only sellers of this tier; repeat it for several.", show_default=False),
]
Orders = Annotated[
    int | None, typer.Option(min=0, metavar="NUMBER", help="Only products with at most so many orders a month.")
]
Views = Annotated[
    int | None, typer.Option(min=0, metavar="NUMBER", help="Only products with at most so many views a day.")
]
Age = Annotated[
    int | None, typer.Option(min=0, max=100_000, metavar="HOURS", help="Only requests that have waited so long.")
]
Supplier = Annotated[str | None, typer.Option("--supplier", metavar="ID", help="Only this supplier's.")]
Preview = Annotated[bool, typer.Option("--preview", help="Say what would be approved, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Approve without asking on the terminal.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def approve_low_risk(
    *,
    tier: Tiers = None,
    max_monthly_orders: Orders = None,
    max_daily_views: Views = None,
    min_age_hours: Age = None,
    supplier: Supplier = None,
    preview: Preview = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Approve all waiting requests that match, after showing them.

    What is approved is what was shown: a request that has changed meanwhile, or does not match any more, is left alone. Each approval is an event of its own, with the
    filter in it. The exit status is 1 if one that was shown as approvable was refused.
    """
    if preview and yes:
        raise CommandError("--preview changes nothing: leave out --yes, or --preview.", status=2)
    low_risk = LowRisk(
        tiers=None if tier is None else frozenset(tier),
        max_monthly_orders=max_monthly_orders,
        max_daily_views=max_daily_views,
        min_age=None if min_age_hours is None else timedelta(hours=min_age_hours),
        supplier_id=supplier,
    )
    with services() as assembly:
        candidates = _read(assembly.low_risk, low_risk)
        approvable = [candidate for candidate in candidates if candidate.obstacle is None]
        if not as_json:
            _show(candidates)
        wanted = not preview and bool(approvable) and (yes or _agreed(len(approvable)))
        done = _approve(assembly.low_risk, low_risk, approvable) if wanted else []
    if as_json:
        show_json(_facts(low_risk, candidates, done, preview=preview))
    elif wanted:
        _show_done(done)
    if any(not result.ok for result in done):
        raise typer.Exit(1)


def _read(requests: LowRiskRequests, low_risk: LowRisk) -> list[Candidate]:
    found: list[Candidate] = []
    with progress("Looking", requests.count(low_risk)) as advance:
        for some in requests.all(low_risk):
            found += some
            advance(len(found))
    return found


def _agreed(number: int) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(f"{number} requests would be approved. Say --yes to approve them, or --preview.", status=2)
    return typer.confirm(f"Approve these {number} requests?", err=True)


def _approve(requests: LowRiskRequests, low_risk: LowRisk, approvable: Sequence[Candidate]) -> list[ItemResult]:
    by, done = actor(Role.ADMIN), list[ItemResult]()
    with progress("Approving", len(approvable)) as advance:
        for start in range(0, len(approvable), BULK_MAX):
            some = approvable[start : start + BULK_MAX]
            done += requests.approve(by, low_risk, [candidate.shown for candidate in some])
            advance(len(done))
    return done


def _show(candidates: Sequence[Candidate]) -> None:
    refused = Counter(candidate.obstacle.code for candidate in candidates if candidate.obstacle is not None)
    say(f"Requests that match: {len(candidates)}. Would be approved: {len(candidates) - refused.total()}.")
    if refused:
        show_table(["would be refused", "number"], sorted(refused.items()), right=["number"])
    if candidates:
        rows = ([_row(candidate)[name] for name in COLUMNS] for candidate in candidates[:SHOWN])
        show_table(list(COLUMNS.values()), rows, right=[COLUMNS["monthlyOrders"]])
    if len(candidates) > SHOWN:
        say(f"… and {len(candidates) - SHOWN} more; --json has all of them.")


def _show_done(done: Sequence[ItemResult]) -> None:
    say(f"Approved: {sum(result.ok for result in done)} of {len(done)}.")
    refused = [(result.id, str(result.error)) for result in done if not result.ok]
    if refused:
        show_table(["not approved", "why"], refused[:SHOWN])


COLUMNS: Final = {
    "requestedAt": "since (UTC)",
    "supplierId": "supplier",
    "sellerId": "seller",
    "sellerTier": "tier",
    "productId": "product",
    "monthlyOrders": "orders/month",
    "errorCode": "refused as",
}


def _row(candidate: Candidate) -> dict[str, Any]:
    record, obstacle = candidate.authorization, candidate.obstacle
    return {
        "id": record.id,
        "version": record.version,
        "requestedAt": record.requested_at,
        "supplierId": record.supplier_id,
        "sellerId": record.seller_id,
        "sellerTier": candidate.seller.tier.value,
        "productId": record.product_id,
        "monthlyOrders": candidate.product.monthly_orders,
        "dailyViews": candidate.product.daily_views,
        "ok": obstacle is None,
        "errorCode": None if obstacle is None else obstacle.code,
        "message": None if obstacle is None else str(obstacle),
    }


def _facts(
    low_risk: LowRisk, candidates: Sequence[Candidate], done: Sequence[ItemResult], *, preview: bool
) -> dict[str, object]:
    return {
        "filter": low_risk.facts(),
        "preview": preview,
        "matched": [_row(candidate) for candidate in candidates],
        "approved": sum(result.ok for result in done),
        "refused": [
            {"id": result.id, "errorCode": result.error.code, "message": str(result.error)}
            for result in done
            if result.error is not None
        ],
    }
