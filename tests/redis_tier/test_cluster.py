"""A Redis Cluster: the keys of a seller are in one slot, whatever node holds it."""

import pytest
from redis_world import tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.redis_tier.values import key_of
from sellergate.domain.gate import Facts
from sellergate.ports.counts import SharedPut, SharedResult

SELLERS = [f"seller-{number}" for number in range(12)]
PRODUCTS = [f"p-{number}" for number in range(20)]


@pytest.fixture
def tier(cluster):
    for node in cluster.nodes:
        with node.client() as client:
            client.flushall()
            client.script_flush()
    with tier_on(cluster.url) as tier:
        yield tier


def facts(version):
    return Facts(authorization_version=version)


def calls(cluster, command):
    """How often each node has carried out a command."""
    numbers = []
    for node in cluster.nodes:
        with node.client() as client:
            numbers.append(client.info("commandstats").get(f"cmdstat_{command}", {}).get("calls", 0))
    return numbers


def test_a_batch_of_one_seller_is_one_question_to_one_node(cluster, tier):
    for seller in SELLERS:
        tier.put_many(seller, dict.fromkeys(PRODUCTS, facts(1)), read_began=boot_now())
    before = calls(cluster, "mget")

    for seller in SELLERS:
        assert tier.find_many(seller, PRODUCTS) == (dict.fromkeys(PRODUCTS, facts(1)), SharedResult.MISS, 0)

    after = calls(cluster, "mget")
    assert sum(after) - sum(before) == len(SELLERS)
    assert all(now > then for now, then in zip(after, before, strict=True))  # and the sellers are spread over the nodes


def test_all_keys_of_a_seller_are_in_one_slot(cluster):
    with cluster.nodes[0].client() as client:
        slots = {client.execute_command("CLUSTER", "KEYSLOT", key_of("seller-1", product)) for product in PRODUCTS}

    assert len(slots) == 1


def test_an_older_value_does_not_replace_a_newer_one_on_any_node(tier):
    for seller in SELLERS:
        for version in (2, 1, 3, 2):
            tier.put_many(seller, {"p": facts(version)}, read_began=boot_now())
        assert tier.find_many(seller, ["p"]).facts == {"p": facts(3)}

    assert tier.puts() == {SharedPut.OK: 4 * len(SELLERS)}


def test_one_of_the_named_nodes_is_enough_to_find_the_others(cluster):
    with tier_on(f"redis+cluster://127.0.0.1:1,127.0.0.1:{cluster.nodes[1].port}") as tier:
        assert tier.health()["state"] == "closed"
        tier.put_many("anna", {"p": facts(1)}, read_began=boot_now())
        assert tier.find_many("anna", ["p"]).facts == {"p": facts(1)}


def test_a_cluster_that_is_not_there_is_skipped():
    with tier_on("redis+cluster://127.0.0.1:1,127.0.0.1:2") as tier:
        assert tier.health()["state"] == "open"
        assert tier.find_many("anna", ["p"]).otherwise is SharedResult.SKIPPED
