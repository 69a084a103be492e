"""Every setting: where it comes from, what it may be, and what it means.

Settings are data: small frozen groups whose fields say the variable, the default, the parser and the explanation. An empty value is
an unset one. A value that cannot be read stops the start with one line; nothing falls back silently.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import checked_id
from sellergate.domain.policy import ProductLimits
from sellergate.domain.rollout import RolloutState, Source, from_flags

T = TypeVar("T")

SECRET_BYTES_MIN: Final = 32
MASK: Final = "********"
WARM_AT_START: Final = 10_000
ENV_FILE: Final = "SELLERGATE_ENV_FILE"


class ConfigurationError(Exception):
    """A setting that cannot be used; the message is one line with the variable, the value, and what is allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value}: {allowed}")


def setting(
    variable: str, default: Any, meaning: str, parse: Callable[[str], Any], *, allowed: str, secret: bool = False
) -> Any:
    """One field of a group: read from `variable` by `parse`, which raises ValueError for what is not `allowed`."""
    metadata = {"variable": variable, "meaning": meaning, "parse": parse, "allowed": allowed, "secret": secret}
    return field(default=default, metadata=metadata)


def _flag(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return words[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _number(low: int, high: int | None = None) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else low - 1
        if number < low or (high is not None and number > high):
            raise ValueError(text)
        return number

    return parse


def _seconds(low: int, high: int | None = None) -> Callable[[str], timedelta]:
    parse = _number(low, high)
    return lambda text: timedelta(seconds=parse(text))


def _choice(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return parse


def _ids(text: str) -> tuple[str, ...]:
    try:
        return tuple(checked_id(part.strip(), "id") for part in text.split(",") if part.strip())
    except InvalidInput as error:
        raise ValueError(text) from error


def _tiers(text: str) -> Mapping[Tier, int | None]:
    limits: dict[Tier, int | None] = {}
    for part in text.split(","):
        name, _, limit = (piece.strip() for piece in part.partition("="))
        limits[Tier(name.upper())] = None if limit.lower() == "unlimited" else _number(0)(limit)
    return limits


def _http_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError(text)
    _ = urlsplit(text).port  # raises ValueError
    return text.rstrip("/")


def _matchers(text: str) -> str:
    matcher = r'[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\\n]|\\.)*"'
    if not re.fullmatch(rf"\s*{matcher}(\s*,\s*{matcher})*\s*", text, re.ASCII):
        raise ValueError(text)
    return text


def _secret(text: str) -> str:
    if len(text.encode()) < SECRET_BYTES_MIN:
        raise ValueError(text)
    return text


_FLAG: Final = "true or false"
_ASSIGNMENT: Final = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)=\s*(?:(?P<mark>["'])(?P<quoted>.*)(?P=mark)|(?P<plain>[^"'].*?)?)\s*""",
    re.ASCII,
).fullmatch


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
        _number(1, 1000),
        allowed="a number, 1 to 1000",
    )
    statement_timeout: timedelta = setting(
        "SELLERGATE_DB_STATEMENT_TIMEOUT",
        timedelta(seconds=5),
        "PostgreSQL: how long one statement may take, in seconds.",
        _seconds(1, 300),
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
        _seconds(1, 3600),
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


@dataclass(frozen=True, kw_only=True)
class GateSettings:
    """How the gate remembers answers, and how it is stopped without a database."""

    cache_ttl: timedelta = setting(
        "AUTHORIZATION_CACHE_TTL",
        timedelta(seconds=60),
        "How long a record may be remembered, in seconds. Changes are seen at once whatever this is.",
        _seconds(1),
        allowed="a number of seconds, 1 or more",
    )
    cache_size: int = setting(
        "SELLERGATE_CACHE_SIZE",
        200_000,
        "How many records each process remembers at most.",
        _number(1),
        allowed="a number, 1 or more",
    )
    warm_at_start: int | None = setting(
        "SELLERGATE_WARM_AT_START",
        None,
        "How many pairs of the busiest sellers a process reads into its memory when it starts. Unset: none on SQLite, "
        "10000 on a server.",
        _number(0),
        allowed="a number, 0 or more",
    )
    probe_every: timedelta = setting(
        "SELLERGATE_PROBE_SECONDS",
        timedelta(seconds=60),
        "Every how many seconds one server measures how soon a revocation would be denied everywhere; 0 for never.",
        _seconds(0, 86_400),
        allowed="a number of seconds, 0 to 86400",
    )
    shadow_keys: int = setting(
        "SELLERGATE_SHADOW_KEYS",
        50_000,
        "How many different denials, in shadow and enforced each, a process gathers before it writes them down early.",
        _number(1),
        allowed="a number, 1 or more",
    )
    kill_switch_file: Path | None = setting(
        "SELLERGATE_KILL_SWITCH_FILE",
        None,
        "While this file exists every gate is off.",
        Path,
        allowed="a path",
    )


@dataclass(frozen=True, kw_only=True)
class WorkflowSettings:
    """The rules of asking."""

    limit: int = setting(
        "SELLER_PRODUCT_LIMIT",
        10,
        "How many products a seller may hold or ask for at once.",
        _number(0),
        allowed="a number, 0 or more",
    )
    limit_by_tier: Mapping[Tier, int | None] = setting(
        "SELLER_PRODUCT_LIMIT_BY_TIER",
        None,
        "Other limits for some tiers.",
        _tiers,
        allowed="a list like BRONZE=10,SILVER=20,GOLD=50,PLATINUM=unlimited",
    )
    cooldown_days: int = setting(
        "SELLER_REJECT_COOLDOWN_DAYS",
        30,
        "How many days a rejected seller waits before asking for the product again.",
        _number(0, 3650),
        allowed="a number of days, 0 to 3650",
    )

    @property
    def limits(self) -> ProductLimits:
        """Both limits as the rules need them."""
        return ProductLimits(self.limit, self.limit_by_tier or {})

    @property
    def cooldown(self) -> timedelta:
        """The cooldown as a duration."""
        return timedelta(days=self.cooldown_days)


@dataclass(frozen=True, kw_only=True)
class RolloutSettings:
    """The phase as the environment gives it, and whether anybody else may."""

    enabled: bool = setting(
        "ENABLE_SELLER_AUTHORIZATION", False, "Whether authorization is enforced at all.", _flag, allowed=_FLAG
    )
    shadow: bool = setting(
        "SELLER_AUTHORIZATION_SHADOW",
        True,
        "While not enabled: whether to look and record (shadow) or to do nothing (off).",
        _flag,
        allowed=_FLAG,
    )
    canary_products: tuple[str, ...] = setting(
        "PHASE9_CANARY_PRODUCTS",
        (),
        "Products that are enforced in the canary and percentage phases.",
        _ids,
        allowed="product ids separated by commas, each 1 to 64 characters of A-Z a-z 0-9 . _ : -",
    )
    percentage: int = setting(
        "PHASE9_ROLLOUT_PERCENTAGE", 0, "Share of the products that is enforced.", _number(0, 100), allowed="0 to 100"
    )
    source: str | None = setting(
        "ROLLOUT_SOURCE",
        None,
        "Who says the phase. Unset: an operator once one has spoken, before that the environment.",
        _choice("env", "managed"),
        allowed="env or managed",
    )

    plan_file: Path | None = setting(
        "SELLERGATE_PLAN_FILE",
        None,
        "The rollout plan, a TOML file. Unset: the plan that comes with sellergate.",
        Path,
        allowed="a path",
    )

    @property
    def environment(self) -> RolloutState:
        """The phase these variables mean."""
        return from_flags(
            enabled=self.enabled,
            shadow=self.shadow,
            canary_products=self.canary_products,
            percentage=self.percentage,
        )

    @property
    def pinned(self) -> Source | None:
        """The only source that counts, or None."""
        return Source(self.source) if self.source else None


@dataclass(frozen=True, kw_only=True)
class MeasurementSettings:
    """What was measured: where it is read, and how long it is kept."""

    prometheus_url: str | None = setting(
        "PROMETHEUS_URL",
        None,
        "A Prometheus that scrapes every process's /metrics, to judge the rollout by. Unset: by what the processes store.",
        _http_url,
        allowed="an http or https URL",
        secret=True,
    )
    prometheus_match: str = setting(
        "SELLERGATE_PROMETHEUS_MATCH",
        "",
        "Which series of that Prometheus are ours, where it has others' too.",
        _matchers,
        allowed='label matchers like job="sellergate",env="production"',
    )
    windows_hours: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_WINDOWS",
        2,
        "How many hours the windows of ten seconds are kept once they are added into minutes.",
        _number(2, 168),
        allowed="a number of hours, 2 to 168",
    )
    minutes_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_MINUTES",
        14,
        "How many days minutes are kept once they are added into hours.",
        _number(2, 400),
        allowed="a number of days, 2 to 400",
    )
    hours_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_HOURS",
        400,
        "How many days hours are kept.",
        _number(2, 4000),
        allowed="a number of days, 2 to 4000",
    )
    denials_days: int = setting(
        "SELLERGATE_MEASUREMENTS_KEPT_DENIALS",
        14,
        "How many days the enforced denials of each minute are kept.",
        _number(1, 400),
        allowed="a number of days, 1 to 400",
    )

    @property
    def windows_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(hours=self.windows_hours)

    @property
    def minutes_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.minutes_days)

    @property
    def hours_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.hours_days)

    @property
    def denials_kept(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.denials_days)


