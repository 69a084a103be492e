"""The gate inside a Python program: no server, the same rules, the same freshness."""

from collections.abc import Mapping
from os import environ as process_environment
from types import TracebackType
from typing import Self

from sellergate.services import gate as core
from sellergate.settings import load_settings
from sellergate.wiring import Assembly, assemble, prepare_database


class Gate(core.Gate):
    """A gate over a database, which follows every change made there by whomever.

    Open one per process and keep it; it is thread-safe. Made by `Gate.open`, not by hand.
    """

    _assembly: Assembly

    @classmethod
    def open(cls, database_url: str, *, redis_url: str | None = None, environ: Mapping[str, str] | None = None) -> Self:
        """A gate over this database; a SQLite file that does not exist is made. `redis_url` goes before the environment's.

        The phase is the one managed in the database, or else the environment's (`environ`, by default the process's own).
        Raises ConfigurationError for a setting that cannot be used, StoreUnavailable when the database cannot be opened.
        """
        given = process_environment if environ is None else environ
        # A gate never asks a replica, and the environment's may belong to another database.
        urls = {"DATABASE_URL": database_url, "DATABASE_REPLICA_URL": ""} | (
            {} if redis_url is None else {"REDIS_URL": redis_url}
        )
        settings = load_settings({**given, **urls})
        prepare_database(settings)
        assembly = assemble(settings, following=True, gate_type=cls)
        assembly.start()
        gate = assembly.gate
        assert isinstance(gate, cls)  # noqa: S101  it is what was asked for
        gate._assembly = assembly  # noqa: SLF001  its own
        return gate

    def close(self) -> None:
        """Write down what was counted and let go of the database."""
        self._assembly.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
