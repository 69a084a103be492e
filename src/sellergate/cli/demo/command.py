"""`sellergate demo`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

Check = Annotated[bool, typer.Option("--check", help="Go through it in some seconds, assert every step, and end.")]
Port = Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="0 takes a free one.")]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="A database to use and keep. [default: one that is deleted at the end]"),
]


def demo(check: Check = False, port: Port = 8000, database: Database = None) -> None:
    """Run a made-up marketplace with live traffic and a rollout that moves.

    12 suppliers, 300 products, 200 sellers; everything in this process, over a database that is deleted at the end.
    """
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


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that everything is cleaned up."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
