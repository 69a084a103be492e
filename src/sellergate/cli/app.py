"""All commands under one name, and the exit status of each: 0 done, 1 it failed or does not hold, 2 wrong usage."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, Final, NoReturn

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from sellergate.cli import (
    alerts,
    announce,
    audit,
    backfill,
    cache,
    canary,
    configuration,
    dashboards,
    demo,
    directory,
    doctor,
    drill,
    gate,
    impact,
    inbox,
    loadtest,
    notices,
    plan,
    policy,
    report,
    rollout,
    server,
    shadow,
    simulate,
    verdict,
)
from sellergate.cli.opening import CommandError
from sellergate.cli.output import fail, note
from sellergate.domain.errors import InvalidInput, SellergateError
from sellergate.settings import ConfigurationError

FAILED: Final = 1
MISUSED: Final = 2

app = typer.Typer(
    name="sellergate",
    help="Seller authorization for marketplaces: the server, the gate, and the rollout that switches it on.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sellergate {version('sellergate')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Seller authorization for marketplaces: the server, the gate, and the rollout that switches it on."""


app.command("serve")(server.serve)
app.command("migrate")(server.migrate)
app.command("token")(configuration.token)
app.command("settings")(configuration.settings)
app.command("import")(directory.import_)
app.command("backfill")(backfill.backfill)
app.command("simulate")(simulate.simulate)
app.command("impact")(impact.impact)
app.command("loadtest")(loadtest.loadtest)
app.command("doctor")(doctor.doctor)
app.command("rollback")(rollout.rollback)
app.add_typer(demo.app, name="demo")
app.add_typer(gate.app, name="gate")
app.add_typer(cache.app, name="cache")
app.add_typer(shadow.app, name="shadow")
app.add_typer(canary.app, name="canary")
app.add_typer(drill.app, name="drill")
app.add_typer(rollout.app, name="rollout")
app.add_typer(plan.app, name="plan")
app.add_typer(verdict.app, name="verdict")
app.add_typer(report.app, name="report")
app.add_typer(inbox.app, name="inbox")
app.add_typer(policy.app, name="policy")
app.add_typer(notices.app, name="notices")
app.add_typer(announce.app, name="announce")
app.add_typer(audit.app, name="audit")
app.add_typer(alerts.app, name="alerts")
app.add_typer(dashboards.app, name="dashboards")


def main() -> NoReturn:
    """Run the command that the program's arguments name, and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Hangul is no reason to fail
    raise SystemExit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit status of one command; its errors are one line on standard error. Ctrl-C is 130, and says nothing."""
    try:
        status = get_command(app).main(args=list(arguments), prog_name="sellergate", standalone_mode=False)
    except TyperException as error:
        return _misused(error)
    except typer.Abort:
        return 130
    except (CommandError, ConfigurationError, SellergateError) as error:
        fail(str(error))
        return _status_of(error)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return FAILED
    return status if isinstance(status, int) else 0


def _misused(error: TyperException) -> int:
    text = error.format_message()
    if text.startswith("Usage:"):  # no command at all is answered with the help
        note(text)
    else:
        fail(f"{text.rstrip('.')}. --help shows what there is.")
    return MISUSED


def _status_of(error: Exception) -> int:
    if isinstance(error, CommandError):
        return error.status
    return MISUSED if isinstance(error, ConfigurationError | InvalidInput) else FAILED
