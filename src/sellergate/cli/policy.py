"""Suppliers' auto-approval rules: tried before they decide about anything."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from sellergate.cli.opening import actor, services
from sellergate.cli.output import camel, say, show_json, show_table
from sellergate.domain.backtest import BackTest, PastRequest, Side, TurnedOut
from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import Role, SellerId
from sellergate.domain.policy import AutoApproval, SupplierPolicy
from sellergate.services.backtests import MOST_REQUESTS

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

CASES_SHOWN: Final = 20

Supplier = Annotated[str, typer.Option("--supplier", metavar="ID", help="Whose requests.")]
Rule = Annotated[
    AutoApproval | None,
    typer.Option("--auto-approval", help="The rule to try. [default: the policy in force]", show_default=False),
]
Minimum = Annotated[
    Tier | None, typer.Option("--minimum-tier", help="With trusted: sellers of at least this tier.", show_default=False)
]
Trusted = Annotated[
    list[str] | None,
    typer.Option("--trust", metavar="SELLER", help="With trusted: this seller; repeat it for several."),
]
Capacity = Annotated[
    int | None, typer.Option("--max-sellers", min=1, metavar="NUMBER", help="How many sellers a product may have.")
]
Requests = Annotated[
    int, typer.Option(min=1, max=MOST_REQUESTS, metavar="NUMBER", help="How many of the last requests.")
]
Days = Annotated[
    int,
    typer.Option(
        "--revoked-within", min=1, max=3650, metavar="DAYS", help="An approval taken back so soon was a wrong one."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """What a supplier has decided in advance."""


@app.command()
def backtest(
    *,
    supplier: Supplier,
    auto_approval: Rule = None,
    minimum_tier: Minimum = None,
    trust: Trusted = None,
    max_sellers: Capacity = None,
    requests: Requests = 200,
    revoked_within: Days = 90,
    as_json: AsJson = False,
) -> None:
    """Show which of a supplier's last requests a rule would have approved, and how those turned out. Nothing is changed."""
    if auto_approval is None and (minimum_tier or trust or max_sellers):
        raise typer.BadParameter("goes with the other options of a rule", param_hint="--auto-approval")
    rule = None
    if auto_approval is not None:
        rule = SupplierPolicy(
            auto_approval=auto_approval,
            trusted_sellers=frozenset(map(SellerId, trust or ())),
            minimum_tier=minimum_tier,
            max_sellers_per_product=max_sellers,
        )
    with services() as assembly:
        test = assembly.backtests.run(
            actor(Role.ADMIN),
            rule,
            supplier_id=supplier,
            requests=requests,
            revoked_within=timedelta(days=revoked_within),
        )
    if as_json:
        show_json(_facts(test))
    else:
        _show(test)


def _show(test: BackTest) -> None:
    sides = {"would approve": test.approves, "would leave": test.leaves}
    since = f", the first of {test.oldest:%Y-%m-%d}" if test.oldest else ""
    say(f"Requests looked at: {test.requests}{since}. The rule would have approved {test.approves.requests}.")
    columns = ["the rule", "requests", *(outcome.value for outcome in TurnedOut), "denied meanwhile", "value"]
    sums = [
        (name, side.requests, *(side.turned_out[outcome] for outcome in TurnedOut), side.denied, side.value)
        for name, side in sides.items()
    ]
    show_table(columns, sums, right=columns[1:])
    if test.approves.share_against is not None:
        say(
            f"Of those it would have approved and somebody decided, {test.approves.share_against:.1%} were refused or taken back."
        )
    if test.cases:
        rows = ((one.requested_at, one.seller_id, one.product_id, one.turned_out) for one in test.cases[:CASES_SHOWN])
        show_table(["requested (UTC)", "seller", "product", "turned out"], rows)


def _facts(test: BackTest) -> dict[str, object]:
    return {
        "requests": test.requests,
        "oldest": test.oldest,
        "wouldApprove": _side(test.approves),
        "wouldLeave": _side(test.leaves),
        "cases": [_case(case) for case in test.cases],
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "requests": side.requests,
        **{camel(outcome.value): side.turned_out[outcome] for outcome in TurnedOut},
        "byRule": side.by_rule,
        "shareAgainst": side.share_against,
        "denied": side.denied,
        "value": side.value,
    }


def _case(case: PastRequest) -> dict[str, object]:
    return {
        "authorizationId": case.authorization_id,
        "sellerId": case.seller_id,
        "productId": case.product_id,
        "requestedAt": case.requested_at,
        "turnedOut": case.turned_out.value,
    }
