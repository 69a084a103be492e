"""Whatever happens to Redis and in whatever order: what is allowed was allowed at the last look at the feed, or since."""

import pytest
from gate_world import TTL, FakeClock, World, a_shop, authorize, put_product, put_seller
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from redis_world import lookups, tier_on

from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.redis_tier.values import encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import decide
from sellergate.ports.cache import SECOND

PRODUCTS = ("p-1", "p-2")
PROCESSES = 3

PROCESS = st.integers(0, PROCESSES - 1)
PRODUCT = st.sampled_from(PRODUCTS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("check"), PROCESS, PRODUCT),
        st.tuples(st.just("check"), PROCESS, PRODUCT),
        st.tuples(st.just("batch"), PROCESS),
        st.tuples(st.just("look"), PROCESS),
        st.tuples(st.just("move"), PRODUCT, st.sampled_from([Status.APPROVED, Status.REVOKED])),
        st.tuples(st.just("seller"), st.sampled_from([SellerStatus.ACTIVE, SellerStatus.SUSPENDED])),
        st.tuples(st.just("product"), PRODUCT, st.booleans()),
        st.tuples(st.just("flush")),
        st.tuples(st.just("plant"), PRODUCT, st.integers(0, 5)),
        st.tuples(st.just("evict"), PROCESS),
        st.tuples(st.just("time"), st.sampled_from([1, 30, TTL])),
        st.tuples(st.just("lose_puts"), st.booleans()),
    ),
    max_size=40,
)


class Lossy:
    """A tier whose puts may be lost, on the clock of whichever market it serves."""

    def __init__(self, tier):
        self.find_many = tier.find_many
        self._tier = tier
        self.loses = False

    def put_many(self, *put, **more):
        if not self.loses:
            self._tier.put_many(*put, **more)


class Market:
    """Three processes on one store and one Redis, and what the store has said at each moment."""

    def __init__(self, tier, raw):
        self.store = QuietStore()
        a_shop(self.store)
        self.tier, self.raw, self.clock = tier, raw, tier.clock
        clocks = [FakeClock() for _ in range(PROCESSES)]
        for clock in clocks:
            clock.ns = self.clock.ns
        self.worlds = [World(self.store, shared=lambda _boot: tier, clock=clock) for clock in clocks]
        self.history = {product: [self._facts(product)] for product in PRODUCTS}
        self.ended = {product: [] for product in PRODUCTS}
        self.planted_until = {}
        self.looked = [dict.fromkeys(PRODUCTS, 0) for _ in self.worlds]

    def _facts(self, product):
        return self.store.facts("anna", [product])[0]

    def look(self, process):
        self.worlds[process].follower.sync()
        self.looked[process] = {product: len(self.history[product]) - 1 for product in PRODUCTS}

    def judge(self, process, product, answer):
        since = self.history[product][self.looked[process][product] :]
        could_be = {decide(facts, 0).reason for facts in since}
        assert answer.reason in could_be, (process, product, answer.reason, self.history[product])

    def step(self, what, *rest):
        getattr(self, what)(*rest)
        for product in PRODUCTS:
            now = self._facts(product)
            if now != self.history[product][-1]:
                self.history[product].append(now)
                self.ended[product].append(self.clock.ns)

    def check(self, process, product):
        self.judge(process, product, self.worlds[process].gate.check("anna", product))

    def batch(self, process):
        answers = self.worlds[process].gate.check_many("anna", PRODUCTS)
        for product, answer in zip(PRODUCTS, answers, strict=True):
            self.judge(process, product, answer)

    def move(self, product, status):
        authorize(self.store, "anna", product, status)

    def seller(self, status):
        put_seller(self.store, "anna", status=status)

    def product(self, product, active):
        put_product(self.store, product, active=active)

    def flush(self):
        self.raw.flushdb()

    def plant(self, product, back):
        """What Redis may still have, or have again: something that was true less than a lifetime ago, as long as it is."""
        ended = self.ended[product]
        recent = sum(self.clock.ns - moment < TTL * SECOND for moment in ended)
        back = min(back, recent)
        self.raw.set(key_of("anna", product), encode("anna", product, self.history[product][-1 - back]))
        self.planted_until[product] = (ended[-back] if back else self.clock.ns) + TTL * SECOND

    def evict(self, process):
        memory = self.worlds[process].memory
        while memory.entries:
            memory._drop_oldest_seller()

    def lose_puts(self, loses):
        self.tier.loses = loses

    def time(self, seconds):
        """Passes, and every process looks at the feed. Redis forgets what has lived too long."""
        self.clock.advance(seconds)
        for process, world in enumerate(self.worlds):
            world.clock.ns = self.clock.ns
            self.look(process)
        gone = PRODUCTS if seconds == TTL else [p for p, end in self.planted_until.items() if end <= self.clock.ns]
        for product in gone:
            self.raw.delete(key_of("anna", product))


class QuietStore(MemoryStore):
    """Its processes learn of changes by looking only, as processes on different machines do."""

    def subscribe(self, listener):
        pass


@pytest.fixture(scope="module")
def lossy(any_redis_url):
    clock = FakeClock()
    with tier_on(any_redis_url, boot=lambda: clock.ns) as tier:
        lossy = Lossy(tier)
        lossy.clock = clock
        yield lossy


@examples(max_examples=150)
@given(steps=STEPS)
def test_no_answer_is_older_than_the_last_look_at_the_feed(lossy, raw_session, steps):
    raw_session.flushdb()
    lossy.loses = False
    market = Market(lossy, raw_session)
    for step in steps:
        market.step(*step)


def test_the_market_of_that_test_does_use_redis(lossy, raw_session):
    raw_session.flushdb()
    lossy.loses = False
    market = Market(lossy, raw_session)
    for step in (("check", 0, "p-1"), ("check", 1, "p-1"), ("time", TTL), ("check", 0, "p-1"), ("check", 2, "p-1")):
        market.step(*step)
    assert [lookups(world) for world in market.worlds] == [{"miss": 2}, {"hit": 1}, {"hit": 1}]

    for step in (("move", "p-1", Status.REVOKED), ("look", 1), ("plant", "p-1", 1), ("check", 1, "p-1")):
        market.step(*step)
    assert lookups(market.worlds[1]) == {"hit": 1, "miss": 1, "outdated": 1}
