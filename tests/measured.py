"""Windows for tests, and a store that can be taken away."""

from builders import NOON
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.measurements import Counted, Measurement

HIT = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True)
FAILED = Counted(Stage.ORDER, Mode.ENFORCED, Reason.CHECK_FAILED, False)
STRICT = Counted(Stage.SETTLEMENT, Mode.SHADOW, Reason.REVOKED, None)
BYPASSED = Counted(Stage.CART, Mode.BYPASSED, Reason.BYPASSED, None)


def a_window(start=NOON, hits=1, *, seconds=10, **facts):
    counts = {HIT: hits} if hits else {}
    return Measurement(start=start, seconds=seconds, counts=counts, latencies={7: hits} if hits else {}, **facts)


def everything(measurements):
    """All of it added up: counts, latencies, shared hits."""
    counts, latencies, shared = {}, {}, 0
    for each in measurements:
        for mine, theirs in ((counts, each.counts), (latencies, each.latencies)):
            for key, times in theirs.items():
                mine[key] = mine.get(key, 0) + times
        shared += each.shared_hits
    return counts, latencies, shared


class Interrupted:
    """A store that can be down."""

    def __init__(self, store):
        self._store = store
        self.down = False

    def work(self):
        return self._reachable().work()

    def view(self):
        return self._reachable().view()

    def _reachable(self):
        if self.down:
            raise StoreUnavailable
        return self._store
