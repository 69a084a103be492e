"""Choosing the products that are enforced first."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sellergate.cli.opening import CommandError, actor, services
from sellergate.cli.output import note, progress, say, show_json, show_table
from sellergate.domain.canary import CanaryCriteria, Miss, Outside, Pick, ids_of, why
from sellergate.domain.identifiers import Role
from sellergate.domain.trials import TrialKind
from sellergate.services.canary import Suggestion
from sellergate.wiring import Assembly

PICKS_SHOWN: Final = 20
KEPT_PICKS: Final = 1_000

MEANINGS: Final = {
    Miss.FEW_VIEWS: "fewer views a day than wanted",
    Miss.MANY_VIEWS: "more views a day than wanted",
    Miss.VIEWS_UNKNOWN: "views a day unknown",
    Miss.REGULAR_SUPPLIER: "neither a test nor a partner supplier",
    Miss.TOP_SELLER: "a top seller",
}
OUTSIDE: Final = {Outside.INACTIVE: "not active", Outside.NO_SUPPLIER: "without a supplier: needs no authorization"}

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Share = Annotated[
    float | None,
    typer.Option(
        metavar="PERCENT", min=0.01, max=100, help="How many of the dropshipping products. [default: as the plan says]"
    ),
]
MinViews = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER", min=0, help="Views a day a product should have at least. [default: as the plan says]"
    ),
]
MaxViews = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER", min=0, help="Views a day a product should have at most. [default: as the plan says]"
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the ids, one a line, for: rollout promote --canary-file FILE"),
]
Fill = Annotated[
    bool, typer.Option("--fill", help="Write the next best into the file as well, when too few products qualify.")
]
Keep = Annotated[bool, typer.Option("--keep", help="Store the suggestion as evidence for the rollout.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """The products that are enforced first."""


@app.command()
def suggest(
    *,
    share: Share = None,
    min_views: MinViews = None,
    max_views: MaxViews = None,
    output: Output = None,
    fill: Fill = False,
    keep: Keep = False,
    as_json: AsJson = False,
) -> None:
    """Propose the first products: those the plan's canary step looks for.

    In the plan that comes with sellergate: few views, of test or partner suppliers, no top sellers. Evenly over the suppliers, with the reason for each; the same catalog always gives the same products. When too few qualify, the
    next best are shown beside them with what they miss, and the exit status is 1. They go into the file only with --fill.
    """
    with services() as assembly:
        criteria = _criteria(CanaryCriteria.of(assembly.plan.canary), share, min_views, max_views)
        suggestion = _suggested(assembly, criteria)
        if keep:
            _keep(assembly, suggestion)
    chosen = ids_of(suggestion.picks + suggestion.next_best if fill else suggestion.picks)
    if output is not None:
        _write(output, chosen)
    if as_json:
        show_json(_facts(suggestion))
    else:
        _show(suggestion)
        if output is not None:
            note(f"{output}: {len(chosen)} products written.")
    if not suggestion.is_enough:
        raise typer.Exit(1)


def _criteria(planned: CanaryCriteria, share: float | None, low: int | None, high: int | None) -> CanaryCriteria:
    criteria = replace(
        planned,
        share=planned.share if share is None else share,
        min_views=planned.min_views if low is None else low,
        max_views=planned.max_views if high is None else high,
    )
    if criteria.min_views > criteria.max_views:
        raise typer.BadParameter(f"It is more than {criteria.max_views}, the most views", param_hint="--min-views")
    return criteria


def _suggested(assembly: Assembly, criteria: CanaryCriteria) -> Suggestion:
    suggestion = Suggestion(criteria)
    with progress("Looking at products", assembly.canary.steps()) as advance:
        for suggestion in assembly.canary.suggest(criteria):
            advance(suggestion.done)
    return suggestion


def _keep(assembly: Assembly, suggestion: Suggestion) -> None:
    facts = _facts(suggestion)
    summary = facts | {name: facts[name][:KEPT_PICKS] for name in ("picks", "nextBest")}
    assembly.trials.keep(TrialKind.CANARY, actor(Role.OPERATOR), holds=suggestion.is_enough, summary=summary)


def _write(output: Path, ids: list[str]) -> None:
    try:
        output.write_text("".join(f"{id}\n" for id in ids), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{output}: {error.strerror}", status=2) from error


def _facts(suggestion: Suggestion) -> dict[str, Any]:
    criteria = suggestion.criteria
    return {
        "criteria": {
            "share": criteria.share,
            "minViews": criteria.min_views,
            "maxViews": criteria.max_views,
            "regularSuppliers": criteria.regular_suppliers,
            "topSellers": criteria.top_sellers,
        },
        "products": suggestion.products,
        "wanted": suggestion.wanted,
        "qualifying": suggestion.qualifying,
        "shortBy": suggestion.short_by,
        "shareReached": round(suggestion.share_reached, 2),
        "picks": [_pick(pick, criteria) for pick in suggestion.picks],
        "nextBest": [_pick(pick, criteria) for pick in suggestion.next_best],
        "notChosen": {
            "beyondTheShare": suggestion.qualifying - len(suggestion.picks),
            **{miss.value: suggestion.missed.get(miss, 0) for miss in Miss},
            **{reason.value: suggestion.outside.get(reason, 0) for reason in Outside},
        },
    }


def _pick(pick: Pick, criteria: CanaryCriteria) -> dict[str, object]:
    return {
        "productId": pick.product_id,
        "supplierId": pick.supplier_id,
        "dailyViews": pick.daily_views,
        "isTest": pick.is_test,
        "isPartner": pick.is_partner,
        "topSeller": pick.top_seller,
        "misses": [miss.value for miss in pick.misses],
        "why": why(pick, criteria),
    }


def _show(suggestion: Suggestion) -> None:
    criteria = suggestion.criteria
    suppliers = len({pick.supplier_id for pick in suggestion.picks})
    say(
        f"{len(suggestion.picks)} of {suggestion.products} active products with a supplier, {suggestion.share_reached:.1f} %, "
        f"of {suppliers} suppliers. Wanted: {criteria.share:g} %, {suggestion.wanted} products."
    )
    _show_picks(suggestion.picks, criteria)
    rest = [("qualify as well; the share is reached without them", suggestion.qualifying - len(suggestion.picks))]
    rest += [(MEANINGS[miss], suggestion.missed.get(miss, 0)) for miss in Miss]
    rest += [(OUTSIDE[reason], suggestion.outside.get(reason, 0)) for reason in Outside]
    show_table(["Not chosen because", "Products"], [row for row in rest if row[1]], right=["Products"])
    if suggestion.is_enough:
        return
    note(
        f"Too few qualify: {suggestion.short_by} more are needed for {criteria.share:g} %. The next best, with what they miss:"
    )
    _show_picks(suggestion.next_best, criteria)


def _show_picks(picks: list[Pick], criteria: CanaryCriteria) -> None:
    if not picks:
        return
    rows = [(pick.product_id, pick.supplier_id, why(pick, criteria), _missed(pick)) for pick in picks[:PICKS_SHOWN]]
    show_table(["product", "supplier", "why", "misses"], rows)
    if len(picks) > PICKS_SHOWN:
        note(f"… and {len(picks) - PICKS_SHOWN} more products; --json and --output have all of them.")


def _missed(pick: Pick) -> str:
    return ", ".join(MEANINGS[miss] for miss in pick.misses)
