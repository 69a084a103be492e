"""The contract of the tier: never older over newer, never another pair's, never longer than it may live."""

import threading
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from redis_world import tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.redis_tier.values import encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.gate import Facts
from sellergate.ports.cache import READ_LIMIT, SECOND
from sellergate.ports.counts import SharedPut, SharedResult


def facts(authorization, seller=1, product=1, supplier_id="acme"):
    return Facts(
        product_version=product,
        supplier_id=supplier_id,
        seller_version=seller,
        authorization_version=authorization,
        status=Status.APPROVED,
    )


def put(tier, product, its, seller="anna"):
    tier.put_many(seller, {product: its}, read_began=boot_now())


def stored(tier, product, seller="anna"):
    return tier.find_many(seller, [product]).facts.get(product)


def parts(its):
    return (its.authorization_version, its.seller_version, its.product_version)


def covers(one, other):
    return all(mine >= theirs for mine, theirs in zip(parts(one), parts(other), strict=True))


VERSIONS = st.integers(0, 3)
ANY = st.builds(facts, VERSIONS, VERSIONS, VERSIONS)


@pytest.fixture
def other_tier(redis_url):
    with tier_on(redis_url) as tier:
        yield tier


@examples(max_examples=60)
@given(puts=st.lists(st.tuples(st.booleans(), ANY), max_size=12), number=st.integers(0, 10**9))
def test_no_part_is_ever_replaced_by_an_older_one(any_redis_url, two_tiers, puts, number):
    product = f"p-{number}-{len(puts)}"
    two_tiers[0]._link.ask("DEL", key_of("anna", product))
    known = None
    for first, new in puts:
        put(two_tiers[first], product, new)
        now = stored(two_tiers[not first], product)
        expected = new if known is None or covers(new, known) else known
        assert now == expected
        known = now


@pytest.fixture(scope="module")
def two_tiers(any_redis_url):
    with tier_on(any_redis_url) as one, tier_on(any_redis_url) as two:
        yield one, two


@examples(max_examples=40)
@given(data=st.data(), number=st.integers(0, 10**9))
def test_any_order_of_puts_ends_with_the_newest(two_tiers, data, number):
    """What the database said at different moments: each is newer in some part than the one before, and older in none."""
    product = f"q-{number}"
    two_tiers[0]._link.ask("DEL", key_of("anna", product))
    steps = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=6))
    versions, history = [1, 1, 1], []
    for part in steps:
        versions[part] += 1
        history.append(facts(*versions))
    order = data.draw(st.permutations(history + history[:2]))
    for place, its in enumerate(order):
        put(two_tiers[place % 2], product, its)

    assert stored(two_tiers[0], product) == history[-1]


def test_puts_at_the_same_time_end_with_the_newest(tier):
    history = [facts(version) for version in range(1, 41)]
    barrier = threading.Barrier(4)

    def race(seed):
        barrier.wait(10)
        for its in Random(seed).sample(history, len(history)):
            put(tier, "p", its)

    threads = [threading.Thread(target=race, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert stored(tier, "p") == history[-1]


@examples(max_examples=50)
@given(
    known=st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("vwxyz")), VERSIONS, max_size=10),
    asked=st.lists(st.sampled_from("vwxyz"), unique=True, min_size=1),
    seller=st.sampled_from("ab"),
)
def test_a_batch_never_mixes_up_two_pairs(two_tiers, known, asked, seller):
    tier = two_tiers[0]
    keys = [key_of(s, p) for s in "ab" for p in "vwxyz"]
    for key in keys:
        tier._link.ask("DEL", key)
    for (its_seller, product), version in known.items():
        put(tier, product, facts(version, supplier_id=f"of-{its_seller}-{product}"), its_seller)

    found = tier.find_many(seller, asked)

    assert {product: its.supplier_id for product, its in found.facts.items()} == {
        product: f"of-{seller}-{product}" for product in asked if (seller, product) in known
    }
    assert found.otherwise is SharedResult.MISS


def test_a_value_under_the_key_of_another_pair_is_not_believed(tier, raw):
    put(tier, "p-1", facts(1))
    raw.copy(key_of("anna", "p-1"), key_of("anna", "p-2"))
    raw.copy(key_of("anna", "p-1"), key_of("ben", "p-1"))

    assert tier.find_many("anna", ["p-1", "p-2"]) == ({"p-1": facts(1)}, SharedResult.MISS, 1)
    assert tier.find_many("ben", ["p-1"]) == ({}, SharedResult.MISS, 1)


@pytest.mark.parametrize("plant", ["text", "list"])
def test_what_is_not_ours_is_a_miss_and_is_overwritten(tier, raw, plant):
    key = key_of("anna", "p")
    if plant == "text":
        raw.set(key, "something else")
    else:
        raw.rpush(key, "something", "else")
    raw.set(key_of("anna", "q"), "something else")

    assert tier.find_many("anna", ["p", "q"]).facts == {}
    put(tier, "p", facts(1))

    assert stored(tier, "p") == facts(1)


