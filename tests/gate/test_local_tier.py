"""Versioned fills, floors that outlive entries, and bounds."""

import pytest
from gate_world import TTL, FakeClock
from hypothesis import given
from hypothesis import strategies as st

from sellergate.adapters.local_tier import LocalTier
from sellergate.domain.authorization import Status
from sellergate.domain.cache_advice import age_bin
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.ports.cache import LEASE, READ_LIMIT, SECOND
from sellergate.ports.feed import Change, ChangeKind

WINDOW = TTL + (READ_LIMIT + LEASE) // SECOND


def facts(authorization=1, seller=1, product=1):
    return Facts(product, "acme", True, seller, SellerStatus.ACTIVE, None, authorization, Status.APPROVED, None)


def authorization(version, seller="s", product="p"):
    return Change(kind=ChangeKind.AUTHORIZATION, version=version, seller_id=seller, product_id=product)


def seller(version, seller="s"):
    return Change(kind=ChangeKind.SELLER, version=version, seller_id=seller)


def product(version, product="p"):
    return Change(kind=ChangeKind.PRODUCT, version=version, product_id=product)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def tier(clock):
    return a_tier(clock)


def a_tier(clock, **more):
    tier = LocalTier(ttl_seconds=TTL, boot=clock.boot, **more)
    tier.begin(clock.boot())
    tier.believe(clock.boot())
    return tier


def put(tier, some_facts, seller="s", product="p"):
    return tier.put(seller, product, some_facts, read_began=tier._boot())


@pytest.mark.parametrize("older", [facts(1, 2, 2), facts(2, 1, 2), facts(2, 2, 1), facts(1, 3, 3)])
def test_no_part_of_an_entry_is_ever_replaced_by_an_older_one(tier, older):
    assert put(tier, facts(2, 2, 2))
    assert not put(tier, older)
    assert tier.entries["s"]["p"].facts == facts(2, 2, 2)


@pytest.mark.parametrize("change", [authorization(5), seller(5), product(5)], ids=lambda change: change.kind.value)
def test_a_value_below_its_floor_is_refused_also_where_nothing_was_remembered(tier, change):
    tier.apply([change])

    below, at = {
        ChangeKind.AUTHORIZATION: (facts(4, 9, 9), facts(5, 1, 1)),
        ChangeKind.SELLER: (facts(9, 4, 9), facts(1, 5, 1)),
        ChangeKind.PRODUCT: (facts(9, 9, 4), facts(1, 1, 5)),
    }[change.kind]
    assert not put(tier, below)
    assert not tier.is_current("s", "p", below, read_began=tier._boot())
    assert put(tier, at)


def missed(tier, some_facts=None, **more):
    return tier.put("s", "p", some_facts or facts(), read_began=tier._boot(), **{"missed": True, **more})


def test_what_had_run_out_is_counted_by_its_age_when_it_is_missed(clock):
    tier = a_tier(clock, draw=lambda: 0.0)
    for seconds in (None, TTL, TTL + 30, 10 * TTL):
        clock.advance(seconds or 0)
        missed(tier)

    assert tier.take_again() == {age_bin(TTL): 1, age_bin(TTL + 30): 1, age_bin(10 * TTL): 1}
    assert tier.take_again() == {}


def test_what_was_not_remembered_not_run_out_or_not_asked_of_memory_is_not_counted(clock):
    tier = a_tier(clock)
    missed(tier)  # unknown until now
    missed(tier)  # as after a lease that was lost: it has not run out
    clock.advance(2 * TTL)
    missed(tier, missed=False)  # settlement asks the store whatever is remembered
    clock.advance(2 * TTL)
    tier.apply([authorization(5)])
    assert not missed(tier, facts(4))  # refused
    missed(tier, facts(5))  # dropped by the change, so it is new

    assert tier.take_again() == {}


def test_an_age_is_never_told_to_be_less_than_it_was(clock):
    """The life of an entry is shortened by chance; what is promised of a longer one must hold nevertheless."""
    for draw in (0.0, 0.5, 1.0):
        tier = a_tier(clock, draw=lambda draw=draw: draw)
        missed(tier)
        clock.advance(TTL)
        missed(tier)
        [place] = tier.take_again()
        assert place >= age_bin(TTL)


def test_a_floor_never_sinks(tier):
    tier.apply([authorization(5), authorization(3)])

    assert not put(tier, facts(4))


def test_a_floor_is_remembered_as_long_as_an_older_read_could_arrive(clock, tier):
    tier.apply([authorization(5)])

    clock.advance(WINDOW - 0.001)
    tier.apply([])
    assert not put(tier, facts(4))
    clock.advance(0.001)
    tier.apply([])
    assert put(tier, facts(4))


