"""How a simulation is shown: to people in tables, to programs as facts."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sellergate.cli.orders import bad_line_facts
from sellergate.cli.output import plain_json, say, show_table
from sellergate.cli.rollout_shown import named
from sellergate.domain.gate import Stage
from sellergate.domain.simulation import NEEDS_A_REQUEST, REFUSED, WAITING, Collision, Denied, Inbox, Outcome, Recorded
from sellergate.faces.order_files import BadLine


def facts(recorded: Recorded, outcomes: Sequence[Outcome], bad_lines: Sequence[BadLine], *, top: int) -> dict[str, Any]:
    """The simulation for programs."""
    return {
        "checks": recorded.total.checks,
        "pairs": len(recorded.pairs),
        "value": recorded.total.value,
        "from": recorded.first,
        "to": recorded.last,
        "outcomes": [_outcome(outcome, top) for outcome in outcomes],
        "badLines": bad_line_facts(bad_lines),
    }


def plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """The same with nothing in it but what JSON knows."""
    found: dict[str, Any] = json.loads(json.dumps(value, default=plain_json))
    return found


def _outcome(outcome: Outcome, top: int) -> dict[str, Any]:
    state, requests = outcome.state, outcome.requests
    return {
        "phase": state.phase.value,
        "percentage": state.percentage,
        "canaryProducts": len(state.canary_products),
        "checks": outcome.checks,
        "enforced": outcome.enforced,
        "denied": _denied(outcome.denied),
        "deniedShare": round(outcome.denied_share, 6),
        "byStage": {stage.value: _denied(outcome.by_stage.get(stage, Denied())) for stage in Stage},
        "byReason": {
            reason.value: _denied(denied) for reason, denied in sorted(outcome.by_reason.items()) if denied.checks
        },
        "sellers": len(outcome.by_seller),
        "suppliers": len(outcome.by_supplier),
        "products": len(outcome.by_product),
        "topSellers": [{"sellerId": id, **_denied(denied)} for id, denied in _most(outcome.by_seller, top)],
        "topSuppliers": [{"supplierId": id, **_denied(denied)} for id, denied in _most(outcome.by_supplier, top)],
        "topProducts": [{"productId": id, **_denied(denied)} for id, denied in _most(outcome.by_product, top)],
        "inbox": {
            **_inbox(requests),
            "waitingAlready": outcome.pairs_denied(WAITING),
            "refusedBefore": outcome.pairs_denied(REFUSED),
            "topSuppliers": [{"supplierId": id, **_inbox(inbox)} for id, inbox in _fullest(outcome.inbox, top)],
        },
        "limits": {
            "sellers": len(outcome.collisions),
            "byTier": {tier.value: number for tier, number in sorted(outcome.collisions_by_tier.items())},
            "topSellers": [_collision(collision) for collision in _furthest(outcome.collisions, top)],
        },
    }


def _denied(denied: Denied) -> dict[str, Any]:
    return {"checks": denied.checks, "pairs": denied.pairs, "value": denied.value}


def _inbox(inbox: Inbox) -> dict[str, int]:
    return {"requests": inbox.requests, "autoApproved": inbox.auto_approved}


def _collision(collision: Collision) -> dict[str, Any]:
    return {
        "sellerId": collision.seller_id,
        "tier": collision.tier.value,
        "used": collision.used,
        "needed": collision.needed,
        "limit": collision.limit,
    }


def _most(counted: Mapping[str, Denied], top: int) -> list[tuple[str, Denied]]:
    return sorted(counted.items(), key=lambda one: (-one[1].checks, -one[1].value, one[0]))[:top]


def _fullest(inboxes: Mapping[str, Inbox], top: int) -> list[tuple[str, Inbox]]:
    return sorted(inboxes.items(), key=lambda one: (one[1].auto_approved - one[1].requests, one[0]))[:top]


def _furthest(collisions: Sequence[Collision], top: int) -> list[Collision]:
    return sorted(collisions, key=lambda one: (one.limit - one.used - one.needed, one.seller_id))[:top]


def show(recorded: Recorded, outcomes: Sequence[Outcome], *, top: int) -> None:
    """The simulation for people: the phases side by side, and the most of the last of them."""
    total = recorded.total
    period = "" if recorded.first is None else f" from {_day(recorded.first)} to {_day(recorded.last)}"
    say(f"{total.checks} checks of {len(recorded.pairs)} pairs{period}, worth {_amount(total.value)}.")
    headings = ["Would be", *(named(outcome.state.phase, outcome.state.percentage) for outcome in outcomes)]
    columns = [_numbers(outcome) for outcome in outcomes]
    rows = [(label, *(column[label] for column in columns)) for label in columns[0]]
    show_table(headings, rows, right=headings[1:])
    _show_most(outcomes[-1], top)


def _numbers(outcome: Outcome) -> dict[str, object]:
    requests = outcome.requests
    return {
        "checks enforced": outcome.enforced,
        "checks denied": f"{outcome.denied.checks} ({outcome.denied_share:.2%})",
        **{f"  at {stage}": outcome.by_stage.get(stage, Denied()).checks for stage in Stage},
        "value denied": _amount(outcome.denied.value),
        "pairs denied": outcome.denied.pairs,
        "  that need a request": outcome.pairs_denied(NEEDS_A_REQUEST),
        "  whose request waits": outcome.pairs_denied(WAITING),
        "  refused before": outcome.pairs_denied(REFUSED),
        "sellers concerned": len(outcome.by_seller),
        "suppliers concerned": len(outcome.by_supplier),
        "requests to suppliers": f"{requests.requests} ({requests.auto_approved} approved at once)",
        "sellers beyond their limit": len(outcome.collisions),
    }


def _show_most(outcome: Outcome, top: int) -> None:
    name = named(outcome.state.phase, outcome.state.percentage)
    for kind, counted in (("Sellers", outcome.by_seller), ("Suppliers", outcome.by_supplier)):
        rows = [(id, one.checks, one.pairs, _amount(one.value)) for id, one in _most(counted, top)]
        if rows:
            columns = [f"{kind} denied most at {name}", "checks", "pairs", "value"]
            show_table(columns, rows, right=columns[1:])
    inboxes = [(id, one.requests, one.auto_approved) for id, one in _fullest(outcome.inbox, top)]
    if inboxes:
        show_table(["Inboxes", "requests", "approved at once"], inboxes, right=["requests", "approved at once"])
    limits = [
        (one.seller_id, one.tier.value, one.used, one.needed, one.limit) for one in _furthest(outcome.collisions, top)
    ]
    if limits:
        columns = ["Beyond their limit", "tier", "slots in use", "needed", "limit"]
        show_table(columns, limits, right=columns[2:])


def _amount(value: Decimal) -> str:
    return f"{value:,.2f}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}"
