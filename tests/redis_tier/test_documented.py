"""What the page about Redis says can be done is done."""

import re
from pathlib import Path

import pytest
from redis_world import tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.redis_tier.values import encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.ports.counts import SharedPut

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "redis.md").read_text(encoding="utf-8")
ITS_USER = re.search(r"^ACL SETUSER sellergate on >PASSWORD (.+)$", PAGE, re.MULTILINE)[1].split()
MORE_IN_A_CLUSTER = re.search(r"^In a cluster add `(.+)`\.$", PAGE, re.MULTILINE)[1].split()
FACTS = Facts(1, "acme", True, 2, SellerStatus.ACTIVE, None, 3, Status.APPROVED, None)


@pytest.fixture
def with_its_user(request):
    """Let a user with the documented rights in; the answer is its credentials."""
    admitted = []

    def admit(server, *more):
        with server.client() as client:
            client.execute_command("ACL", "SETUSER", "sellergate", "on", ">pw", *ITS_USER, *more)
        admitted.append(server)
        return "sellergate:pw@"

    yield admit
    for server in admitted:
        with server.client() as client:
            client.execute_command("ACL", "DELUSER", "sellergate")


def works_on(url):
    with tier_on(url) as tier:
        tier.put_many("anna", {"p": FACTS, "q": FACTS}, read_began=boot_now())
        assert tier.find_many("anna", ["p", "q"]).facts == {"p": FACTS, "q": FACTS}
        assert tier.puts() == {SharedPut.OK: 2}


def test_the_rights_of_its_user_are_enough(server, with_its_user):
    with server.client() as client:
        client.script_flush()

    works_on(server.url.replace("://", f"://{with_its_user(server)}"))


def test_in_a_cluster_with_the_others(cluster, with_its_user):
    for node in cluster.nodes:
        credentials = with_its_user(node, *MORE_IN_A_CLUSTER)

    works_on(cluster.url.replace("://", f"://{credentials}"))


def test_the_value_is_the_one_that_is_shown():
    shown = re.search(r"^(1\|.+)$", PAGE, re.MULTILINE)[1]

    assert encode("seller-1", "product-9", FACTS) == shown
    assert key_of("SELLER", "PRODUCT") in PAGE


def test_a_pair_costs_about_as_much_memory_as_is_said(server):
    said = int(re.search(r"A pair costs about (\d+) bytes", PAGE)[1])
    with tier_on(server.url) as tier, server.client() as client:
        before = client.info("memory")["used_memory"]
        for seller in range(100):
            facts = {f"product-{number:06}": FACTS for number in range(100)}
            tier.put_many(f"seller-{seller:06}", facts, read_began=boot_now())
        each = (client.info("memory")["used_memory"] - before) / 10_000

    assert said / 2 < each < said * 1.25
