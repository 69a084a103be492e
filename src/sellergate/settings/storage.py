"""Where the truth is kept, and what processes share."""

from dataclasses import dataclass
from datetime import timedelta

from sellergate.settings.declaring import setting
from sellergate.settings.parsers import number, seconds


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where the truth is kept."""

    url: str = setting(
        "DATABASE_URL", "sqlite:///sellergate.db", "The database.", str, allowed="a database URL", secret=True
    )
    pool_size: int = setting(
        "SELLERGATE_DB_POOL_SIZE",
        10,
        "PostgreSQL: how many connections each process holds at most for verbs, and as many again for the gate's reads.",
        number(1, 1000),
        allowed="a number, 1 to 1000",
    )
    statement_timeout: timedelta = setting(
        "SELLERGATE_DB_STATEMENT_TIMEOUT",
        timedelta(seconds=5),
        "PostgreSQL: how long one statement may take, in seconds.",
        seconds(1, 300),
        allowed="a number of seconds, 1 to 300",
    )

    replica_url: str | None = setting(
        "DATABASE_REPLICA_URL",
        None,
        "PostgreSQL: a standby that lists and reports are read from. The gate and everything that decides ask the primary.",
        str,
        allowed="a database URL",
        secret=True,
    )
    replica_lag: timedelta = setting(
        "SELLERGATE_REPLICA_LAG_SECONDS",
        timedelta(seconds=10),
        "How far behind the standby may be before the primary answers instead, in seconds.",
        seconds(1, 3600),
        allowed="a number of seconds, 1 to 3600",
    )

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of this machine, which nobody else looks after."""
        return self.url.startswith("sqlite")


@dataclass(frozen=True, kw_only=True)
class RedisSettings:
    """What processes share, so that not each of them has to ask the database."""

    url: str | None = setting(
        "REDIS_URL",
        None,
        "Redis or Valkey, single or with Sentinels or as a cluster. Unset: each process remembers for itself.",
        str,
        allowed="a Redis URL",
        secret=True,
    )
