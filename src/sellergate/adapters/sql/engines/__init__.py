"""What differs between databases: one package for each engine, and the one that belongs to a URL."""

from sellergate.adapters.sql.engines.database import Database, Limits
from sellergate.domain.errors import InvalidInput

__all__ = ["Database", "Limits", "open_database"]


def open_database(url: str, limits: Limits) -> Database:
    """The database of this URL; nothing is connected to yet.

    Raises InvalidInput for a URL that is none, and for databases we do not work with.
    """
    # Each engine brings a driver along, and nobody waits for the one that is not used.
    match url.partition(":")[0].partition("+")[0]:
        case "sqlite":
            from sellergate.adapters.sql.engines.sqlite.database import SqliteDatabase

            if limits.replica_url is not None:
                raise InvalidInput("Only PostgreSQL has replicas.", field="replica_url")
            return SqliteDatabase(url)
        case "postgresql" | "postgres":
            from sellergate.adapters.sql.engines.postgres.database import PostgresDatabase

            return PostgresDatabase(url, limits)
    raise InvalidInput(  # the URL itself may hold a password
        "This is no database sellergate works with; sqlite and postgresql are: sqlite:///shop.db or "
        "postgresql://user@host/shop.",
        field="url",
    )
