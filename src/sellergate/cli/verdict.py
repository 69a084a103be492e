"""What is judged of the rollout: now, before, and once more."""

from typing import Annotated

import typer

from sellergate.cli.opening import CommandError, services
from sellergate.cli.output import say, show_facts, show_json, show_table
from sellergate.domain.errors import InvalidInput
from sellergate.ports.control import StoredVerdict
from sellergate.ports.queries import PageRequest

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Limit = Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="How many to show.")]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of a stored verdict.", show_default=False)]
Which = Annotated[
    int | None,
    typer.Argument(metavar="[ID]", min=1, help="The number of a stored verdict. [default: now]", show_default=False),
]


@app.callback()
def _group() -> None:
    """What the measurements say of the rollout."""


@app.command()
def show(id: Which = None, as_json: AsJson = False) -> None:
    """Show what the measurements say, metric by metric: now, or as it was."""
    with services() as assembly:
        if id is not None:
            stored = assembly.verdicts.get(id)
            judgement = dict(stored.judgement)
        else:
            judged = assembly.judge.judge(assembly.rollouts.current())
            judgement = {"verdict": "NOT_ENOUGH_DATA", "sentence": "The gates are off: nothing is measured."}
            judgement = judgement if judged is None else judged.shown
    if as_json:
        show_json(judgement)
        return
    say(str(judgement["sentence"]))
    metrics = judgement.get("metrics") or []
    rows = [(one["metric"], one["verdict"], one["state"].replace("_", " "), one["sentence"]) for one in metrics]
    show_table(["metric", "verdict", "known", "in words"], rows)


@app.command(name="list")
def list_(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List the stored verdicts, newest first: one each time it changed or something was done about it."""
    with services() as assembly:
        verdicts = assembly.verdicts.list(PageRequest(limit)).items
    if as_json:
        show_json([_facts(verdict) for verdict in verdicts])
        return
    rows = ((one.id, one.at, one.since, one.verdict, one.sentence) for one in verdicts)
    show_table(["id", "time (UTC)", "since", "verdict", "in words"], rows, right=["id"])


@app.command()
def replay(id: Number, as_json: AsJson = False) -> None:
    """Judge a stored verdict again from its evidence; exit with 1 unless the answer is the same to the last bit."""
    with services() as assembly:
        try:
            again = assembly.verdicts.replay(id)
        except InvalidInput as error:
            raise CommandError(str(error)) from error
    if as_json:
        show_json({**_facts(again.stored), "again": again.sentence, "isSame": again.is_same})
    else:
        show_facts(
            {"stored": again.stored.sentence, "again": again.sentence, "the same to the last bit": again.is_same}
        )
    if not again.is_same:
        raise CommandError(f"Verdict {id} is not what its evidence gives.")


def _facts(verdict: StoredVerdict) -> dict[str, object]:
    return {
        "id": verdict.id,
        "at": verdict.at,
        "since": verdict.since,
        "rolloutVersion": verdict.rollout_version,
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
    }
