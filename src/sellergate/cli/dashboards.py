"""Grafana's dashboards: shown, written as files, and found again where Grafana reads them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sellergate.adapters.monitoring import RUNBOOK, dashboards
from sellergate.adapters.monitoring.dashboards import fingerprint
from sellergate.adapters.monitoring.panels import Dashboard
from sellergate.cli.exporting import show_written, write_files
from sellergate.cli.opening import STDIN, CommandError, actor, services
from sellergate.cli.output import say, show_json, show_table
from sellergate.domain.criteria import Check
from sellergate.domain.identifiers import Role
from sellergate.settings import Settings, load_settings
from sellergate.wiring import rollout_plan

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Target = Annotated[
    str, typer.Argument(metavar="FOLDER", help="Where to write them, a file for each; - for one on standard output.")
]
Only = Annotated[str | None, typer.Option(metavar="UID", help="Only this one.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where Grafana reads dashboards.", show_default=False)]
Runbook = Annotated[str, typer.Option(metavar="URL", help="The address of the page with the runbook.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are different.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """Dashboards for Grafana, with the bands of the rollout plan."""


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show every dashboard and its panels."""
    boards = _boards(load_settings())
    if as_json:
        show_json([{"uid": board.uid, "title": board.title, "panels": _titles(board)} for board in boards])
        return
    rows = ((board.uid, board.title, panel.title, panel.meaning) for board in boards for panel in board.panels())
    show_table(["uid", "dashboard", "panel", "meaning"], rows)


@app.command()
def export(
    target: Target, only: Only = None, runbook: Runbook = RUNBOOK, force: Force = False, as_json: AsJson = False
) -> None:
    """Write the dashboards as JSON that Grafana loads, from a folder it reads or by its import page."""
    boards = _boards(load_settings())
    wanted = [board for board in boards if only in (None, board.uid)]
    if not wanted:
        known = ", ".join(board.uid for board in boards)
        raise CommandError(f"There is no dashboard {only}; there are {known}.", status=2)
    if target == STDIN:
        if len(wanted) > 1:
            raise CommandError("Standard output takes one dashboard: name it with --only.", status=2)
        typer.echo(_text(wanted[0], runbook), nl=False)
        return
    files = {Path(target, f"{board.uid}.json"): _text(board, runbook) for board in wanted}
    show_written(write_files(files, force=force), as_json=as_json)


@app.command()
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Say whether every dashboard is in a folder as this version and plan make it; the exit status is 1 when one is not.

    The addresses of the runbook may be others. What was found is kept as evidence for criteria with the check
    dashboards_present.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.", status=2)
    with services() as assembly:
        boards = _boards(assembly.settings)
        problems = {board.uid: problem for board in boards if (problem := _problem(board, folder))}
        criteria = 0
        if not problems:
            sentence = f"{len(boards)} dashboards are in {folder.absolute()}."
            by = actor(Role.OPERATOR)
            criteria = assembly.proving.attest(by, Check.DASHBOARDS_PRESENT, fingerprint(boards), sentence)
    if as_json:
        show_json({"holds": not problems, "problems": problems, "criteria": criteria})
    elif not problems:
        say(f"{sentence} {'Kept as evidence.' if criteria else 'The plan asks for no such evidence.'}")
    if problems:
        told = "; ".join(problems.values())
        raise CommandError(f"{told}. Write them: sellergate dashboards export {folder} --force")


def _problem(board: Dashboard, folder: Path) -> str | None:
    path = folder / f"{board.uid}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"{path} is not there"
    except ValueError:
        return f"{path} is not JSON"
    return None if found == board.as_json(_runbook_of(found)) else f"{path} is different"


def _runbook_of(found: object) -> str:
    links = found.get("links") if isinstance(found, dict) else None
    first = links[0] if isinstance(links, list) and links else {}
    return str(first.get("url", RUNBOOK)) if isinstance(first, dict) else RUNBOOK


def _boards(settings: Settings) -> list[Dashboard]:
    return dashboards(rollout_plan(settings), settings.measurements.prometheus_match)


def _titles(board: Dashboard) -> list[str]:
    return [panel.title for panel in board.panels()]


def _text(board: Dashboard, runbook: str) -> str:
    return json.dumps(board.as_json(runbook), indent=2, ensure_ascii=False) + "\n"
