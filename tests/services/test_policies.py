"""A supplier's policy, set by several at once: nobody's change is lost unless they ask for it."""

import pytest
from shop import ACME, Shop
from walking import all_at_once

from sellergate.domain.errors import PolicyOutdated
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy

TOGETHER = 8


@pytest.fixture
def shop(store):
    return Shop(store)


def test_the_places_of_eight_products_set_at_once_are_all_kept(shop):
    """None is refused either: they wait for each other."""
    answers = all_at_once(
        TOGETHER, lambda number: shop.policies.set_capacity(ACME, f"a-{number + 1}", number + 1).version
    )

    assert sorted(answers) == list(range(1, TOGETHER + 1))
    assert shop.policies.get(ACME).products == {
        f"a-{number}": ProductPolicy(max_sellers=number) for number in range(1, TOGETHER + 1)
    }


def test_of_eight_who_change_what_they_have_read_one_does(shop):
    read = shop.policies.put(ACME, SupplierPolicy(max_sellers_per_product=3))

    def change(number):
        return shop.policies.put(ACME, SupplierPolicy(max_sellers_per_product=10 + number), known=read.version)

    answers = all_at_once(TOGETHER, change)

    [winner] = [answer for answer in answers if isinstance(answer, SupplierPolicy)]
    assert sum(isinstance(answer, PolicyOutdated) for answer in answers) == TOGETHER - 1
    assert shop.policies.get(ACME) == winner
    assert winner.version == read.version + 1


def test_without_a_version_the_last_of_many_wins_and_none_is_refused(shop):
    answers = all_at_once(
        TOGETHER, lambda number: shop.policies.put(ACME, SupplierPolicy(max_sellers_per_product=number + 1))
    )

    by_version = {answer.version: answer for answer in answers}
    assert sorted(by_version) == list(range(1, TOGETHER + 1))
    assert shop.policies.get(ACME) == by_version[TOGETHER]


def test_what_was_read_before_a_products_places_were_set_is_outdated(shop):
    """The places would be gone with the policy that was read before them."""
    read = shop.policies.get(ACME)
    shop.policies.set_capacity(ACME, "a-1", 4)

    with pytest.raises(PolicyOutdated, match=r"version 1 .* version 0"):
        shop.policies.put(ACME, SupplierPolicy(auto_approval=AutoApproval.ALL), known=read.version)

    now = shop.policies.get(ACME)
    assert now.products == {"a-1": ProductPolicy(max_sellers=4)}
    assert shop.policies.put(ACME, SupplierPolicy(auto_approval=AutoApproval.ALL), known=now.version).version == 2
