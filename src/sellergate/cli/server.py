"""Running the server, and bringing the database up to date."""

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from sellergate.adapters.sql import SqlStore
from sellergate.cli.opening import CommandError
from sellergate.cli.output import say
from sellergate.domain.errors import StoreUnavailable
from sellergate.settings import load_settings

Host = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen. [default: SELLERGATE_HOST]")]
Port = Annotated[
    int | None, typer.Option(metavar="PORT", min=0, max=65535, help="0 takes a free one. [default: SELLERGATE_PORT]")
]
Workers = Annotated[
    int | None, typer.Option(metavar="NUMBER", min=1, max=64, help="How many processes. [default: SELLERGATE_WORKERS]")
]
EnvFile = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Settings, read again on SIGHUP. [default: SELLERGATE_ENV_FILE]"),
]
Fd = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", min=3, help="A socket that listens already; systemd's is found by itself."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; the exit status is 1 when there is something to do.")
]
Recount = Annotated[
    bool, typer.Option("--recount", help="Count what lists say they have in all, should it ever be wrong.")
]


def serve(
    host: Host = None, port: Port = None, workers: Workers = None, env_file: EnvFile = None, fd: Fd = None
) -> None:
    """Serve the HTTP API until SIGTERM or Ctrl-C.

    SIGHUP replaces the workers one by one, without a request that fails; the settings file is read again.
    """
    from sellergate import serving  # a web framework that no other command waits for
    from sellergate.server.supervisor import StartFailedError

    given = {
        "SELLERGATE_HOST": host,
        "SELLERGATE_PORT": port,
        "SELLERGATE_WORKERS": workers,
        "SELLERGATE_ENV_FILE": env_file,
    }
    chosen = {variable: str(value) for variable, value in given.items() if value is not None}
    try:
        serving.serve({**os.environ, **chosen}, fd)
    except StartFailedError as error:
        raise CommandError(str(error)) from error


def migrate(check: Check = False, recount: Recount = False) -> None:
    """Bring the database to the newest migration, while others go on using it."""
    store = SqlStore.open(load_settings().database.url, migrate=not check)
    try:
        migrations = _migrations(store)
        if recount and not check:
            say(f"Totals put right: {store.recount()}")
    finally:
        store.close()
    if migrations["current"] != migrations["head"]:
        raise CommandError(f"The database is at migration {migrations['current']}, the newest is {migrations['head']}.")
    say(f"The database is at the newest migration, {migrations['head']}.")


def _migrations(store: SqlStore) -> Mapping[str, object]:
    health = store.health()
    migrations = health.get("migrations")
    if not health["reachable"] or not isinstance(migrations, Mapping):
        raise StoreUnavailable
    return migrations
