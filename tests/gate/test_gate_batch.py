"""Many checks in one: the same answers, in order, with one question to the store."""

from gate_world import World, a_shop
from hypothesis import given
from hypothesis import strategies as st

from sellergate.adapters.memory import MemoryStore
from sellergate.domain.rollout import Phase, RolloutState, Unselected

PRODUCTS = [f"p-{number}" for number in range(1, 8)]
STATES = [
    RolloutState(phase=Phase.FULL, percentage=100),
    RolloutState(phase=Phase.SHADOW),
    RolloutState(phase=Phase.OFF),
    RolloutState(phase=Phase.CANARY, canary_products=frozenset({"p-1", "p-3", "p-7"})),
    RolloutState(phase=Phase.PERCENTAGE, percentage=50, unselected=Unselected.SHADOW),
]


@given(
    asked=st.lists(st.sampled_from(PRODUCTS), max_size=20),
    known=st.lists(st.sampled_from(PRODUCTS), max_size=5),
    seller=st.sampled_from(["anna", "ben"]),
    state=st.sampled_from(STATES),
    consistency=st.sampled_from([None, "strict", "cached"]),
)
def test_a_batch_never_mixes_up_two_checks(asked, known, seller, state, consistency):
    world = World(a_shop(MemoryStore()), rollout=state)
    one_by_one = World(world.store, rollout=state)
    for product in known:
        world.gate.check(seller, product)
        one_by_one.gate.check(seller, product)
    expected = {product: one_by_one.gate.check(seller, product, consistency=consistency) for product in set(asked)}
    world.reader.calls.clear()

    answers = world.gate.check_many(seller, asked, consistency=consistency)

    assert answers == [expected[product] for product in asked]
    assert len(world.reader.calls) <= 1


def test_all_misses_are_one_question_to_the_store(world):
    world.gate.check("anna", "p-2")
    world.reader.calls.clear()

    answers = world.gate.check_many("anna", ["p-1", "p-2", "p-3", "p-1", "p-9"])

    assert world.reader.calls == [("anna", ["p-1", "p-3", "p-9"])]
    assert [answer.cache_hit for answer in answers] == [False, True, False, False, False]
    assert all(answer.cache_hit for answer in world.gate.check_many("anna", ["p-9", "p-3", "p-1"]))


def test_every_check_of_a_batch_is_counted(world):
    world.gate.check_many("anna", ["p-1", "p-1", "p-3"], stage="order")

    assert world.counts == {
        ("order", "ENFORCED", "APPROVED", False): 2,
        ("order", "ENFORCED", "NO_AUTHORIZATION", False): 1,
    }


def test_the_latency_of_a_batch_is_shared_out(world):
    reader = world.reader.facts
    world.reader.facts = lambda *asked: (world.clock.advance(0.01), reader(*asked))[1]

    world.gate.check_many("anna", PRODUCTS[:5])

    totals = world.counters.totals()
    assert (totals.miss_ns, sum(totals.miss_bins)) == (10_000_000, 5)


def test_an_empty_batch_has_no_answers(world):
    assert world.gate.check_many("anna", []) == []
    assert world.reader.calls == []


def test_a_reader_that_answers_too_few_denies_all(world):
    facts = world.reader.facts
    world.reader.facts = lambda seller, products: facts(seller, products)[:-1]

    answers = world.gate.check_many("anna", ["p-1", "p-2"])

    assert [answer.reason for answer in answers] == ["CHECK_FAILED", "CHECK_FAILED"]
