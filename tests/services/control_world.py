"""A rollout under control: a store, clocks that only move when told to, and windows written as if gates had measured them."""

from datetime import timedelta

from builders import NOON
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, MILLISECOND
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.plan import Promotion, RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.cache import SECOND
from sellergate.ports.queries import PageRequest
from sellergate.services.controller import Controller
from sellergate.services.criteria import EvaluatedCriteria
from sellergate.services.judging import Judge
from sellergate.services.propagation import Propagation
from sellergate.services.rollouts import RolloutService
from sellergate.services.series import Series
from sellergate.services.soundings import Soundings
from sellergate.services.stored_windows import WRITTEN_WITHIN, StoredWindows
from sellergate.services.watching import Watchman

PAGE = PageRequest(100)
OPERATOR = Actor("operator-1", Role.OPERATOR)
REASON = "It is time for this."
PASSED = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True)
MISSED = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, False)
FAILED = Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, False)
FAST = EDGES.index(1 * MILLISECOND)
SLOW = next(place for place, edge in enumerate(EDGES) if edge > 12 * MILLISECOND)
AUTOMATIC = {"promotion": Promotion.AUTOMATIC, "minimum_checks": 1_000}

PLAN = RolloutPlan(
    name="Short",
    zone="UTC",
    persist=timedelta(seconds=30),
    steps=(
        Step(name="shadow", kind=Phase.SHADOW, **AUTOMATIC),
        Step(name="half", kind=Phase.PERCENTAGE, percentage=50, minimum_duration=timedelta(minutes=1), **AUTOMATIC),
        Step(name="full", kind=Phase.FULL, percentage=100, minimum_checks=1_000),
    ),
)


def a_window(start, checks=500, errors=0, slow=0, misses=0, pool_in_use=0.2):
    found = ((PASSED, checks - errors - misses), (FAILED, errors), (MISSED, misses))
    counts = {key: times for key, times in found if times}
    latencies = {place: times for place, times in ((FAST, checks - slow), (SLOW, slow)) if times}
    return Measurement(start=start, counts=counts, latencies=latencies, pool_in_use=pool_in_use)


class Fleet:
    """One store and its clocks; `process` is one of the processes that would control it."""

    def __init__(self, store, plan=PLAN):
        self.store = store
        self.plan = plan
        self.time = NOON
        self.index_problems = []
        self.operator = self.process("operator's").rollouts

    def now(self):
        return self.time

    def boot(self):
        return round((self.time - NOON).total_seconds() * SECOND)

    def process(self, id):
        return Process(self, id)

    def wait(self, seconds):
        self.time += timedelta(seconds=seconds)

    def measured(self, **of_window):
        """What the gates count in the next ten seconds."""
        with self.store.work() as work:
            work.windows.put("gate-1", [a_window(self.time, **of_window)])
        self.wait(10)

    def silent(self):
        """The next ten seconds, in which processes report and nothing is checked."""
        self.measured(checks=0)

    def state(self):
        return self.operator.current()

    def history(self):
        with self.store.view() as view:
            return view.rollouts.history(PAGE).items

    def verdicts(self):
        with self.store.view() as view:
            return view.verdicts.list(PAGE).items

    def at(self, step, **facts):
        """Go to a step as an operator who overrides whatever stands in the way."""
        while self.state().step != step:
            self.operator.promote(OPERATOR, REASON, override=True, **facts)
        return self.state()


class Process:
    """Everything one process brings along to control the rollout."""

    def __init__(self, fleet, id):
        store, plan, now = fleet.store, fleet.plan, fleet.now
        self.judge = Judge(store, Series(StoredWindows(store), late=WRITTEN_WITHIN), plan, now=now)
        soundings = Soundings(store, index_problems=lambda: fleet.index_problems)
        self.criteria = EvaluatedCriteria(store, self.judge, plan, soundings, now=now)
        self.rollouts = RolloutService(
            store,
            Propagation(store, own_process_id=None, now=now),
            plan=plan,
            criteria=self.criteria,
            environment=RolloutState(phase=Phase.OFF),
            pinned=None,
            now=now,
        )
        self.watchman = Watchman(store, process_id=id, boot=fleet.boot, now=now)
        self.controller = Controller(store, self.watchman, self.judge, self.rollouts, plan, now=now)

    def tick(self):
        move = self.controller.tick()
        assert not self.controller.failing
        return move