@dataclass(frozen=True, kw_only=True)
class TokenSettings:
    """Whose tokens are believed."""

    secret: str | None = setting(
        "SELLERGATE_JWT_SECRET",
        None,
        "The shared secret of HS256 tokens.",
        _secret,
        allowed=f"at least {SECRET_BYTES_MIN} bytes",
        secret=True,
    )
    jwks_url: str | None = setting(
        "SELLERGATE_JWKS_URL", None, "Where the public keys of signed tokens are fetched.", str, allowed="a URL"
    )
    jwks_file: Path | None = setting(
        "SELLERGATE_JWKS_FILE", None, "A file with the public keys of signed tokens.", Path, allowed="a path"
    )
    issuer: str | None = setting(
        "SELLERGATE_JWT_ISSUER", None, "The issuer every token must name.", str, allowed="a text"
    )
    audience: str | None = setting(
        "SELLERGATE_JWT_AUDIENCE", None, "The audience every token must name.", str, allowed="a text"
    )


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where and how the server runs."""

    host: str = setting("SELLERGATE_HOST", "127.0.0.1", "The address to listen on.", str, allowed="an address")
    port: int = setting(
        "SELLERGATE_PORT", 8000, "The port; 0 takes a free one.", _number(0, 65535), allowed="0 to 65535"
    )
    workers: int = setting("SELLERGATE_WORKERS", 1, "How many processes serve.", _number(1, 64), allowed="1 to 64")
    grace: timedelta = setting(
        "SELLERGATE_GRACE_SECONDS",
        timedelta(seconds=20),
        "How long requests under way may take when the server is stopped, in seconds.",
        _seconds(1),
        allowed="a number of seconds, 1 or more",
    )
    keep_alive: timedelta = setting(
        "SELLERGATE_KEEP_ALIVE_SECONDS",
        timedelta(seconds=75),
        "How long a connection that nobody asks on is kept, in seconds; longer than a load balancer in front keeps it.",
        _seconds(1, 3600),
        allowed="a number of seconds, 1 to 3600",
    )
    env_file: Path | None = setting(
        ENV_FILE,
        None,
        "A file with lines VARIABLE=VALUE for what the environment does not set; a running server reads it again on SIGHUP.",
        Path,
        allowed="a path",
    )


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """What is logged, and in which form."""

    level: str = setting(
        "SELLERGATE_LOG_LEVEL",
        "info",
        "The least severe level that is logged.",
        _choice("debug", "info", "warning", "error"),
        allowed="debug, info, warning or error",
    )
    format: str = setting(
        "SELLERGATE_LOG_FORMAT",
        "console",
        "Lines for people, or JSON for programs.",
        _choice("console", "json"),
        allowed="console or json",
    )


@dataclass(frozen=True, kw_only=True)
class RateSettings:
    """How often one may ask."""

    requests_per_day: int = setting(
        "SELLERGATE_REQUESTS_PER_DAY",
        100,
        "Authorization requests of one seller in a day.",
        _number(1),
        allowed="a number, 1 or more",
    )
    writes_per_minute: int = setting(
        "SELLERGATE_WRITES_PER_MINUTE",
        1200,
        "Writing calls of one subject in a minute.",
        _number(1),
        allowed="a number, 1 or more",
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All groups."""

    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    redis: RedisSettings = field(default_factory=RedisSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    workflow: WorkflowSettings = field(default_factory=WorkflowSettings)
    rollout: RolloutSettings = field(default_factory=RolloutSettings)
    measurements: MeasurementSettings = field(default_factory=MeasurementSettings)
    tokens: TokenSettings = field(default_factory=TokenSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    logs: LogSettings = field(default_factory=LogSettings)
    rates: RateSettings = field(default_factory=RateSettings)

    @property
    def pairs_to_warm(self) -> int:
        """How many pairs a process reads when it starts."""
        if self.gate.warm_at_start is not None:
            return self.gate.warm_at_start
        return 0 if self.database.is_embedded else WARM_AT_START


GROUPS: Final[Mapping[str, type]] = {
    "database": DatabaseSettings,
    "redis": RedisSettings,
    "gate": GateSettings,
    "workflow": WorkflowSettings,
    "rollout": RolloutSettings,
    "measurements": MeasurementSettings,
    "tokens": TokenSettings,
    "server": ServerSettings,
    "logs": LogSettings,
    "rates": RateSettings,
}


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings the environment and its file give. Raises ConfigurationError for the first value that cannot be used."""
    environ = with_env_file(environ)
    return Settings(**{name: _load(group, environ) for name, group in GROUPS.items()})


def with_env_file(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, and from the file it names what it does not set itself. Raises ConfigurationError."""
    path = environ.get(ENV_FILE, "").strip()
    if not path:
        return environ
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(ENV_FILE, path, f"cannot be read: {reason}") from error
    added: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _ASSIGNMENT(line)
            if match is None:
                raise ConfigurationError(ENV_FILE, path, f"line {number} is not VARIABLE=VALUE")
            added[match["name"]] = match["quoted"] or match["plain"] or ""
    return {**added, **{name: value for name, value in environ.items() if value.strip() or name not in added}}


def _load(group: type[T], environ: Mapping[str, str]) -> T:
    return group(**{item.name: _read(item, environ) for item in fields(group) if _text(item, environ)})  # type: ignore[arg-type]


def _text(item: Field[Any], environ: Mapping[str, str]) -> str:
    return environ.get(item.metadata["variable"], "").strip()


def _read(item: Field[Any], environ: Mapping[str, str]) -> Any:
    text = _text(item, environ)
    try:
        return item.metadata["parse"](text)
    except ValueError:
        shown = MASK if item.metadata["secret"] else text
        raise ConfigurationError(item.metadata["variable"], shown, f"allowed is {item.metadata['allowed']}") from None


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting for people: its variable, its value and default as text (secrets masked), its meaning."""

    variable: str
    value: str
    default: str
    meaning: str


def explain(settings: Settings) -> Iterator[Explained]:
    """Every setting with its value, in the order of the groups."""
    for name, group in GROUPS.items():
        for item in fields(group):
            value = getattr(getattr(settings, name), item.name)
            default = None if item.default is MISSING else item.default
            hidden = item.metadata["secret"] and value is not None and value != default
            shown = MASK if hidden else _shown(value)
            yield Explained(item.metadata["variable"], shown, _shown(default), item.metadata["meaning"])


def _shown(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, Mapping):
        return ",".join(f"{tier}={'unlimited' if limit is None else limit}" for tier, limit in value.items())
    return str(value)
