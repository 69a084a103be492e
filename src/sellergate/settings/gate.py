"""How the gate remembers."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sellergate.settings.declaring import setting
from sellergate.settings.parsers import number, seconds


@dataclass(frozen=True, kw_only=True)
class GateSettings:
    """How the gate remembers answers, and how it is stopped without a database."""

    cache_ttl: timedelta = setting(
        "AUTHORIZATION_CACHE_TTL",
        timedelta(seconds=60),
        "How long a record may be remembered, in seconds. Changes are seen at once whatever this is.",
        seconds(1),
        allowed="a number of seconds, 1 or more",
    )
    cache_size: int = setting(
        "SELLERGATE_CACHE_SIZE",
        200_000,
        "How many records each process remembers at most.",
        number(1),
        allowed="a number, 1 or more",
    )
    warm_at_start: int | None = setting(
        "SELLERGATE_WARM_AT_START",
        None,
        "How many pairs of the busiest sellers a process reads into its memory when it starts. Unset: none on SQLite, "
        "10000 on a server.",
        number(0),
        allowed="a number, 0 or more",
    )
    probe_every: timedelta = setting(
        "SELLERGATE_PROBE_SECONDS",
        timedelta(seconds=60),
        "Every how many seconds one server measures how soon a revocation would be denied everywhere; 0 for never.",
        seconds(0, 86_400),
        allowed="a number of seconds, 0 to 86400",
    )
    shadow_keys: int = setting(
        "SELLERGATE_SHADOW_KEYS",
        50_000,
        "How many different denials, in shadow and enforced each, a process gathers before it writes them down early.",
        number(1),
        allowed="a number, 1 or more",
    )
    kill_switch_file: Path | None = setting(
        "SELLERGATE_KILL_SWITCH_FILE",
        None,
        "While this file exists every gate is off.",
        Path,
        allowed="a path",
    )
