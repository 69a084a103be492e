"""A pgbouncer between a client and a PostgreSQL server, in transaction mode: LISTEN is accepted there, and nothing is heard."""

import shutil
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from servers.program import Program, free_port, own_folder

DEBIAN = Path("/usr/sbin/pgbouncer")


def binary() -> Path:
    """The program installed on this machine. Raises RuntimeError with the command that installs it."""
    found = shutil.which("pgbouncer") or (DEBIAN if DEBIAN.exists() else None)
    if found is None:
        raise RuntimeError("There is no pgbouncer to test with. Install it: apt-get install pgbouncer")
    return Path(found)


class PgBouncer:
    """One pooler in front of one database, with `backends` connections to it, whoever asks. A context manager."""

    def __init__(self, database_url: str, *, backends: int = 4, **options: str) -> None:
        self.folder = own_folder("pgbouncer")
        self.port = free_port()
        server = conninfo_to_dict(database_url)
        self.url = f"postgresql://{server['user']}@127.0.0.1:{self.port}/{server['dbname']}"
        self._users = self.folder / "users"
        self._users.write_text(f'"{server["user"]}" ""\n', encoding="utf-8")
        self._settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(self.port),
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": str(self._users),
            "pool_mode": "transaction",
            "default_pool_size": str(backends),
            "max_client_conn": "200",
            **options,
        }
        self._database = f"{server['dbname']} = host={server['host']} port={server['port']} dbname={server['dbname']}"

    def start(self) -> Self:
        """Start it and wait until the database answers through it."""
        lines = ["[databases]", self._database, "[pgbouncer]", *(f"{k} = {v}" for k, v in self._settings.items())]
        configuration = self.folder / "pgbouncer.ini"
        configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for path in (configuration, self._users):
            path.chmod(0o644)
        self._program = Program([binary(), configuration], self.folder)
        self._program.start(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Stop it and remove what it has written."""
        if hasattr(self, "_program"):
            self._program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
