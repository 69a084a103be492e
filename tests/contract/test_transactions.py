"""Every store does all of a work or none of it, and shows nobody a half."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from walking import A_WHILE, all_at_once, fail_after

from builders import (
    NOON,
    a_change,
    a_notice,
    a_product,
    a_report,
    a_rollout,
    a_rollout_change,
    a_seller,
    a_shadow_count,
    a_supplier,
    all_changes,
    an_authorization,
    an_event,
    keep,
    stock,
)
from sellergate.domain.authorization import Status
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.domain.notices import Audience
from sellergate.domain.policy import AutoApproval, SupplierPolicy
from sellergate.ports.queries import AuthorizationQuery, EventQuery, PageRequest, ProductQuery, ShadowQuery


def write_everything(work):
    work.directory.put_supplier(a_supplier("new"))
    work.directory.put_supplier(a_supplier("acme", name="Changed", version=2))
    work.directory.put_seller(a_seller("new", user_id="user-9"))
    work.directory.put_product(a_product("new"))
    work.directory.put_policy("acme", SupplierPolicy(auto_approval=AutoApproval.ALL))
    record = an_authorization(product="new")
    work.authorizations.add(record)
    work.authorizations.follow_product("p-1", "new")
    sequence = work.events.append(an_event())
    work.events.add_seals([(sequence, "a" * 64)])
    work.notices.put(a_notice())
    work.announce(a_change())
    work.rollouts.save(0, a_rollout(), a_rollout_change())
    work.shadow.add([a_shadow_count()])
    work.idempotency.reserve("user-1", "key-1", "abc", NOON, NOON)
    work.processes.report(a_report())


def take_things_away(work):
    work.shadow.clear()
    work.processes.leave("process-1")
    work.idempotency.release("user-1", "key-1")
    work.directory.put_seller(a_seller("new", user_id=None))


def everything(store):
    with store.view() as view:
        return {
            "suppliers": view.directory.suppliers_of(["acme", "new"]),
            "sellers": view.directory.sellers_of(["anna", "new"]),
            "user": view.directory.seller_of_user("user-9"),
            "products": view.directory.products(ProductQuery()).items,
            "policy": view.directory.policy("acme"),
            "records": view.authorizations.search(AuthorizationQuery()).items,
            "slots": view.authorizations.slots_in_use("anna", NOON),
            "events": view.events.search(EventQuery()).items,
            "seal": view.events.last_seal(),
            "notices": view.notices.inbound(Audience.SELLER, "anna", PageRequest()).items,
            "outbox": view.notices.outbox_size(),
            "rollout": view.rollouts.current(),
            "history": view.rollouts.history(PageRequest()).items,
            "shadow": view.shadow.search(ShadowQuery()).items,
            "processes": view.processes.live(NOON),
            "facts": store.facts("anna", ["p-1", "new"]),
            "changes": all_changes(store),
        }


@pytest.fixture
def stocked(store):
    stock(store)
    keep(store, an_authorization())
    return store


def test_a_work_that_fails_leaves_nothing(stocked):
    before = everything(stocked)

    fail_after(stocked, write_everything)

    assert everything(stocked) == before
    with stocked.work() as work:
        assert work.idempotency.reserve("user-1", "key-1", "abc", NOON, NOON) is None


def test_a_work_that_ends_leaves_all_of_it(stocked):
    before = everything(stocked)

    with stocked.work() as work:
        write_everything(work)

    after = everything(stocked)
    assert [name for name in before if before[name] == after[name]] == []


def test_what_was_cleared_or_taken_away_comes_back_when_the_work_fails(stocked):
    with stocked.work() as work:
        write_everything(work)
    before = everything(stocked)

    fail_after(stocked, take_things_away)

    assert everything(stocked) == before
    with stocked.work() as work:
        assert work.idempotency.reserve("user-1", "key-1", "abc", NOON, NOON) is not None


def test_a_work_reads_what_it_has_written(stocked):
    with stocked.work() as work:
        work.directory.put_product(a_product("new"))
        work.authorizations.add(an_authorization(product="new"))

        assert work.directory.product("new") is not None
        assert work.authorizations.slots_in_use("anna", NOON) == 2


def test_what_is_written_in_a_view_does_not_stay(stocked):
    before = everything(stocked)

    with suppress(StoreUnavailable), stocked.view() as view:
        view.directory.put_supplier(a_supplier("new"))

    assert everything(stocked) == before


def test_a_work_after_one_that_failed_works(stocked):
    fail_after(stocked, lambda _: None)

    stock(stocked, products=("p-2",))
    assert stocked.facts("anna", ["p-2"]) != [Facts()]


def test_a_work_inside_a_work_is_a_mistake_that_is_told_at_once(stocked):
    def begin_another(work):
        work.directory.put_product(a_product("new"))
        with pytest.raises(RuntimeError), stocked.work():
            pass

    fail_after(stocked, begin_another)

    assert stocked.facts("anna", ["new"]) == [Facts()]
    stock(stocked, products=("p-2",))


def test_the_gate_can_be_asked_inside_a_view(stocked):
    with stocked.view() as view:
        assert view.directory.seller("anna") is not None
        assert stocked.facts("anna", ["p-1"])[0].status is Status.REQUESTED


def test_a_view_shows_one_moment(stocked):
    """Whether others wait or write meanwhile: what is read twice in a view is the same both times."""
    writing = threading.Thread(target=stock, args=(stocked,), kwargs={"products": ("p-1", "p-2", "p-3")})
    with stocked.view() as view:
        first = view.directory.products(ProductQuery())
        writing.start()
        writing.join(0.05)
        second = view.directory.products(ProductQuery())
    writing.join(A_WHILE)

    assert first == second
    with stocked.view() as view:
        assert view.directory.products(ProductQuery()).total == 3


def test_nobody_sees_half_a_work(stocked):
    """Every work enters a product and its record together; no reader ever finds the one without the other."""

    def write_or_read(index):
        for number in range(10):
            if index % 2:
                with stocked.work() as work:
                    work.directory.put_product(a_product(f"n-{index}-{number}"))
                    work.authorizations.add(an_authorization(product=f"n-{index}-{number}"))
            else:
                with stocked.view() as view:
                    products = view.directory.products(ProductQuery()).total
                    assert products == view.authorizations.search(AuthorizationQuery()).total

    assert all_at_once(6, write_or_read) == [None] * 6


def test_a_closed_store_answers_nothing(stocked):
    stocked.close()

    for call in (
        lambda: stocked.work().__enter__(),
        lambda: stocked.view().__enter__(),
        lambda: stocked.facts("anna", ["p-1"]),
        lambda: stocked.look(None),
        lambda: stocked.recent(timedelta(days=1)),
        stocked.may_have_changed,
    ):
        with pytest.raises(StoreUnavailable):
            call()
    assert stocked.health()["reachable"] is False
    stocked.close()


def test_an_open_store_is_healthy(stocked):
    assert stocked.health()["reachable"] is True