def test_a_value_of_another_format_is_a_miss_and_its_versions_count(tier, raw):
    """Two programs of different formats side by side: neither reads the other's values, nor puts older ones over them."""
    raw.set(key_of("anna", "p"), "2|5|1|1|whatever it may hold")
    put(tier, "p", facts(4))
    assert tier.find_many("anna", ["p"]) == ({}, SharedResult.MISS, 1)
    assert raw.get(key_of("anna", "p")).startswith("2|5|")

    put(tier, "p", facts(5))
    assert stored(tier, "p") == facts(5)


@pytest.mark.parametrize(("drawn", "lives"), [(0.0, 60_000), (0.5, 57_000), (1.0, 54_000)])
def test_a_value_lives_for_its_lifetime_less_up_to_a_tenth(redis_url, raw, drawn, lives):
    with tier_on(redis_url, draw=lambda: drawn) as tier:
        put(tier, "p", facts(1))

    assert lives - 2_000 < raw.pttl(key_of("anna", "p")) <= lives


def test_a_read_longer_ago_than_the_limit_is_not_put(tier):
    tier.put_many("anna", {"p": facts(1)}, read_began=boot_now() - READ_LIMIT - 1)

    assert stored(tier, "p") is None
    assert tier.puts() == {SharedPut.LATE: 1}


def test_a_read_almost_as_long_ago_as_the_limit_is_put(tier):
    tier.put_many("anna", {"p": facts(1)}, read_began=boot_now() - READ_LIMIT + 3 * SECOND)

    assert stored(tier, "p") == facts(1)


@pytest.mark.parametrize("wrong_by", [-3_600_000, 3_600_000])
def test_redis_on_another_clock_than_before_is_no_trouble(tier, wrong_by):
    put(tier, "p", facts(1))
    tier._redis_ahead += wrong_by

    put(tier, "p", facts(2))
    put(tier, "q", facts(1))

    assert (stored(tier, "p"), stored(tier, "q")) == (facts(2), facts(1))


def test_the_script_is_sent_again_when_redis_has_lost_it(tier, raw):
    put(tier, "p", facts(1))
    raw.script_flush()
    put(tier, "p", facts(2))

    assert stored(tier, "p") == facts(2)
    assert tier.puts() == {SharedPut.OK: 2}


def test_a_batch_is_put_by_one_script(tier, raw):
    put(tier, "warm", facts(1))
    raw.config_resetstat()
    tier.put_many("anna", {f"p-{n}": facts(n) for n in range(100)}, read_began=boot_now())

    assert raw.info("commandstats")["cmdstat_evalsha"]["calls"] == 1
    assert len(tier.find_many("anna", [f"p-{n}" for n in range(100)]).facts) == 100


def test_flushed_is_empty_and_nothing_worse(tier, raw):
    put(tier, "p", facts(1))
    raw.flushdb()

    assert tier.find_many("anna", ["p"]) == ({}, SharedResult.MISS, 0)
    put(tier, "p", facts(1))
    assert stored(tier, "p") == facts(1)


def test_before_it_has_connected_nothing_is_asked(redis_url):
    from sellergate.adapters.redis_tier import RedisTier, parse_address

    tier = RedisTier(parse_address(redis_url), ttl_seconds=60, boot=boot_now)
    put(tier, "p", facts(1))

    assert tier.find_many("anna", ["p"]).otherwise is SharedResult.SKIPPED
    assert tier.health() == {"state": "open", "lastError": None}
    tier.close()


def test_more_questions_at_once_than_there_are_connections_are_not_asked(tier):
    free = tier._link._free
    taken = [free.pop() for _ in range(len(free))]

    assert tier.find_many("anna", ["p"]).otherwise is SharedResult.SKIPPED
    put(tier, "p", facts(1))
    assert tier.puts() == {SharedPut.SKIPPED: 1}
    free.extend(taken)
    assert tier.find_many("anna", ["p"]).otherwise is SharedResult.MISS


def test_a_value_planted_by_hand_is_read_like_any_other(tier, raw):
    raw.set(key_of("anna", "p"), encode("anna", "p", facts(7)))

    assert stored(tier, "p") == facts(7)


def test_after_trouble_redis_is_asked_for_its_time_again(tier, monkeypatch):
    """It may be another server by then, with another clock."""
    put(tier, "p", facts(1))

    def fails(*_):
        raise OSError("away")

    with monkeypatch.context() as away:
        away.setattr(tier._link, "ask", fails)
        assert tier.find_many("anna", ["p"]).otherwise is SharedResult.ERROR

    assert tier._redis_ahead is None
    put(tier, "p", facts(2))
    assert tier._redis_ahead is not None
