"""The rollout plan: which steps there are, what has to hold before the next one, and what a breach does. Data, not code."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from sellergate.domain.communication import Alert, Announcement, Checklist
from sellergate.domain.criteria import Check, Criterion
from sellergate.domain.rollout import Phase, RolloutState, Unselected
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.windows import ChangeWindow

DEFAULT_THRESHOLDS: Final = (
    Threshold(metric=Metric.LATENCY, investigate=0.005, roll_back=0.010),
    Threshold(metric=Metric.ERRORS, investigate=0.005, roll_back=0.01),
    Threshold(metric=Metric.CACHE_HITS, investigate=0.70),
    Threshold(metric=Metric.POOL, investigate=0.80),
    Threshold(metric=Metric.INBOX, investigate=100, alert=500),
)
"""The seed's bands, for what a plan says nothing about."""


class Breach(StrEnum):
    """What a lasting verdict to roll back does by itself."""

    ROLLBACK = "rollback"
    HOLD = "hold"
    NOTIFY = "notify"


class Promotion(StrEnum):
    """Who goes to the next step once nothing stands in the way."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Level(NamedTuple):
    """How far enforcement reaches; levels can be compared."""

    phase: int
    percentage: int

    @classmethod
    def of(cls, phase: Phase, percentage: int) -> "Level":
        """The level of a phase, with its share where it has one."""
        return cls(list(Phase).index(phase), percentage if phase is Phase.PERCENTAGE else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySelection:
    """Which products a canary enforces: those listed here, which join the list there is; and what a suggestion looks for.

    `share` is of all products; `daily_views` the lowest and the highest number of views a day.
    """

    share: float = 0.10
    products: tuple[str, ...] = ()
    daily_views: tuple[int, int] = (100, 500)
    test_or_partner_suppliers: bool = True
    top_sellers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTest:
    """What a load test has to stand: `clients` at once, `rate` requests a minute for `duration`.

    95 % of the answers take less than `latency_p95` seconds, and no more than the share `error_rate` fails.
    """

    clients: int = 1_000
    rate: int = 10_000
    duration: timedelta = timedelta(minutes=10)
    latency_p95: float = 0.005
    error_rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the plan.

    It may be begun while one of its `windows` is open, once its `entry` criteria are met; and left for the next one once its
    `criteria` are met and `minimum_duration` has passed. `expected_duration` is how long it should last at most, None where
    it stays. `endpoints` says whether sellers and suppliers are let in, whatever the kind. `thresholds` are complete, in the
    order of the metrics. `watch` is how long somebody keeps their eyes on it after it began.
    """

    name: str
    kind: Phase
    title: str = ""
    goal: str = ""
    percentage: int = 0
    canary: CanarySelection | None = None
    endpoints: bool = True
    unselected: Unselected = Unselected.SHADOW
    minimum_duration: timedelta = timedelta(0)
    expected_duration: timedelta | None = None
    minimum_checks: int = 0
    watch: timedelta = timedelta(0)
    promotion: Promotion = Promotion.MANUAL
    breach: Breach = Breach.ROLLBACK
    windows: tuple[ChangeWindow, ...] = ()
    thresholds: tuple[Threshold, ...] = DEFAULT_THRESHOLDS
    entry: tuple[Criterion, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def level(self) -> Level:
        """How far the step reaches."""
        return Level.of(self.kind, self.percentage)

    @property
    def listed_products(self) -> frozenset[str]:
        """The canary products that the plan itself names."""
        return frozenset(self.canary.products if self.canary else ())

    def threshold(self, metric: Metric) -> Threshold:
        """The bands of this metric in this step."""
        return next(threshold for threshold in self.thresholds if threshold.metric is metric)

    @property
    def exit_criteria(self) -> tuple[Criterion, ...]:
        """Its criteria, with the number of checks it asks for."""
        if not self.minimum_checks:
            return self.criteria
        text = f"At least {self.minimum_checks:,} checks were evaluated"
        return (*self.criteria, Criterion(name=minimum_checks_of(self.name), text=text, check=Check.MINIMUM_CHECKS))


def minimum_checks_of(step: str) -> str:
    """The name of the criterion that a step has because it asks for a number of checks."""
    return f"{step}-minimum-checks"


@dataclass(frozen=True, kw_only=True)
class RolloutPlan:
    """The whole plan. Its steps go from less to more and end with everything enforced.

    `persist` is how long a verdict must last before anything acts on it; `bake` how long the rollback stays armed after the
    last step began. `reductions` are the shares of a gradual rollback, each watched for `observation`; `rollback_within` is
    the time a rollback may take.
    """

    name: str
    zone: str
    steps: tuple[Step, ...]
    persist: timedelta = timedelta(seconds=30)
    bake: timedelta = timedelta(days=7)
    reductions: tuple[int, ...] = (50, 10)
    observation: timedelta = timedelta(hours=24)
    rollback_within: timedelta = timedelta(minutes=5)
    load_test: LoadTest = LoadTest()
    announcements: tuple[Announcement, ...] = ()
    alerts: tuple[Alert, ...] = ()
    afterwards: tuple[Checklist, ...] = ()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.name: place for place, step in enumerate(self.steps)}

    @property
    def canary(self) -> CanarySelection:
        """What a suggestion of canary products looks for: what the first canary step says, or the seed."""
        return next((step.canary for step in self.steps if step.canary is not None), CanarySelection())

    def step(self, name: str) -> Step:
        """The step of this name. Raises KeyError."""
        return self.steps[self._places[name]]

    def place_of(self, state: RolloutState) -> int:
        """Where the state stands among the steps: the place of its step, of the last one it is beyond, or -1 before all.

        A state without a step's name, from the environment for instance, stands at the first step that is like it.
        """
        named = self._place_by_name(state)
        if named is not None:
            return named
        level = Level.of(state.phase, state.percentage)
        alike = [place for place, step in enumerate(self.steps) if step.level == level]
        if alike:
            return next((place for place in alike if _is_like(self.steps[place], state)), alike[0])
        return sum(step.level < level for step in self.steps) - 1

    def _place_by_name(self, state: RolloutState) -> int | None:
        place = None if state.step is None else self._places.get(state.step)
        if place is None or self.steps[place].level != Level.of(state.phase, state.percentage):
            return None  # the plan has changed since
        return place

    def step_of(self, state: RolloutState) -> Step | None:
        """The step the state is in, or None between two of them."""
        place = self.place_of(state)
        if place < 0 or self.steps[place].level != Level.of(state.phase, state.percentage):
            return None
        return self.steps[place]

    def next_step(self, state: RolloutState) -> Step | None:
        """The step that a promotion leads to; None when there is none left."""
        place = self.place_of(state) + 1
        return self.steps[place] if place < len(self.steps) else None

    def reduction_below(self, percentage: int) -> int:
        """The share that a gradual rollback goes to from this one; 0 is off."""
        return next((share for share in self.reductions if share < percentage), 0)

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion, step by step, those for entering a step before those for leaving it."""
        for step in self.steps:
            yield from step.entry
            yield from step.exit_criteria


def _is_like(step: Step, state: RolloutState) -> bool:
    return step.endpoints == state.endpoints_open and step.listed_products <= state.canary_products


def with_overrides(thresholds: Iterable[Threshold], overrides: Iterable[Threshold]) -> tuple[Threshold, ...]:
    """The bands with those of some metrics replaced, in the order of the metrics."""
    by_metric = {threshold.metric: threshold for threshold in (*thresholds, *overrides)}
    return tuple(by_metric[metric] for metric in Metric if metric in by_metric)
