"""Asking the gate: one question, or a whole order history."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from sellergate.cli import orders
from sellergate.cli.opening import services
from sellergate.cli.output import say, show_facts, show_json, show_table
from sellergate.domain.gate import GateAnswer, Stage
from sellergate.faces.order_files import OrderColumns
from sellergate.services.backfill import Sale
from sellergate.services.evaluation import Consistency
from sellergate.services.gate import Gate

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Seller = Annotated[str, typer.Argument(help="The seller's id.")]
Product = Annotated[str, typer.Argument(help="The product's id.")]
StageOption = Annotated[Stage, typer.Option("--stage", help="Where in the sale the question is asked.")]
Strict = Annotated[bool, typer.Option("--strict", help="Ask the database, whatever the stage.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="As things stood then; UTC unless it has an offset.")
]
Orders = Annotated[str, typer.Argument(metavar="FILE", help="Order lines as CSV; - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """Ask the gate. Every question is a real check in the current phase: in shadow it goes into the report."""


@app.command()
def check(
    *,
    seller: Seller,
    product: Product,
    stage: StageOption = Stage.CART,
    strict: Strict = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Ask whether a seller may sell a product now. The exit status is 1 when not."""
    consistency = Consistency.STRICT.value if strict else None
    moment = None if as_of is None else _moment(as_of)
    with services() as assembly:
        answer = assembly.gate.check(seller, product, stage=stage.value, consistency=consistency, as_of=moment)
    if as_json:
        show_json(_facts(answer))
    else:
        show_facts(_in_words(answer))
    if not answer.allowed:
        raise typer.Exit(1)


@app.command()
def replay(
    *,
    orders_file: Orders,
    stage: StageOption = Stage.ORDER,
    seller_column: orders.SellerColumn = "seller_id",
    product_column: orders.ProductColumn = "product_id",
    time_column: orders.TimeColumn = None,
    value_column: orders.ValueColumn = None,
    as_json: AsJson = False,
) -> None:
    """Ask the gate about every line of an order history, as things stand now. The exit status is 1 when it denies any."""
    columns = OrderColumns(seller=seller_column, product=product_column, time=time_column, value=value_column)
    with (
        services() as assembly,
        orders.order_file(orders_file, columns, UTC, task="Replaying orders") as file,
    ):
        phase = assembly.gate.rollout.phase.value
        answers = _asked(assembly.gate, file, stage)
    if as_json:
        show_json({"phase": phase, **_totals(answers), "badLines": orders.bad_line_facts(file.bad_lines)})
    else:
        _show(phase, answers)
        orders.note_bad_lines(orders_file, file.bad_lines)
    if file.bad_lines or not all(answer.allowed for answer in answers):
        raise typer.Exit(1)


def _asked(gate: Gate, sales: Iterable[Sale], stage: Stage) -> Counter[GateAnswer]:
    answers: Counter[GateAnswer] = Counter()
    for sale in sales:
        answers[gate.check(sale.seller_id, sale.product_id, stage=stage.value, value=sale.value)] += 1
    return answers


def _totals(answers: Counter[GateAnswer]) -> dict[str, object]:
    allowed = sum(number for answer, number in answers.items() if answer.allowed)
    grouped = _grouped(answers)
    return {
        "checks": answers.total(),
        "allowed": allowed,
        "denied": answers.total() - allowed,
        "answers": [
            {"allowed": allows, "mode": mode, "reason": reason, "checks": number}
            for (allows, mode, reason), number in grouped.most_common()
        ],
    }


def _grouped(answers: Counter[GateAnswer]) -> Counter[tuple[bool, str, str]]:
    grouped: Counter[tuple[bool, str, str]] = Counter()
    for answer, number in answers.items():
        grouped[answer.allowed, answer.mode.value, answer.reason.value] += number
    return grouped


def _show(phase: str, answers: Counter[GateAnswer]) -> None:
    allowed = sum(number for answer, number in answers.items() if answer.allowed)
    say(f"Phase {phase}: {answers.total()} checks, {allowed} allowed, {answers.total() - allowed} denied.")
    rows = (
        ("allowed" if allows else "denied", mode, reason, number)
        for (allows, mode, reason), number in _grouped(answers).most_common()
    )
    if answers:
        show_table(["answer", "mode", "reason", "checks"], rows, right=["checks"])


def _facts(answer: GateAnswer) -> dict[str, object]:
    facts: dict[str, object] = {
        "allowed": answer.allowed,
        "mode": answer.mode.value,
        "reason": answer.reason.value,
        "status": answer.status.value,
        "errorCode": answer.error_code,
        "cacheHit": answer.cache_hit,
        "rolloutVersion": answer.version,
    }
    if answer.snapshot is not None:
        facts["snapshot"] = {
            "authorizationId": answer.snapshot.authorization_id,
            "approvedAt": answer.snapshot.approved_at,
            "approvedBy": answer.snapshot.approved_by,
            "supplierId": answer.snapshot.supplier_id,
            "product": answer.snapshot.product,
        }
    return facts


def _in_words(answer: GateAnswer) -> dict[str, object]:
    words: dict[str, object] = {
        "answer": "allowed" if answer.allowed else "denied",
        "mode": answer.mode.value,
        "reason": answer.reason.value,
        "authorization": answer.status.value,
    }
    if answer.error_code:
        words["error"] = answer.error_code
    if answer.snapshot is not None:
        words["approved"] = f"{answer.snapshot.approved_at} by {answer.snapshot.approved_by}"
    return words


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time like 2026-03-01T12:00:00Z", param_hint="--as-of") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
