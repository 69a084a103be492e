"""Who may be a seller: approved, suspended, back again, or out for good."""

import pytest
from shop import ACME, ADMIN, ANNA, REASON, Shop

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Seller, SellerStatus, Tier
from sellergate.domain.errors import InvalidStatus, ReasonRequired, SellerNotFound
from sellergate.domain.gate import Reason, decide
from sellergate.domain.identifiers import SellerId
from sellergate.ports.queries import SellerQuery
from sellergate.services.directory import SellerEntry
from sellergate.services.people import OfUser


def test_approving_an_unknown_user_makes_them_a_seller(store):
    shop = Shop(store)

    seller = shop.people.approve_role(ADMIN, "user-9", Tier.GOLD)

    assert (seller.id, seller.user_id, seller.tier, seller.status) == (
        "user-9",
        "user-9",
        Tier.GOLD,
        SellerStatus.ACTIVE,
    )


def test_approving_again_changes_only_the_tier(store):
    shop = Shop(store)
    shop.people.approve_role(ADMIN, "user-9")

    assert shop.people.approve_role(ADMIN, "user-9").tier is Tier.BRONZE
    assert shop.people.approve_role(ADMIN, "user-9", Tier.SILVER).tier is Tier.SILVER


def test_a_seller_is_found_by_their_user(store):
    shop = Shop(store)
    shop.add_seller("carl", user_id="user-7")

    assert shop.people.suspend(ADMIN, OfUser("user-7"), REASON).id == "carl"
    assert shop.people.reactivate(ADMIN, SellerId("carl")).id == "carl"


def test_a_seller_whose_user_nobody_has_entered_is_known_by_their_own_id(store):
    shop = Shop(store)

    assert shop.people.suspend(ADMIN, OfUser("anna"), REASON).id == "anna"


@pytest.mark.parametrize("verb", ["suspend", "revoke_role"])
def test_a_seller_whose_id_is_another_sellers_user_is_not_mistaken_for_them(store, verb):
    shop = Shop(store)
    shop.add_seller("twin")
    shop.add_seller("other", user_id="twin")

    assert getattr(shop.people, verb)(ADMIN, SellerId("twin"), REASON).id == "twin"
    assert getattr(shop.people, verb)(ADMIN, OfUser("twin"), REASON).id == "other"


def test_a_user_who_is_no_seller_is_not_mistaken_for_the_seller_with_that_id(store):
    """Where users and sellers are numbered each by themselves, seller 17 need not be user 17."""
    shop = Shop(store)
    shop.add_seller("17", user_id="99")

    for verb, terms in (("suspend", [REASON]), ("revoke_role", [REASON]), ("reactivate", []), ("approve_role", [])):
        who = "17" if verb == "approve_role" else OfUser("17")
        with pytest.raises(SellerNotFound, match="The seller with this id is the user 99"):
            getattr(shop.people, verb)(ADMIN, who, *terms)

    [seller] = [seller for seller in shop.directory.sellers(SellerQuery()).items if seller.id == "17"]
    assert (seller.user_id, seller.status, seller.version) == ("99", SellerStatus.ACTIVE, 1)


def test_a_suspension_leaves_the_authorizations_as_they_are(store):
    shop = Shop(store)
    shop.approved()

    shop.people.suspend(ADMIN, "anna", REASON)
    [suspended] = store.facts("anna", ["a-1"])
    shop.people.reactivate(ADMIN, "anna")
    [back] = store.facts("anna", ["a-1"])

    assert decide(suspended, shop.time.timestamp()).reason is Reason.SELLER_SUSPENDED
    assert suspended.status is Status.APPROVED
    assert decide(back, shop.time.timestamp()).reason is Reason.APPROVED


def test_a_revoked_role_ends_everything_with_one_event_each(store):
    shop = Shop(store)
    approved = shop.approved(product="a-1")
    waiting = shop.workflow.request(ANNA, "a-2")
    asked = shop.workflow.request(ANNA, "a-3")
    shop.workflow.ask_info(ACME, asked.id, "Which of your shops is this for?")

    shop.people.revoke_role(ADMIN, "anna", REASON)

    with store.view() as view:
        statuses = [view.authorizations.get(record.id).status for record in (approved, waiting, asked)]
    assert statuses == [Status.REVOKED, Status.CANCELLED, Status.CANCELLED]
    assert [event.action for event in shop.events()][-4:] == ["revoke-role", "revoke", "cancel", "cancel"]
    assert shop.audit.verify().holds


@pytest.mark.parametrize("verb", ["approve_role", "reactivate"])
def test_a_revoked_role_does_not_come_back(store, verb):
    shop = Shop(store)
    shop.people.revoke_role(ADMIN, "anna", REASON)

    with pytest.raises(InvalidStatus):
        getattr(shop.people, verb)(ADMIN, "anna")
    with pytest.raises(InvalidStatus):
        shop.directory.put(ADMIN, SellerEntry(Seller(id="anna", name="Anna"), SellerStatus.ACTIVE))


def test_suspending_twice_or_a_stranger_is_refused(store):
    shop = Shop(store)
    shop.people.suspend(ADMIN, "anna", REASON)

    with pytest.raises(InvalidStatus):
        shop.people.suspend(ADMIN, "anna", REASON)
    with pytest.raises(SellerNotFound):
        shop.people.suspend(ADMIN, "nobody", REASON)
    with pytest.raises(ReasonRequired):
        shop.people.suspend(ADMIN, "ben", "short")
    with pytest.raises(InvalidStatus):
        shop.people.reactivate(ADMIN, "ben")
