"""What was counted in a window as one short text: JSON with what is zero left out, and the version it is written in.

Bins are numbered by `domain.histogram.EDGES`, those of `r` by `domain.cache_advice.AGE_EDGES`: whoever changes the edges adds a
version, and reads the old one by the old edges. A program that does not know `r` yet passes it over.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.measurements import Counted, Measurement

VERSION: Final = 1

_CACHE: Final = {True: "hit", False: "miss", None: ""}
_CACHE_HITS: Final = {word: cache_hit for cache_hit, word in _CACHE.items()}


def encode(measurement: Measurement) -> str:
    """The counts of a window; its start and its length are not in it."""
    parts = {
        "v": VERSION,
        "n": measurement.processes,
        "c": {_key_of(counted): times for counted, times in measurement.counts.items() if times},
        "l": {str(place): times for place, times in measurement.latencies.items() if times},
        "s": measurement.shared_hits,
        "r": {str(place): times for place, times in measurement.again.items() if times},
        "p": measurement.pool_in_use,
    }
    return json.dumps(
        {name: part for name, part in parts.items() if part or (name == "p" and part is not None)},
        separators=(",", ":"),
    )


def decode(text: str, start: datetime, seconds: int) -> Measurement:
    """The window that was encoded. Raises ValueError for a version of a newer program."""
    parts: Mapping[str, Any] = json.loads(text)
    if parts["v"] != VERSION:
        raise ValueError(f"A measurement is in version {parts['v']}, which this program does not know.")
    return Measurement(
        start=start,
        seconds=seconds,
        processes=parts.get("n", 0),
        counts={_counted(key): times for key, times in parts.get("c", {}).items()},
        latencies={int(place): times for place, times in parts.get("l", {}).items()},
        shared_hits=parts.get("s", 0),
        again={int(place): times for place, times in parts.get("r", {}).items()},
        pool_in_use=parts.get("p"),
    )


@cache
def _key_of(counted: Counted) -> str:
    return " ".join((counted.stage, counted.mode, counted.reason, _CACHE[counted.cache_hit])).rstrip()


@cache
def _counted(key: str) -> Counted:
    stage, mode, reason, *cache_word = key.split(" ")
    return Counted(Stage(stage), Mode(mode), Reason(reason), _CACHE_HITS[cache_word[0] if cache_word else ""])
