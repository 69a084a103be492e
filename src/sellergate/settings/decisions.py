"""The log of every check and its answer."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sellergate.settings.declaring import setting
from sellergate.settings.parsers import number, percent, seconds

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass(frozen=True, kw_only=True)
class DecisionLogSettings:
    """Whether checks are logged, of how many pairs, and how much of it is kept."""

    folder: Path | None = setting(
        "SELLERGATE_DECISION_LOG",
        None,
        "A folder for the log of checks and their answers, as NDJSON. Without it there is none.",
        Path,
        allowed="a folder",
    )
    percent: float = setting(
        "SELLERGATE_DECISION_LOG_PERCENT",
        100.0,
        "The share of pairs (a seller and a product) that is logged; of a pair all checks or none, always the same pairs.",
        percent,
        allowed="a number above 0, up to 100",
    )
    file_bytes: int = setting(
        "SELLERGATE_DECISION_LOG_FILE_BYTES",
        64 * MEBIBYTE,
        "How large a file may become before the next one begins.",
        number(64 * KIBIBYTE),
        allowed="a number of bytes, 65536 or more",
    )
    file_time: timedelta = setting(
        "SELLERGATE_DECISION_LOG_FILE_SECONDS",
        timedelta(hours=1),
        "How old a file may become before the next one begins, in seconds.",
        seconds(1),
        allowed="a number of seconds, 1 or more",
    )
    kept: timedelta = setting(
        "SELLERGATE_DECISION_LOG_KEPT_SECONDS",
        timedelta(days=30),
        "How long files are kept after they were last written to, in seconds.",
        seconds(60),
        allowed="a number of seconds, 60 or more",
    )
    most_waiting: int = setting(
        "SELLERGATE_DECISION_LOG_BUFFER",
        100_000,
        "How many answers of a process may wait to be written; more are dropped and counted.",
        number(1_000, 10_000_000),
        allowed="a number from 1000 to 10000000",
    )