def test_a_floor_announced_again_is_remembered_from_then_on(clock, tier):
    tier.apply([authorization(5)])
    clock.advance(WINDOW / 2)
    tier.apply([authorization(5)])
    clock.advance(WINDOW / 2)
    tier.apply([])

    assert not put(tier, facts(4))


def test_too_many_floors_are_made_up_for_by_refusing_reads_under_way(clock):
    tier = a_tier(clock, most_floors=3)
    began = clock.boot()
    clock.advance(0.001)
    tier.apply([authorization(5, product=f"p-{number}") for number in range(10)])

    assert len(tier._floors._versions) == 3
    assert not tier.put("s", "p-0", facts(4), read_began=began)
    assert not tier.is_current("s", "p-0", facts(4), read_began=began)
    assert tier.put("s", "p-0", facts(5), read_began=clock.boot())


def test_a_change_that_is_not_newer_forgets_nothing(tier):
    put(tier, facts(5, 5, 5))

    tier.apply([authorization(5), seller(5), product(5), Change(kind=ChangeKind.ROLLOUT, version=9)])

    assert len(tier) == 1


def test_what_was_read_before_the_feed_was_followed_is_refused(clock, tier):
    began = clock.boot()
    clock.advance(1)
    tier.begin(clock.boot())

    assert not tier.put("s", "p", facts(), read_began=began)
    assert tier.put("s", "p", facts(), read_began=clock.boot())


def test_beginning_forgets_everything(clock, tier):
    put(tier, facts())
    tier.begin(clock.boot())

    assert (len(tier), tier.entries, tier._sellers_of) == (0, {}, {})


def test_a_lease_is_never_shortened(clock, tier):
    until = tier.believed_until
    tier.believe(clock.boot() - SECOND)

    assert tier.believed_until == until == clock.boot() + LEASE
    assert tier.state() == {"entries": 0, "believed": True}


def test_a_single_seller_beyond_the_bound_makes_room_for_itself(clock):
    tier = a_tier(clock, most_entries=3)
    for number in range(10):
        put(tier, facts(), product=f"p-{number}")

    assert 1 <= len(tier) <= 3
    assert "p-9" in tier.entries["s"]


CHANGES = st.one_of(
    st.builds(authorization, st.integers(1, 4), st.sampled_from("ab"), st.sampled_from("xy")),
    st.builds(seller, st.integers(1, 4), st.sampled_from("ab")),
    st.builds(product, st.integers(1, 4), st.sampled_from("xy")),
)
PUTS = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.builds(facts, *[st.integers(1, 4) for _ in range(3)]))


@given(steps=st.lists(st.one_of(CHANGES, PUTS), max_size=40), most_entries=st.integers(1, 4))
def test_whatever_happens_nothing_below_what_was_announced_is_remembered(steps, most_entries):
    tier = a_tier(FakeClock(), most_entries=most_entries)
    newest = {}
    for step in steps:
        if isinstance(step, Change):
            tier.apply([step])
            key = (step.seller_id, step.product_id)
            newest[key] = max(newest.get(key, 0), step.version)
        else:
            put(tier, step[2], seller=step[0], product=step[1])
        remembered = [(s, p, entry.facts) for s, products in tier.entries.items() for p, entry in products.items()]
        for s, p, known in remembered:
            assert known.authorization_version >= newest.get((s, p), 0)
            assert known.seller_version >= newest.get((s, None), 0)
            assert known.product_version >= newest.get((None, p), 0)
        assert len(remembered) == len(tier) <= most_entries
        assert {(s, p) for p, sellers in tier._sellers_of.items() for s in sellers} == {
            (s, p) for s, p, _ in remembered
        }


def put_shared(tier, some_facts):
    return tier.put("s", "p", some_facts, read_began=tier._boot(), shared=True)


def test_what_was_announced_before_the_feed_is_followed_refuses_what_others_have_read(clock):
    """A process that starts replays the announcements of the last window: a value another one shared is held against them."""
    tier = LocalTier(ttl_seconds=TTL, boot=clock.boot)
    tier.apply([authorization(2)])
    tier.begin(clock.boot())
    tier.believe(clock.boot())

    assert not put_shared(tier, facts(1))
    assert put_shared(tier, facts(2))


def test_while_floors_are_forgotten_early_nothing_shared_is_taken(clock):
    """Another process may have read it before the announcement that is forgotten here."""
    tier = a_tier(clock, most_floors=2)
    tier.apply([authorization(5), authorization(1, product="q"), authorization(1, product="r")])
    clock.advance(0.001)

    assert not put_shared(tier, facts(4))
    assert not put_shared(tier, facts(5))
    assert put(tier, facts(5))
    clock.advance(WINDOW - 0.002)
    assert not put_shared(tier, facts(5))
    clock.advance(0.001)
    assert put_shared(tier, facts(5))
