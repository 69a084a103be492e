"""A gate with a memory says what the store says, after any sequence of verbs."""

from datetime import timedelta

from gate_world import World, authorize, put_product, put_seller
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sellergate.adapters.memory import MemoryStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import decide

SELLERS = st.sampled_from(["anna", "ben"])
PRODUCTS = st.sampled_from(["p-1", "p-2", "p-3"])
RECORDED = st.sampled_from([status for status in Status if status is not Status.NONE])


class CachedAgainstStore(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        store = MemoryStore()
        for seller in ("anna", "ben"):
            put_seller(store, seller)
        for product in ("p-1", "p-2"):
            put_product(store, product)
        self.world = World(store, most_entries=4)

    @rule(seller=SELLERS, product=PRODUCTS, status=RECORDED, lives=st.none() | st.integers(-5, 90))
    def move(self, seller, product, status, lives):
        if product == "p-3":
            put_product(self.world.store, product)
        end = None if lives is None else self.world.clock.now() + timedelta(seconds=lives)
        authorize(self.world.store, seller, product, status, expires_at=end)

    @rule(seller=SELLERS, status=st.sampled_from(SellerStatus), supplier=st.sampled_from([None, "acme", "zeta"]))
    def change_seller(self, seller, status, supplier):
        put_seller(self.world.store, seller, status=status, supplier_id=supplier)

    @rule(product=PRODUCTS, active=st.booleans(), supplier=st.sampled_from([None, "acme", "zeta"]))
    def change_product(self, product, active, supplier):
        put_product(self.world.store, product, active=active, supplier_id=supplier)

    @rule(seconds=st.sampled_from([0.001, 1, 1.999, 2, 30, 61]))
    def wait(self, seconds):
        self.world.clock.advance(seconds)

    @rule()
    def look_at_the_feed(self):
        self.world.follower.sync()

    @rule(seller=SELLERS)
    def warm_up(self, seller):
        self.world.gate.check_many(seller, ["p-1", "p-2", "p-3"])

    @invariant()
    def both_agree(self):
        for seller in ("anna", "ben", "zoe"):
            for product in ("p-1", "p-2", "p-3"):
                truth = decide(self.world.store.facts(seller, [product])[0], self.world.clock.wall())
                for _ in range(2):
                    answer = self.world.gate.check(seller, product)
                    assert (answer.allowed, answer.reason, answer.status) == (truth.allowed, truth.reason, truth.status)


CachedAgainstStore.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestCachedAgainstStore = CachedAgainstStore.TestCase
