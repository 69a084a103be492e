"""What a revocation would end."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from sellergate.cli.opening import actor, services
from sellergate.cli.output import note, say, show_json, show_table
from sellergate.domain.identifiers import Role
from sellergate.domain.impact import Impact, Known
from sellergate.domain.simulation import Usage

Id = Annotated[str, typer.Argument(metavar="AUTHORIZATION", help="Its id.", show_default=False)]
Days = Annotated[int, typer.Option(min=1, max=365, metavar="NUMBER", help="How far back to look.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

WHY: Final = {
    Known.PART: "Allowed checks are on record from {since:%Y-%m-%d %H:%M} UTC on.",
    Known.NOT_THIS_PAIR: "Allowed checks of this pair are not on record here: the log is empty, or of other pairs.",
    Known.NOT_RECORDED: "Allowed checks are not on record: there is no decision log (SELLERGATE_DECISION_LOG).",
}


def impact(id: Id, days: Days = 30, as_json: AsJson = False) -> None:
    """Show what a pair has sold and was denied lately at each stage: what a revocation would end. Nothing is changed."""
    with services() as assembly:
        found = assembly.impacts.of(actor(Role.ADMIN), id, timedelta(days=days))
    if as_json:
        show_json(_facts(found))
        return
    say(f"{found.seller_id} and {found.product_id}, {found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC:")
    columns = ["stage", "allowed", "value", "denied", "denied value", "would deny", "shadow value"]
    rows = (
        (
            one.stage.value,
            *("unknown" if one.allowed is None else number for number in _pair(one.allowed or Usage())),
            *_pair(one.denied),
            *_pair(one.would_deny),
        )
        for one in found.stages
    )
    show_table(columns, rows, right=columns[1:])
    if found.known in WHY:
        note(WHY[found.known].format(since=found.known_since))


def _pair(usage: Usage) -> tuple[object, object]:
    return usage.checks, usage.value


def _facts(found: Impact) -> dict[str, object]:
    return {
        "authorizationId": found.authorization_id,
        "sellerId": found.seller_id,
        "productId": found.product_id,
        "since": found.since,
        "until": found.until,
        "known": found.known.value,
        "knownSince": found.known_since,
        "stages": [
            {
                "stage": one.stage.value,
                "allowed": None if one.allowed is None else _usage(one.allowed),
                "denied": _usage(one.denied),
                "wouldDeny": _usage(one.would_deny),
            }
            for one in found.stages
        ],
    }


def _usage(usage: Usage) -> dict[str, object]:
    return {"checks": usage.checks, "value": usage.value}
