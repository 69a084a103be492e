"""The verbs: each leaves its record, event, notice and feed entry, or nothing but a refused event."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from shop import ACME, ADMIN, ANNA, BEN, NOON, REASON, ZETA, Shop, seller_actor

from builders import all_changes
from sellergate.domain.authorization import Action, Status
from sellergate.domain.errors import (
    AuthorizationNotFound,
    AuthorizationRevoked,
    CooldownActive,
    DuplicateAuthorization,
    Forbidden,
    InvalidInput,
    InvalidStatus,
    ProductCapacityReached,
    ProductLimitReached,
    ReasonRequired,
    SellergateError,
    SellerNotAuthorized,
)
from sellergate.domain.notices import Audience
from sellergate.domain.policy import AutoApproval, ProductPolicy
from sellergate.ports.feed import ChangeKind
from sellergate.ports.queries import PageRequest


def test_a_request_leaves_record_event_notice_and_change_together(store):
    shop = Shop(store)
    before = len(all_changes(store))

    record = shop.workflow.request(ANNA, "a-1", justification="We sell a lot of these.", volume=30)

    [event] = [event for event in shop.events() if event.authorization_id == record.id]
    assert (event.action, event.from_status, event.to_status, event.version) == ("request", "NONE", "REQUESTED", 1)
    assert (event.actor_id, event.actor_role) == (ANNA.id, "seller")
    [change] = all_changes(store)[before:]
    assert (change.kind, change.seller_id, change.product_id, change.version) == (
        ChangeKind.AUTHORIZATION,
        "anna",
        "a-1",
        1,
    )
    with store.view() as view:
        [inbound] = view.notices.inbound(Audience.SUPPLIER, "acme", PageRequest()).items
    assert inbound.notice.kind == "request.submitted"
    assert shop.counted == [("request", "ok")]


def test_a_whole_life_is_told_by_its_events(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    shop.workflow.ask_info(ACME, record.id, "Which of your shops is this for?")
    shop.workflow.resubmit(ANNA, "a-1", justification="For the one in Busan.")
    shop.workflow.approve(ACME, record.id)
    shop.workflow.revoke(ACME, record.id, REASON)

    _, events = shop.records.one(ANNA, record.id)

    assert [(event.action, event.to_status, event.version) for event in events] == [
        ("request", "REQUESTED", 1),
        ("ask-info", "INFO_REQUESTED", 2),
        ("resubmit", "REQUESTED", 3),
        ("approve", "APPROVED", 4),
        ("revoke", "REVOKED", 5),
    ]
    assert events[-1].reason == REASON


def test_a_resubmitted_request_keeps_its_place_in_the_inbox(store):
    shop = Shop(store)
    first = shop.workflow.request(ANNA, "a-1")
    shop.wait(hours=1)
    shop.workflow.request(BEN, "a-1")
    shop.workflow.ask_info(ACME, first.id, "Which of your shops is this for?")
    shop.wait(hours=1)

    again = shop.workflow.resubmit(ANNA, "a-1")

    assert again.requested_at == NOON


def test_the_eleventh_product_is_refused_and_a_cancelled_one_frees_its_slot(store):
    shop = Shop(store, limit=10)
    for number in range(1, 11):
        shop.workflow.request(ANNA, f"a-{number}")

    with pytest.raises(ProductLimitReached) as refused:
        shop.workflow.request(ANNA, "a-11")
    assert (refused.value.limit, refused.value.used) == (10, 10)

    shop.workflow.cancel(ANNA, "a-1")
    assert shop.workflow.request(ANNA, "a-11").status is Status.REQUESTED


def test_the_limit_is_held_exactly_with_twenty_concurrent_requests(store):
    shop = Shop(store, limit=10)
    for number in range(16, 21):
        shop.add_product(f"a-{number}", supplier="acme")
    barrier = threading.Barrier(20)

    def ask(number):
        barrier.wait()
        try:
            return shop.workflow.request(ANNA, f"a-{number}")
        except ProductLimitReached:
            return None

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(1, 21)))

    assert sum(answer is not None for answer in answers) == 10
    assert shop.desk.limits(ANNA).used == 10


def test_one_of_sixteen_concurrent_decisions_wins(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    barrier = threading.Barrier(16)

    def decide(number):
        barrier.wait()
        try:
            if number % 2:
                return shop.workflow.approve(ACME, record.id).status
            return shop.workflow.reject(ACME, record.id, REASON).status
        except InvalidStatus:
            return None

    with ThreadPoolExecutor(16) as threads:
        won = [status for status in threads.map(decide, range(16)) if status]

    with store.view() as view:
        assert [view.authorizations.get(record.id).status] == won
    assert shop.audit.verify().holds


def test_one_of_sixteen_concurrent_requests_for_one_pair_wins(store):
    shop = Shop(store)
    barrier = threading.Barrier(16)

    def ask(_):
        barrier.wait()
        try:
            return shop.workflow.request(ANNA, "a-1")
        except DuplicateAuthorization:
            return None

    with ThreadPoolExecutor(16) as threads:
        assert sum(answer is not None for answer in threads.map(ask, range(16))) == 1


def test_revoked_is_for_ever(store):
    shop = Shop(store)
    record = shop.approved()
    shop.workflow.revoke(ACME, record.id, REASON)
    shop.wait(days=4000)

    with pytest.raises(AuthorizationRevoked):
        shop.workflow.request(ANNA, "a-1")
    verbs = (
        lambda: shop.workflow.approve(ACME, record.id),
        lambda: shop.workflow.reject(ACME, record.id, REASON),
        lambda: shop.workflow.revoke(ADMIN, record.id, REASON),
        lambda: shop.workflow.ask_info(ACME, record.id, "Is there anything to add?"),
        lambda: shop.workflow.cancel(ANNA, "a-1"),
        lambda: shop.workflow.resubmit(ANNA, "a-1"),
        lambda: shop.workflow.clear_cooldown(ADMIN, record.id),
    )
    for verb in verbs:
        with pytest.raises(InvalidStatus):
            verb()


def test_a_rejected_seller_waits_out_the_cooldown_to_the_second(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    rejected = shop.workflow.reject(ACME, record.id, REASON)
    shop.wait(days=30, seconds=-1)

    with pytest.raises(CooldownActive) as refused:
        shop.workflow.request(ANNA, "a-1")
    assert refused.value.until == rejected.cooldown_until

    shop.wait(seconds=1)
    assert shop.workflow.request(ANNA, "a-1").status is Status.REQUESTED


def test_an_admin_can_end_a_cooldown(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    shop.workflow.reject(ACME, record.id, REASON)

    shop.workflow.clear_cooldown(ADMIN, record.id)

    assert shop.workflow.request(ANNA, "a-1").status is Status.REQUESTED


@pytest.mark.parametrize("actor", [ZETA, seller_actor("ben")], ids=["another supplier", "another seller"])
def test_nobody_moves_anothers_record(store, actor):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    expected = AuthorizationNotFound if actor is ZETA else Forbidden

    for verb in (
        lambda: shop.workflow.approve(actor, record.id),
        lambda: shop.workflow.reject(actor, record.id, REASON),
        lambda: shop.workflow.ask_info(actor, record.id, "Which of your shops is this for?"),
    ):
        with pytest.raises(expected):
            verb()
    with pytest.raises(AuthorizationNotFound):
        shop.workflow.cancel(BEN, "a-1")
    with pytest.raises(AuthorizationNotFound):
        shop.records.one(actor, record.id)


@pytest.mark.parametrize("reason", [None, "", "   too few   ", "123456789"])
def test_a_decision_against_a_seller_needs_a_reason(store, reason):
    shop = Shop(store)
    waiting = shop.workflow.request(ANNA, "a-1")
    approved = shop.approved(product="a-2")

    with pytest.raises(ReasonRequired):
        shop.workflow.reject(ACME, waiting.id, reason)
    with pytest.raises(ReasonRequired):
        shop.workflow.revoke(ACME, approved.id, reason)


def test_how_long_a_request_waited_is_told_once_a_person_answers_it(store):
    shop = Shop(store)
    first, second = shop.workflow.request(ANNA, "a-1"), shop.workflow.request(ANNA, "a-2")
    shop.wait(hours=2)
    shop.workflow.approve(ACME, first.id)
    shop.wait(hours=1)
    shop.bulk.decide(ACME, Action.REJECT, [second.id], REASON)
    with pytest.raises(InvalidStatus):
        shop.workflow.approve(ACME, second.id)

    assert shop.waited == [timedelta(hours=2), timedelta(hours=3)]


def test_what_a_policy_approves_at_once_is_counted_as_approved_and_nobody_waited(store):
    shop = Shop(store)
    shop.set_policy(auto_approval=AutoApproval.ALL)
    shop.workflow.request(ANNA, "a-1")

    assert shop.counted == [("request", "ok"), ("approve", "ok")]
    assert shop.waited == []


def test_a_refused_move_is_written_down_as_refused_and_changes_nothing(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    change = len(all_changes(store))

    with pytest.raises(InvalidStatus):
        shop.workflow.revoke(ACME, record.id, REASON)

    *_, event = shop.events()
    assert (event.action, event.refused, event.version) == ("revoke", "ERR_INVALID_STATUS", 1)
    assert (event.from_status, event.to_status) == ("REQUESTED", "REQUESTED")
    assert len(all_changes(store)) == change
    assert shop.counted[-1] == ("revoke", "ERR_INVALID_STATUS")
    assert shop.audit.verify().holds


def test_an_approval_past_its_expiry_is_over_before_the_sweep(store):
    shop = Shop(store)
    record = shop.approved(expires_at=NOON.replace(hour=13))
    shop.wait(hours=1)

    with pytest.raises(InvalidStatus):
        shop.workflow.revoke(ACME, record.id, REASON)
    again = shop.workflow.request(ANNA, "a-1")

    _, events = shop.records.one(ANNA, record.id)
    assert again.status is Status.REQUESTED
    assert [event.action for event in events if not event.refused] == ["request", "approve", "expire", "request"]


def test_the_sweep_expires_what_has_lapsed_and_nothing_else(store):
    shop = Shop(store)
    over = shop.approved(product="a-1", expires_at=NOON.replace(hour=13))
    shop.approved(product="a-2", expires_at=NOON.replace(hour=14))
    shop.approved(product="a-3")
    shop.wait(hours=1)

    assert shop.workflow.expire_due() == 1
    assert shop.workflow.expire_due() == 0
    with store.view() as view:
        assert view.authorizations.get(over.id).status is Status.EXPIRED


def test_an_expiry_given_in_another_zone_leaves_a_trail_that_holds(store):
    shop = Shop(store)

    record = shop.approved(expires_at=datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9))))

    assert record.has_lapsed(NOON + timedelta(hours=12))
    assert shop.audit.verify().holds


def test_an_expiry_in_the_past_is_refused(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")

    with pytest.raises(InvalidInput):
        shop.workflow.approve(ACME, record.id, expires_at=NOON)


def test_a_trusted_seller_is_approved_at_once_by_the_same_moves(store):
    shop = Shop(store)
    shop.set_policy(auto_approval=AutoApproval.TRUSTED, trusted_sellers=frozenset({"anna"}))

    mine = shop.workflow.request(ANNA, "a-1")
    others = shop.workflow.request(BEN, "a-1")

    assert (mine.status, others.status) == (Status.APPROVED, Status.REQUESTED)
    _, events = shop.records.one(ANNA, mine.id)
    assert [(event.action, event.actor_role) for event in events] == [("request", "seller"), ("approve", "system")]
    assert mine.product_snapshot["id"] == "a-1"


def test_capacity_refuses_a_supplier_and_makes_auto_approval_wait(store):
    shop = Shop(store)
    shop.set_policy(
        auto_approval=AutoApproval.ALL,
        max_sellers_per_product=5,
        products={"a-1": ProductPolicy(max_sellers=1)},
    )
    assert shop.workflow.request(ANNA, "a-1").status is Status.APPROVED

    waiting = shop.workflow.request(BEN, "a-1")

    assert waiting.status is Status.REQUESTED
    with pytest.raises(ProductCapacityReached):
        shop.workflow.approve(ACME, waiting.id)


def test_capacity_is_held_exactly_with_concurrent_approvals(store):
    shop = Shop(store)
    shop.set_policy(max_sellers_per_product=3)
    ids = []
    for number in range(12):
        shop.add_seller(f"s-{number}")
        ids.append(shop.workflow.request(seller_actor(f"s-{number}"), "a-1").id)
    barrier = threading.Barrier(12)

    def approve(id):
        barrier.wait()
        try:
            return shop.workflow.approve(ACME, id)
        except ProductCapacityReached:
            return None

    with ThreadPoolExecutor(12) as threads:
        assert sum(answer is not None for answer in threads.map(approve, ids)) == 3


def test_a_suspended_seller_may_not_ask(store):
    shop = Shop(store)
    shop.people.suspend(ADMIN, "anna", REASON)

    with pytest.raises(SellerNotAuthorized):
        shop.workflow.request(ANNA, "a-1")


def test_bulk_gives_every_item_its_own_result(store):
    shop = Shop(store)
    mine = [shop.workflow.request(ANNA, f"a-{number}").id for number in (1, 2, 3)]
    foreign = shop.workflow.request(ANNA, "z-1").id
    shop.workflow.approve(ACME, mine[1])

    results = shop.bulk.decide(ACME, Action.APPROVE, [mine[0], "nothing", mine[1], foreign, mine[2]])

    assert [result.error.code if result.error else "ok" for result in results] == [
        "ok",
        "ERR_AUTHORIZATION_NOT_FOUND",
        "ERR_INVALID_STATUS",
        "ERR_AUTHORIZATION_NOT_FOUND",
        "ok",
    ]


@pytest.mark.parametrize("count", [0, 501])
def test_bulk_takes_one_to_five_hundred(store, count):
    shop = Shop(store)

    with pytest.raises(InvalidInput):
        shop.bulk.decide(ACME, Action.APPROVE, ["x"] * count)


def test_a_role_without_the_move_is_forbidden_and_leaves_no_event(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    before = len(shop.events())

    for verb in (
        lambda: shop.workflow.approve(ANNA, record.id),
        lambda: shop.workflow.request(ACME, "a-1"),
        lambda: shop.workflow.clear_cooldown(ACME, record.id),
    ):
        with pytest.raises(Forbidden):
            verb()
    assert len(shop.events()) == before


def test_a_failure_after_the_record_leaves_nothing_of_the_move(store, monkeypatch):
    shop = Shop(store)
    before = (len(shop.events()), len(all_changes(store)))
    monkeypatch.setattr("sellergate.services.moves.notices_of", _fails)

    with pytest.raises(OSError, match="no space"):
        shop.workflow.request(ANNA, "a-1")

    with store.view() as view:
        assert view.authorizations.find("anna", "a-1") is None
    assert (len(shop.events()), len(all_changes(store))) == before


def _fails(*_):
    raise OSError("no space left")


def test_every_refusal_is_a_sellergate_error_with_a_code(store):
    shop = Shop(store)
    shop.workflow.request(ANNA, "a-1")

    with pytest.raises(SellergateError) as refused:
        shop.workflow.request(ANNA, "a-1")

    assert refused.value.code == "ERR_DUPLICATE_AUTHORIZATION"
    assert "authorizationId" in refused.value.facts
