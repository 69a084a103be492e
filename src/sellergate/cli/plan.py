"""The rollout plan: what it says, and whether a file holds."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sellergate.adapters.plan_files import DEFAULT, PlanErrors, facts_of_plan, load_plan
from sellergate.cli.opening import CommandError
from sellergate.cli.output import camel, say, show_json
from sellergate.cli.plan_shown import show_plan
from sellergate.settings import load_settings
from sellergate.wiring import rollout_plan

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
File = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="The plan. [default: the one in use]", show_default=False)
]


@app.callback()
def _group() -> None:
    """See the rollout plan, and prove one before it is used."""


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show the plan in use: its steps, what each is judged by, and what has to hold before the next."""
    plan = rollout_plan(load_settings())
    if as_json:
        show_json(_camel_keys(facts_of_plan(plan)))
    else:
        show_plan(plan)


@app.command()
def check(file: File = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a plan, each with its line; exit with 1 when it does not hold."""
    path = file or load_settings().rollout.plan_file or DEFAULT
    try:
        plan, faults = load_plan(path), []
    except PlanErrors as errors:
        plan, faults = None, list(errors.faults)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", status=2) from error
    if as_json:
        show_json({"holds": plan is not None, "faults": [_fault_facts(placed) for placed in faults]})
    else:
        for placed in faults:
            say(str(placed))
    if plan is None:
        raise CommandError(f"{path}: the plan does not hold: {len(faults)} fault{'s' if len(faults) > 1 else ''}.")
    if not as_json:
        say(f"{path}: the plan holds: {', '.join(step.name for step in plan.steps)}.")


def _fault_facts(placed: Any) -> dict[str, object]:
    fault = placed.fault
    return {"line": placed.line, "key": fault.key, "value": fault.value, "problem": fault.problem}


def _camel_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {camel(name): _camel_keys(item) for name, item in value.items()}
    return [_camel_keys(item) for item in value] if isinstance(value, list) else value
