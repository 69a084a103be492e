"""Page's test: whether a share has gone up, asked again with every batch and never answered by chance too often.

A raw ratio is no judge: of three checks one error is 33 %, and whoever looks at a ratio every ten seconds for a week will
see it on the wrong side of any limit. Page's CUSUM (E. S. Page, Continuous Inspection Schemes, Biometrika 41, 1954) adds up
what each check says for a bad share against a good one (the logarithm of the likelihood ratio), never below zero, and
speaks at a threshold. How often it speaks wrongly is known beforehand: while the share is `good`, the checks between two
false alarms are on average

    (e^h - h - 1) / D,     D = good ln(good/bad) + (1 - good) ln((1 - good)/(1 - bad))

(Wald's identity over the cycles between two zeros; D. Siegmund, Sequential Analysis, 1985, chapter II.6), with h the
threshold and D what one good check says on average. The formula leaves out by how much the threshold is overshot, and
windows are looked at only at their end: both make false alarms rarer than it says, never more frequent. See
docs/explanation/verdict.md for the numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, log
from typing import Final

CHECKS_BETWEEN_FALSE_ALARMS: Final = 1_000 * 24 * 60 * 10_000
"""The budget: at 10,000 checks a minute one false alarm in 1,000 days of a phase."""
RECOVERY: Final = 5.0
"""How far the statistic must fall from its ceiling for an alarm to end. It is Page's test the other way round: while the share
is bad, an alarm ends wrongly about once in e^5 / D' checks; see docs/decisions/0019-how-a-verdict-is-reached.md."""
LANES: Final = 4
"""How many copies, restarted in turn, a test with a memory consists of: at least 3/4 of the memory is always at hand."""
LEAST_RATIO: Final = 1.2
"""What is bad is at least this many times what is good: to tell 5 % from 5.1 % takes days."""
FAST_RATIO: Final = 10.0
FAST_SHARE: Final = 0.5
"""The fast test looks for ten times what is good, but for no more than this: half of all checks is a disaster of any kind."""
LOWEST: Final = 1e-6
HIGHEST: Final = 0.999


def information(true: float, other: float) -> float:
    """What one check says on average for `true` against `other` while `true` is the case (Kullback-Leibler), in nats."""
    return true * log(true / other) + (1 - true) * log((1 - true) / (1 - other))


def threshold_for(good: float, bad: float, checks_between_false_alarms: float = CHECKS_BETWEEN_FALSE_ALARMS) -> float:
    """The h of which (e^h - h - 1) / D is the budget, by repeated substitution."""
    scaled, h = checks_between_false_alarms * information(good, bad), 1.0
    for _ in range(50):
        h = log(scaled + h + 1)
    return h


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialTest:
    """Whether a share is `bad` rather than `good`.

    `memory` is the number of checks an alarm may rest on, None for any. It keeps a share that lies between good and bad, and
    for which evidence gathers slowly, from raising an alarm that is meant for bad ones.
    """

    name: str
    good: float
    bad: float
    memory: int | None = None
    for_bad: float = field(init=False)
    for_good: float = field(init=False)
    threshold: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "for_bad", log(self.bad / self.good))
        object.__setattr__(self, "for_good", log((1 - self.good) / (1 - self.bad)))
        object.__setattr__(self, "threshold", threshold_for(self.good, self.bad))

    @property
    def release(self) -> float:
        """At or below this an alarm ends."""
        return self.threshold - RECOVERY


def slow_and_fast(investigate: float, roll_back: float) -> tuple[SequentialTest, SequentialTest]:
    """The slow and the fast test of a share with these limits.

    The slow one tells the roll-back limit from the limit of what is good, or from half the roll-back limit where that is
    nearer; where both limits are one, from 1.2 times it. It remembers twice the checks it needs on average for that. The
    fast one looks for ten times what is good, so that a disaster is seen after a handful of checks.
    """
    good = min(max(investigate, roll_back / 2, LOWEST), 0.99)
    bad = min(max(roll_back, _beyond(good, LEAST_RATIO)), HIGHEST)
    disaster = max(min(good * FAST_RATIO, FAST_SHARE), _beyond(bad, LEAST_RATIO))
    memory = round(2 * threshold_for(good, bad) / information(bad, good)) if good < roll_back else None
    return (
        SequentialTest(name="slow", good=good, bad=bad, memory=memory),
        SequentialTest(name="fast", good=good, bad=disaster),
    )


def _beyond(share: float, ratio: float) -> float:
    """So many times the share, but at most half way to everything."""
    return min(share * ratio, (1 + share) / 2)


@dataclass(slots=True)
class _Lane:
    offset: int
    value: float = 0.0
    onset: int = 0


class Page:
    """One test on its way through batches of checks.

    The statistic has a ceiling, its threshold: a batch in which everything failed is forgotten as fast as one that was just
    bad enough. An alarm begins at the threshold and ends RECOVERY below it. More bad checks never make it end sooner.
    """

    def __init__(self, test: SequentialTest) -> None:
        self.test = test
        self._lanes = [_Lane(test.memory * lane // LANES) for lane in range(LANES)] if test.memory else [_Lane(0)]
        self._seen = 0
        self._held = -inf
        self.onset: int | None = None

    @property
    def alarmed(self) -> bool:
        """Whether the share is to be taken for bad."""
        return self._held > -inf

    @property
    def statistic(self) -> float:
        """What there is for bad against good, in nats, at most the threshold."""
        return max(self._held, *(lane.value for lane in self._lanes), 0.0)

    def take(self, place: int, checks: int, bad: int) -> None:
        """Go on with a batch. `place` is what the caller calls it by: `onset` is that of the batch an alarm rests on first."""
        if checks <= 0:
            return
        test, weight = self.test, checks
        evidence = bad * test.for_bad - (checks - bad) * test.for_good
        if test.memory and checks > test.memory:
            evidence, weight = evidence * (test.memory / checks), test.memory
        before, self._seen = self._seen, self._seen + weight
        strongest = self._lanes[0]
        for lane in self._lanes:
            if test.memory and (before + lane.offset) // test.memory < (self._seen + lane.offset) // test.memory:
                lane.value = 0.0
            if lane.value <= 0:
                lane.onset = place
            lane.value = min(test.threshold, max(0.0, lane.value + evidence))
            if lane.value > strongest.value:
                strongest = lane
        self._hold(evidence, strongest)

    def _hold(self, evidence: float, strongest: _Lane) -> None:
        if strongest.value >= self.test.threshold:
            self.onset = strongest.onset if self.onset is None else self.onset
            self._held = self.test.threshold
        elif self.onset is not None:
            self._held = min(self.test.threshold, self._held + evidence)
            if self._held <= self.test.release:
                self._held, self.onset = -inf, None


def after(test: SequentialTest, batches: Iterable[tuple[int, int]]) -> Page:
    """The test after these batches of (checks, bad checks), in time order."""
    page = Page(test)
    for place, (checks, bad) in enumerate(batches):
        page.take(place, checks, bad)
    return page
