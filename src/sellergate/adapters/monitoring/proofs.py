"""Series by which a rule is shown to fire when it must and to be silent otherwise, in promtool's notation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
CALM: Final = 5
"""Samples before the first bad one, beyond those the expression looks back."""

Stretch = tuple[float | None, int]
"""A value, or a growth from one sample to the next, and for how many samples; None for a series that is gone."""
Values = Mapping[str, Sequence[float | None]]
"""Series, each by its value in one stretch after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a rule is given, and the samples at which it is firing, at which it is waiting, and at which it must do neither.

    `every` is how many minutes lie between two samples; `labels` are those the firing alert has beyond the rule's own.
    """

    story: str
    series: Mapping[str, str]
    firing: tuple[int, ...] = ()
    pending: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    every: int = 1


@dataclass(frozen=True, slots=True)
class Course:
    """Good, bad, and good again: when a rule that looks back `window` samples and waits `lasting` of them has to speak."""

    lasting: int
    window: int = 0
    every: int = 1

    @property
    def calm(self) -> int:
        """The place of the first bad sample."""
        return self.window + CALM

    @property
    def bad(self) -> int:
        """How many samples are bad."""
        return self.window + self.lasting + CALM

    @property
    def over(self) -> int:
        """How many are good afterwards."""
        return self.window + CALM

    def proof(self, story: str, series: Values, *, counts: bool, **labels: str) -> Proof:
        """Series by their values in the three stretches: `counts` for counters, by their growth from one sample to the next."""
        lengths = (self.calm, self.bad, self.over)
        return Proof(
            story=story,
            series=_written(series, lengths, counts=counts),
            silent=(self.calm - 1, sum(lengths) - 1),
            pending=(self.calm + self.lasting - 1,) if self.lasting and not self.window else (),
            firing=(self.calm + self.bad - 1,),
            labels=labels,
            every=self.every,
        )

    def quiet(self, story: str, series: Values, *, counts: bool) -> Proof:
        """Series that stay at one value: nothing must be heard."""
        length = self.calm + self.bad
        written = _written(series, (length,), counts=counts)
        return Proof(story=story, series=written, silent=(self.calm, length - 1), every=self.every)


def _written(series: Values, lengths: Sequence[int], *, counts: bool) -> dict[str, str]:
    write = counted if counts else held
    return {name: write(*zip(values, lengths, strict=True)) for name, values in series.items()}


def with_gauges(proof: Proof, gauges: Mapping[str, float]) -> Proof:
    """The same with gauges that stay as they are for as long as anything is looked at."""
    length = max((*proof.firing, *proof.pending, *proof.silent)) + 1
    return replace(proof, series={**proof.series, **{name: held((value, length)) for name, value in gauges.items()}})


def minutes(span: timedelta) -> int:
    """Whole minutes, no fewer than the time has."""
    return math.ceil(span / MINUTE)


def held(*stretches: Stretch) -> str:
    """A gauge that stays at a value for some samples, and then at another."""
    return " ".join(
        f"stale _x{length - 1}" if value is None else f"{number(value)}x{length - 1}" for value, length in stretches
    )


def counted(*stretches: Stretch) -> str:
    """A counter that grows by so much for some samples, and then by another amount."""
    parts, total = [], 0.0
    for growth, length in stretches:
        step = growth or 0
        parts.append(f"{number(total + step)}+{number(step)}x{length - 1}")
        total += step * length
    return " ".join(parts)


def number(value: float) -> str:
    """As short as it can be written."""
    return f"{value:.10g}"
