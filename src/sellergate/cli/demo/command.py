"""`sellergate demo`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from sellergate.cli.opening import CommandError
from sellergate.cli.output import say

DEFAULT_PORT: Final = 8000
ACCEPTED: Final = 202

Check = Annotated[bool, typer.Option("--check", help="Go through it in some seconds, assert every step, and end.")]
Port = Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="0 takes a free one.")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="A database to use and keep. [default: one that is deleted at the end]"),
]


app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def demo(context: typer.Context, check: Check = False, port: Port = DEFAULT_PORT, database: Database = None) -> None:
    """Run a made-up marketplace with live traffic and a rollout that moves.

    12 suppliers, 300 products, 200 sellers; everything in this process, over a database that is deleted at the end.
    """
    if context.invoked_subcommand is not None:
        return
    from sellergate.cli.demo.check import check_demo  # with a web framework that no other command waits for
    from sellergate.cli.demo.house import open_house
    from sellergate.cli.demo.play import play

    with _terminable():
        if check:
            with open_house(database, port) as house:
                holds = check_demo(house)
            raise typer.Exit(0 if holds else 1)
        try:
            with open_house(database, port) as house:
                play(house)
        except KeyboardInterrupt:
            typer.echo("The demo is over.")


@app.command()
def breach(port: Port = DEFAULT_PORT) -> None:
    """Let the running demo's gate lose its database for a minute: the control room shows it, the controller rolls back."""
    import httpx  # that no other command waits for

    url = f"http://127.0.0.1:{port}"
    try:
        answer = httpx.post(f"{url}/demo/breach", timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        raise CommandError(f"No demo answers at {url}: start one with sellergate demo, or name its --port.") from error
    if answer.status_code != ACCEPTED:
        raise CommandError(f"What answers at {url} is no demo: {answer.status_code}.")
    say(answer.text.strip())
    say(f"{url}/demo/sign-in/operator")


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that everything is cleaned up."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
