"""What is judged, by what, and what came of it: the values around the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from sellergate.domain.measurements import Measurement
from sellergate.domain.thresholds import Metric, Threshold


class Verdict(IntEnum):
    """What the measurements say, the worst last: of several opinions the greatest holds."""

    CONTINUE = 0
    NOT_ENOUGH_DATA = 1
    INVESTIGATE = 2
    ROLL_BACK = 3


class State(StrEnum):
    """What is known of one metric. Only what was measured can be good."""

    MEASURED = "measured"
    NOT_ENOUGH_DATA = "not_enough_data"
    NO_TRAFFIC = "no_traffic"
    """Processes report, and nothing was checked: not 0 %."""
    UNREADABLE = "unreadable"
    """The source could not be read, or no process has reported lately: not 0 % either."""


class Band(StrEnum):
    """Between which limits of its threshold a value lies, whatever is concluded from it."""

    GOOD = "good"
    INVESTIGATE = "investigate"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A source that could not be read, and why, in words that end a sentence."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a phase is judged by.

    `minimum_checks` must have been evaluated in the phase before anything is called good. Estimates are made over the last
    `window`, longer where there were too few checks in it.
    """

    thresholds: Sequence[Threshold]
    minimum_checks: int
    window: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was read: the windows since the phase began, hours, minutes or ten seconds long, and the fullest inbox.

    Windows of one length and start, of several processes, are added up; otherwise they must not overlap. `inbox` is None
    where nobody looked.
    """

    windows: Sequence[Measurement] | Unreadable
    inbox: int | Unreadable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a sequential test has come: an alarm begins at `threshold` and ends at `release`."""

    name: str
    good: float
    bad: float
    statistic: float
    threshold: float
    release: float
    alarmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one metric says.

    `value`, `low` and `high` (95 % certain) are in the metric's unit; None is "not known", for `high` also "not bounded".
    `sample` is what the value was made of, seen from `since` to `until`. `alert` is whether people are to be told.
    `measured`, `certainty` and `conclusion` are the parts of its sentence.
    """

    threshold: Threshold
    verdict: Verdict
    state: State
    measured: str
    conclusion: str
    certainty: str | None = None
    value: float | None = None
    band: Band | None = None
    low: float | None = None
    high: float | None = None
    sample: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    alert: bool = False
    tests: tuple[Course, ...] = ()

    @property
    def metric(self) -> Metric:
        """What was judged."""
        return self.threshold.metric

    @property
    def sentence(self) -> str:
        """What was measured and what follows from it, with both numbers, for people."""
        certainty = f" ({self.certainty})" if self.certainty else ""
        return f"{self.measured}{certainty}: {self.conclusion}."

    @property
    def headline(self) -> str:
        """The same without how certain it is, for those who have two seconds."""
        return f"{self.measured}: {self.conclusion}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict of a moment, in one sentence, and what each metric says. `checks` is what was evaluated in the phase."""

    verdict: Verdict
    sentence: str
    metrics: tuple[Opinion, ...]
    at: datetime
    checks: int
    minimum_checks: int

    @property
    def alerts(self) -> tuple[Opinion, ...]:
        """What people are to be told, whatever the phase does."""
        return tuple(opinion for opinion in self.metrics if opinion.alert)
