"""What waits for suppliers."""

from datetime import timedelta
from typing import Annotated

import typer

from sellergate.cli.low_risk import approve_low_risk
from sellergate.cli.opening import actor, services
from sellergate.cli.output import say, show_json, show_table
from sellergate.domain.answering import ANSWER_WITHIN
from sellergate.domain.authorization import Status
from sellergate.domain.identifiers import Role
from sellergate.ports.clock import utc_now
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.services.backlogs import Backlog
from sellergate.services.records import Row

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Supplier = Annotated[str | None, typer.Option("--supplier", metavar="ID", help="Only this supplier's.")]
Limit = Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="How many requests to show.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only those that have waited longer than three days.")]
Suppliers = Annotated[
    int, typer.Option("--limit", metavar="NUMBER", min=1, max=500, help="How many suppliers to show.")
]
Days = Annotated[int, typer.Option(metavar="NUMBER", min=0, max=365, help="Only where a request has waited so long.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """Requests that wait for a supplier."""


app.command("approve-low-risk")(approve_low_risk)


@app.command("list")
def list_(supplier: Supplier = None, overdue: Overdue = False, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Show the requests that wait for an answer, oldest first."""
    query = AuthorizationQuery(
        supplier_id=supplier,
        statuses=frozenset({Status.REQUESTED}),
        requested_before=utc_now() - ANSWER_WITHIN if overdue else None,
        page=PageRequest(limit),
    )
    with services() as assembly:
        page = assembly.records.search(actor(Role.ADMIN), query)
    if as_json:
        show_json({"total": page.total, "items": [_facts(row) for row in page.items]})
        return
    say(f"Requests that wait for an answer: {page.total}")
    if page.items:
        rows = (
            (
                row.authorization.requested_at,
                row.authorization.supplier_id,
                _seller(row),
                _product(row),
                row.authorization.id,
            )
            for row in page.items
        )
        show_table(["since (UTC)", "supplier", "seller", "product", "authorization"], rows)


@app.command()
def counts(limit: Suppliers = 20, as_json: AsJson = False) -> None:
    """Show how many requests wait for each supplier, how many of them too long, and since when; the fullest inboxes first."""
    with services() as assembly:
        backlogs = assembly.backlogs.fullest(limit)
    if as_json:
        show_json([_figures(backlog) for backlog in backlogs])
        return
    say(f"Suppliers for whom requests wait: {len(backlogs)}" + ("" if len(backlogs) < limit else " or more"))
    if backlogs:
        rows = ((each.supplier_id, each.name, each.pending, each.overdue, each.oldest) for each in backlogs)
        show_table(["supplier", "name", "waiting", "overdue", "oldest (UTC)"], rows, right=["waiting", "overdue"])


def _figures(backlog: Backlog) -> dict[str, object]:
    return {
        "supplierId": backlog.supplier_id,
        "name": backlog.name,
        "pending": backlog.pending,
        "overdue": backlog.overdue,
        "oldest": backlog.oldest,
    }


@app.command()
def remind(supplier: Supplier = None, days: Days = 0, as_json: AsJson = False) -> None:
    """Ask suppliers to look at their inboxes, now: in the app, and by e-mail where the servers send it."""
    with services() as assembly:
        reminded = assembly.reminders.remind(supplier, waited=timedelta(days=days))
    if as_json:
        show_json([{"supplierId": inbox.supplier_id, "pending": inbox.pending} for inbox in reminded])
        return
    say(f"Suppliers reminded: {len(reminded)}")
    if reminded:
        show_table(["supplier", "waiting"], ((one.supplier_id, one.pending) for one in reminded), right=["waiting"])


def _seller(row: Row) -> str:
    tier = f", {row.seller.tier}" if row.seller else ""
    return f"{row.authorization.seller_id}{tier}"


def _product(row: Row) -> str:
    name = f" ({row.product.name})" if row.product else ""
    return f"{row.authorization.product_id}{name}"


def _facts(row: Row) -> dict[str, object]:
    record = row.authorization
    return {
        "id": record.id,
        "sellerId": record.seller_id,
        "sellerTier": row.seller.tier.value if row.seller else None,
        "productId": record.product_id,
        "productName": row.product.name if row.product else None,
        "supplierId": record.supplier_id,
        "status": row.status.value,
        "requestedAt": record.requested_at,
        "businessJustification": record.business_justification,
        "expectedVolume": record.expected_volume,
    }
