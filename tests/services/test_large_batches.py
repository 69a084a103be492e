"""What is read in batches does not depend on how large they are."""

import pytest
from shop import Shop
from sqlalchemy import event

from builders import a_shadow_count
from sellergate.domain.canary import CanaryCriteria
from sellergate.domain.gate import Stage
from sellergate.domain.policy import ProductLimits
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.simulation import Recorded, RecordedCheck
from sellergate.services import canary, samples, simulation
from sellergate.services.canary import CanarySuggestions
from sellergate.services.samples import sample_pairs
from sellergate.services.simulation import Simulation

FULL = RolloutState(phase=Phase.FULL, percentage=100)


@pytest.fixture
def shop(store):
    return Shop(store)


@pytest.fixture(params=[1, 2, 3, 100])
def size(request, monkeypatch):
    monkeypatch.setattr(canary, "A_BATCH", request.param)
    monkeypatch.setattr(samples, "A_BATCH", request.param)
    for name in ("SELLERS_AT_ONCE", "PRODUCTS_AT_ONCE", "COUNTS_AT_ONCE"):
        monkeypatch.setattr(simulation, name, request.param)
    return request.param


def test_a_suggestion_looks_at_every_product_twice_and_says_how_far_it_is(shop, size):
    suggestions = CanarySuggestions(shop.store)

    said = [(one.done, one.products) for one in suggestions.suggest(CanaryCriteria(share=50))]

    assert said[-1] == (suggestions.steps(), 16) == (32, 16)
    assert [done for done, _ in said[:-1]] == list(range(size, 33, size))


def test_a_simulation_judges_every_pair_once(shop, size):
    recorded = Recorded()
    for seller in ("anna", "ben", "stranger"):
        for number in range(1, 6):
            recorded.add(RecordedCheck(seller_id=seller, product_id=f"a-{number}", stage=Stage.ORDER))

    *_, (done, [outcome]) = Simulation(shop.store, ProductLimits(), now=shop.now).run(recorded, [FULL])

    assert (done, outcome.denied.pairs) == (15, 15)
    assert {seller: denied.pairs for seller, denied in outcome.by_seller.items()} == {
        "anna": 5,
        "ben": 5,
        "stranger": 5,
    }


def test_a_simulation_asks_for_the_slots_of_many_sellers_at_once(sqlite_store):
    shop, seen = Shop(sqlite_store), []
    event.listen(sqlite_store.engine, "before_cursor_execute", lambda *facts: seen.append(facts[2]))
    recorded = Recorded()
    for number in range(50):
        recorded.add(RecordedCheck(seller_id=f"seller-{number}", product_id="a-1", stage=Stage.ORDER))

    *_, (_, [outcome]) = Simulation(sqlite_store, ProductLimits(0), now=shop.now).run(recorded, [FULL])

    assert len(outcome.collisions) == 50
    assert sum("count(" in statement and "authorizations" in statement for statement in seen) == 1


def test_the_shadow_report_is_read_whole(shop, size):
    with shop.store.work() as work:
        work.shadow.add([a_shadow_count(number, product=f"a-{number}") for number in range(1, 8)])

    assert sum(check.count for check in Simulation(shop.store, ProductLimits()).shadow_checks()) == 28


def test_a_sample_has_each_pair_once_and_no_more_than_asked_for(shop, size):
    for number in range(1, 6):
        shop.approved(product=f"a-{number}")

    everything = sample_pairs(shop.store, 100)

    assert sorted(everything) == [("anna", f"a-{number}") for number in range(1, 6)]
    assert sample_pairs(shop.store, 3) == everything[:3]
