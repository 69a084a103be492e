"""How long a cached answer should live, from what was measured of how it is used.

An answer that has run out stays where it was, so whoever asks for it again shows how long it would have had to live: its age
then. A life of `t` instead of that age `a` makes one miss of each `t` where there was one of each `a`, so it saves the share
1 - a/t of such misses, whether the pair is asked for all the time or now and then.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import Final

AGE_EDGES: Final = tuple(sorted({ceil(2 ** (quarter / 4)) for quarter in range(4 * 17 + 1)}))
"""Ages in seconds, a fifth apart, from a second to a day and a half: a bin holds the ages up to its edge, the last all beyond."""
LIVES: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 900, 1_800, 3_600))
"""What may be advised. An hour is the longest: what the feed announces is remembered as long, see docs/explanation/freshness."""
SHORTEST_SHARE: Final = 0.9
"""Lives are shortened at random by up to a tenth."""
CHECKS_NEEDED: Final = 1_000
WORTH_IT: Final = 0.01
"""A longer life is advised when it would answer at least this share of checks more from memory."""
MOST_OF_IT: Final = 0.9
"""Of lives that are worth it, the shortest that gains this share of what the best one gains."""


class Advice(StrEnum):
    """What to do about the life of cached answers."""

    LONGER = "longer"
    KEEP = "keep"
    NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """Checks that memory was asked for and answered (`hits`) or not; `again` are misses by a bin of `AGE_EDGES`: of answers that
    were remembered and had run out, by their age when they were asked for again.
    """

    hits: int = 0
    misses: int = 0
    again: Mapping[int, int] = field(default_factory=dict)

    @property
    def checks(self) -> int:
        """Checks that memory was asked for."""
        return self.hits + self.misses

    @property
    def hit_rate(self) -> float | None:
        """The share of them that it answered; None without any."""
        return self.hits / self.checks if self.checks else None

    @property
    def run_out(self) -> int:
        """Misses for no other reason than that the answer had run out."""
        return sum(self.again.values())

    def saved_by(self, now: timedelta, life: timedelta) -> float:
        """How many misses at least would have been hits if answers lived so long instead of as long as `now`."""
        lasts = SHORTEST_SHARE * life.total_seconds()
        ages = ((_age_of(place), times) for place, times in self.again.items())
        return sum(
            times * (1 - age / lasts) for age, times in ages if now.total_seconds() * SHORTEST_SHARE <= age < lasts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheAdvice:
    """What to do, about which life, and what it was judged by. `gain` is the share of checks answered from memory besides."""

    advice: Advice
    now: timedelta
    life: timedelta
    reuse: Reuse
    gain: float = 0.0

    @property
    def sentence(self) -> str:
        """The advice with its reason, in one sentence."""
        checks, rate = self.reuse.checks, self.reuse.hit_rate
        if self.advice is Advice.NOT_ENOUGH_DATA or rate is None:
            return f"Not enough data: memory was asked for {checks:,} checks, and {CHECKS_NEEDED:,} are needed."
        known = f"{rate:.1%} of {checks:,} checks were answered from memory"
        out = f"{self.reuse.run_out:,} of {self.reuse.misses:,} misses were answers that had run out"
        if self.advice is Advice.LONGER:
            would = f"with {_seconds(self.life)} at least {rate + self.gain:.1%} would have been"
            return f"Let answers live {_seconds(self.life)} instead of {_seconds(self.now)}: {known}, {would}; {out}."
        return f"Keep {_seconds(self.now)}: {known}; {out}, and no life up to an hour would answer {WORTH_IT:.0%} of checks more."


def age_bin(seconds: float) -> int:
    """The bin of `AGE_EDGES` that an age belongs to."""
    return bisect_left(AGE_EDGES, seconds)


def advise(now: timedelta, reuse: Reuse) -> CacheAdvice:
    """What the uses of answers that live as long as `now` say about how long they should live.

    A shorter life is never advised: it does not make answers fresher, which the change feed sees to, it only makes misses.
    """
    if reuse.checks < CHECKS_NEEDED:
        return CacheAdvice(advice=Advice.NOT_ENOUGH_DATA, now=now, life=now, reuse=reuse)
    gains = {life: reuse.saved_by(now, life) / reuse.checks for life in LIVES if life > now}
    best = max(gains.values(), default=0.0)
    if best < WORTH_IT:
        return CacheAdvice(advice=Advice.KEEP, now=now, life=now, reuse=reuse)
    life = next(life for life in LIVES if gains.get(life, 0.0) >= MOST_OF_IT * best)
    return CacheAdvice(advice=Advice.LONGER, now=now, life=life, reuse=reuse, gain=gains[life])


def _age_of(place: int) -> float:
    """The oldest age of a bin; the last bin has none that a life could reach."""
    return AGE_EDGES[place] if place < len(AGE_EDGES) else float("inf")


def _seconds(life: timedelta) -> str:
    return f"{life.total_seconds():g} s"
