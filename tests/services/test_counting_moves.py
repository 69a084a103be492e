"""Whatever changes the status of an authorization is counted, once, by whichever way it happens."""

from collections import Counter
from datetime import timedelta

import pytest
from shop import ACME, ADMIN, ANNA, BEN, REASON, Shop

from sellergate.domain.authorization import Action
from sellergate.domain.directory import Seller, SellerStatus
from sellergate.domain.errors import SellergateError
from sellergate.domain.low_risk import LowRisk
from sellergate.domain.policy import AutoApproval, ProductLimits
from sellergate.domain.scheduling import UNDO_WITHIN
from sellergate.ports.queries import PageRequest
from sellergate.services.backfill import Backfill, Sale, pairs_of
from sellergate.services.bulk_jobs import BulkJobs
from sellergate.services.carrying_out import CarryingOut
from sellergate.services.directory import SellerEntry
from sellergate.services.inbox import InboxQuery
from sellergate.services.low_risk import Shown
from sellergate.services.people import OfUser
from sellergate.services.scheduling import Scheduling

REVOKED = SellerEntry(Seller(id="anna", name="Anna"), SellerStatus.REVOKED)


@pytest.fixture
def shop(store):
    """Of Anna: a-1 approved, a-2 approved until tomorrow, a-3 requested, a-4 asked about, a-5 rejected; of Ben: a-3 requested."""
    shop = Shop(store)
    shop.approved(product="a-1")
    shop.approved(product="a-2", expires_at=shop.time + timedelta(days=1))
    shop.ids = {product: shop.workflow.request(ANNA, product).id for product in ("a-3", "a-4", "a-5")}
    shop.ids |= {record.product_id: record.id for record in records(shop)}
    shop.workflow.ask_info(ACME, shop.ids["a-4"], "Which of your shops is this for?")
    shop.workflow.reject(ACME, shop.ids["a-5"], REASON)
    shop.ids["ben"] = shop.workflow.request(BEN, "a-3").id
    shop.counted.clear()
    return shop


def records(shop):
    with shop.store.view() as view:
        return view.authorizations.of_seller("anna")


def by_rule(shop):
    shop.set_policy(auto_approval=AutoApproval.ALL)
    shop.workflow.request(ANNA, "a-9")


def after_lapse(shop, verb):
    """What has lapsed is expired by whoever meets it first."""
    shop.wait(days=2)
    verb(shop)


def ask_again(shop):
    after_lapse(shop, lambda shop: shop.workflow.request(ANNA, "a-2"))


def decide_later(shop):
    Scheduling(shop.store, now=shop.now).decide(ACME, Action.REJECT, [(shop.ids["a-3"], 1)], reason=REASON, key="1")
    shop.time += UNDO_WITHIN
    CarryingOut(shop.store, shop.workflow, now=shop.now).run()


def decide_all(shop):
    jobs = BulkJobs(shop.store, shop.workflow, now=shop.now)
    jobs.start(ACME, Action.APPROVE, InboxQuery(), shop.time, key="1")
    shop.time += UNDO_WITHIN
    jobs.run()


def approve_low_risk(shop):
    items = shop.low_risk.preview(LowRisk(), PageRequest(500)).items
    shop.low_risk.approve(
        ADMIN, LowRisk(), [Shown(each.authorization.id, each.authorization.version) for each in items]
    )


def import_revoked(shop):
    list(shop.directory.import_lines(ADMIN, [b"line"], lambda _: REVOKED))


EVERYTHING_OF_ANNA = {"revoke": 2, "cancel": 2}
WAYS = {
    "request": (lambda shop: shop.workflow.request(ANNA, "a-9"), {"request": 1}),
    "approved by a rule": (by_rule, {"request": 1, "approve": 1}),
    "cancel": (lambda shop: shop.workflow.cancel(ANNA, "a-3"), {"cancel": 1}),
    "resubmit": (lambda shop: shop.workflow.resubmit(ANNA, "a-4", justification="For the first."), {"resubmit": 1}),
    "ask-info": (lambda shop: shop.workflow.ask_info(ACME, shop.ids["a-3"], "What is this for?"), {"ask-info": 1}),
    "approve": (lambda shop: shop.workflow.approve(ACME, shop.ids["a-3"]), {"approve": 1}),
    "reject": (lambda shop: shop.workflow.reject(ACME, shop.ids["a-3"], REASON), {"reject": 1}),
    "revoke": (lambda shop: shop.workflow.revoke(ACME, shop.ids["a-1"], REASON), {"revoke": 1}),
    "clear-cooldown": (lambda shop: shop.workflow.clear_cooldown(ADMIN, shop.ids["a-5"]), {"clear-cooldown": 1}),
    "the sweep": (lambda shop: after_lapse(shop, lambda shop: shop.workflow.expire_due()), {"expire": 1}),
    "asked again before the sweep": (ask_again, {"expire": 1, "request": 1}),
    "in bulk": (
        lambda shop: shop.bulk.decide(ACME, Action.APPROVE, [shop.ids["a-3"], shop.ids["ben"]]),
        {"approve": 2},
    ),
    "a decision that waited": (decide_later, {"reject": 1}),
    "a job": (decide_all, {"approve": 2}),
    "of low risk": (approve_low_risk, {"approve": 2}),
    "revoke-role": (lambda shop: shop.people.revoke_role(ADMIN, OfUser("anna"), REASON), EVERYTHING_OF_ANNA),
    "revoke-role after a lapse": (
        lambda shop: after_lapse(shop, lambda shop: shop.people.revoke_role(ADMIN, "anna", REASON)),
        {"expire": 1, "revoke": 1, "cancel": 2},
    ),
    "entered as revoked": (lambda shop: shop.directory.put(ADMIN, REVOKED), EVERYTHING_OF_ANNA),
    "imported as revoked": (import_revoked, EVERYTHING_OF_ANNA),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_counted_is_what_the_trail_says_was_done(shop, way):
    act, expected = WAYS[way]
    before = len(shop.events())

    act(shop)

    done = Counter(event.action for event in shop.events()[before:] if event.authorization_id and not event.refused)
    assert done == expected
    assert Counter(shop.counted) == {(action, "ok"): number for action, number in expected.items()}


def test_every_action_is_done_in_one_of_these_ways():
    assert {action for _, done in WAYS.values() for action in done} == {action.value for action in Action}


def test_what_is_refused_or_undone_has_not_been_done(shop):
    """The lapse that was met on the way is undone with the rest, and is counted by whoever comes next."""
    shop.wait(days=2)
    with pytest.raises(SellergateError) as refused:
        shop.workflow.revoke(ACME, shop.ids["a-2"], REASON)
    assert shop.counted == [("revoke", refused.value.code)]

    shop.workflow.expire_due()
    assert shop.counted[1:] == [("expire", "ok")]


def test_a_backfill_is_in_no_metric(shop):
    sales = [Sale("anna", "a-9"), Sale("new", "a-9")]
    *_, report = Backfill(shop.store, ProductLimits(10), supplier_id="acme", now=shop.now).run(
        pairs_of(sales, None).values()
    )

    assert report.pairs == 2
    assert shop.counted == []
