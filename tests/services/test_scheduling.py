"""A decision of the console waits ten seconds, can be taken back until then, and is carried out once."""

import threading
from datetime import timedelta

import pytest
from shop import ACME, ANNA, BEN, REASON, ZETA, Shop

from sellergate.domain.authorization import Action, Status
from sellergate.domain.errors import Forbidden, InvalidInput, ReasonRequired, TooLateToUndo
from sellergate.domain.identifiers import ProductId
from sellergate.domain.scheduling import UNDO_WITHIN, ScheduleState
from sellergate.services.carrying_out import CarryingOut
from sellergate.services.inbox import InboxQuery, SupplierInbox
from sellergate.services.scheduling import Scheduling

TICK = timedelta(microseconds=1)


@pytest.fixture
def shop(store):
    return Shop(store)


@pytest.fixture
def desk(shop):
    return Scheduling(shop.store, now=shop.now)


@pytest.fixture
def worker(shop):
    return CarryingOut(shop.store, shop.workflow, now=shop.now)


def asked(shop, by=ANNA, product="a-1"):
    return shop.workflow.request(by, ProductId(product))


def seen(*records):
    return [(record.id, record.version) for record in records]


def status_of(shop, record):
    with shop.store.view() as view:
        return view.authorizations.get(record.id).status


def outcomes(shop, batch):
    with shop.store.view() as view:
        return [(decision.state, decision.error) for decision in view.scheduled.of_batch("acme", batch)]


def later(shop, worker):
    shop.time += UNDO_WITHIN
    return worker.run()


@pytest.mark.parametrize(
    ("action", "reason", "status"),
    [
        (Action.APPROVE, None, Status.APPROVED),
        (Action.REJECT, REASON, Status.REJECTED),
        (Action.ASK_INFO, "How will you ship it?", Status.INFO_REQUESTED),
    ],
)
def test_a_decision_is_carried_out_by_the_workflow_when_it_is_due_and_not_before(
    shop, desk, worker, action, reason, status
):
    record = asked(shop)

    done = desk.decide(ACME, action, seen(record), reason=reason, key="1")

    assert done.ids == [record.id]
    assert done.due_at == shop.time + UNDO_WITHIN
    shop.time += UNDO_WITHIN - TICK
    assert worker.run() == 0
    assert status_of(shop, record) is Status.REQUESTED
    shop.time += TICK
    assert worker.run() == 1
    assert status_of(shop, record) is status
    last = shop.events()[-1]
    assert (last.action, last.actor_id, last.reason) == (action, ACME.id, reason)
    assert outcomes(shop, done.batch) == [(ScheduleState.DONE, None)]
    assert worker.run() == 0


def test_a_scheduled_request_leaves_the_inbox_and_comes_back_when_it_is_undone(shop, desk, worker):
    inbox = SupplierInbox(shop.store, shop.workflow._rules.limits, now=shop.now)
    first, second = asked(shop), asked(shop, BEN)

    done = desk.decide(ACME, Action.APPROVE, seen(first), key="1")
    page = inbox.page(ACME, InboxQuery())
    assert ([row.record.id for row in page.rows], page.total) == ([second.id], 1)

    shop.time += UNDO_WITHIN - TICK
    assert desk.undo(ACME, done.batch) == [first.id]
    assert inbox.page(ACME, InboxQuery()).total == 2
    assert later(shop, worker) == 0
    assert status_of(shop, first) is Status.REQUESTED


def test_it_is_too_late_to_undo_what_is_due(shop, desk, worker):
    done = desk.decide(ACME, Action.APPROVE, seen(asked(shop)), key="1")
    shop.time += UNDO_WITHIN

    with pytest.raises(TooLateToUndo):
        desk.undo(ACME, done.batch)
    worker.run()
    with pytest.raises(TooLateToUndo):
        desk.undo(ACME, done.batch)


def test_undoing_twice_is_undoing_once(shop, desk):
    record = asked(shop)
    done = desk.decide(ACME, Action.APPROVE, seen(record), key="1")

    assert desk.undo(ACME, done.batch) == [record.id]
    assert desk.undo(ACME, done.batch) == []


def test_nobody_undoes_what_another_supplier_has_decided(shop, desk, worker):
    record = asked(shop)
    done = desk.decide(ACME, Action.APPROVE, seen(record), key="1")

    assert desk.undo(ZETA, done.batch) == []
    later(shop, worker)
    assert status_of(shop, record) is Status.APPROVED


def test_a_second_click_schedules_nothing_more(shop, desk, worker):
    record = asked(shop)

    first = desk.decide(ACME, Action.APPROVE, seen(record), key="1")
    shop.wait(seconds=2)
    again = desk.decide(ACME, Action.APPROVE, seen(record), key="1")

    assert (again.batch, again.ids, again.due_at) == (first.batch, first.ids, first.due_at)
    shop.time = first.due_at
    assert worker.run() == 1


def test_another_decision_with_the_same_key_is_another(shop, desk):
    first, second = asked(shop), asked(shop, BEN)

    one = desk.decide(ACME, Action.APPROVE, seen(first), key="1")
    other = desk.decide(ACME, Action.APPROVE, seen(second), key="1")

    assert one.batch != other.batch
    assert other.ids == [second.id]


def test_what_somebody_else_has_decided_is_left_and_named(shop, desk):
    decided, cancelled, answered, waiting = (asked(shop, product=f"a-{number}") for number in range(1, 5))
    shop.workflow.reject(ACME, decided.id, REASON)
    shop.workflow.cancel(ANNA, cancelled.product_id)
    shop.workflow.ask_info(ACME, answered.id, "How will you ship it?")
    shop.workflow.resubmit(ANNA, answered.product_id, justification="By post, as always.")

    done = desk.decide(ACME, Action.APPROVE, seen(decided, cancelled, answered, waiting), key="1")

    assert done.ids == [waiting.id]
    left = {each.id: (each.record.status, each.error.code) for each in done.refused}
    assert left == {
        decided.id: (Status.REJECTED, "ERR_INVALID_STATUS"),
        cancelled.id: (Status.CANCELLED, "ERR_INVALID_STATUS"),
        answered.id: (Status.REQUESTED, "ERR_INVALID_STATUS"),
    }


def test_the_second_of_two_people_hears_that_the_first_has_just_decided(shop, desk):
    record = asked(shop)
    desk.decide(ACME, Action.APPROVE, seen(record), key="1")

    done = desk.decide(ACME, Action.REJECT, seen(record), reason=REASON, key="2")

    assert done.ids == []
    assert [each.error.code for each in done.refused] == ["ERR_INVALID_STATUS"]


def test_another_suppliers_request_does_not_exist(shop, desk):
    foreign = asked(shop, product="z-1")

    done = desk.decide(ACME, Action.APPROVE, [*seen(foreign), ("nothing", 1)], key="1")

    assert done.ids == []
    assert [(each.record, each.error.code) for each in done.refused] == [(None, "ERR_AUTHORIZATION_NOT_FOUND")] * 2


def test_no_more_are_approved_than_the_product_has_places(shop, desk):
    shop.set_policy(max_sellers_per_product=1)
    first, second = asked(shop), asked(shop, BEN)

    done = desk.decide(ACME, Action.APPROVE, seen(first, second), key="1")

    assert len(done.ids) == 1
    assert [each.error.code for each in done.refused] == ["ERR_PRODUCT_CAPACITY_REACHED"]


def test_what_was_changed_meanwhile_is_not_decided_and_somebody_is_told(shop, desk, worker):
    record = asked(shop)
    done = desk.decide(ACME, Action.APPROVE, seen(record), key="1")
    shop.workflow.cancel(ANNA, record.product_id)
    again = shop.workflow.request(ANNA, record.product_id)

    assert later(shop, worker) == 1

    assert status_of(shop, again) is Status.REQUESTED
    assert outcomes(shop, done.batch) == [(ScheduleState.REFUSED, "ERR_INVALID_STATUS")]
    [told] = desk.refused_since(ACME, shop.time)
    assert (told.decision.authorization_id, told.seller_name) == (record.id, "Anna")
    assert desk.refused_since(ZETA, shop.time) == desk.refused_since(ACME, shop.time + TICK) == []


def test_a_place_that_is_gone_by_then_is_told(shop, desk, worker):
    record = asked(shop)
    done = desk.decide(ACME, Action.APPROVE, seen(record), key="1")
    shop.set_policy(max_sellers_per_product=0)

    later(shop, worker)

    assert outcomes(shop, done.batch) == [(ScheduleState.REFUSED, "ERR_PRODUCT_CAPACITY_REACHED")]
    assert status_of(shop, record) is Status.REQUESTED


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(shop, desk, worker):
    """The note ends in the transaction of the decision: a crash between them would leave neither."""
    record = asked(shop)
    done = desk.decide(ACME, Action.APPROVE, seen(record), key="1")

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    shop.time += UNDO_WITHIN
    announce, work_type = None, None
    with shop.store.work() as work:
        work_type = type(work)
        announce = work_type.announce
    work_type.announce = killed
    try:
        with pytest.raises(Killed):
            worker.run()
    finally:
        work_type.announce = announce
    assert status_of(shop, record) is Status.REQUESTED
    assert outcomes(shop, done.batch) == [(ScheduleState.PENDING, None)]

    assert worker.run() == 1
    assert status_of(shop, record) is Status.APPROVED


def test_a_decision_that_fails_keeps_no_other_waiting(shop, desk, worker):
    failing, well = asked(shop), asked(shop, product="a-2")
    done = desk.decide(ACME, Action.APPROVE, seen(failing, well), key="1")
    approve = shop.workflow.approve

    def approves_the_other(by, authorization_id, *args, **kwargs):
        if authorization_id == failing.id:
            raise RuntimeError("a slip of ours")
        return approve(by, authorization_id, *args, **kwargs)

    shop.workflow.approve = approves_the_other
    assert later(shop, worker) == 1
    assert (status_of(shop, failing), status_of(shop, well)) == (Status.REQUESTED, Status.APPROVED)
    assert sorted(outcomes(shop, done.batch)) == [(ScheduleState.DONE, None), (ScheduleState.PENDING, None)]

    shop.workflow.approve = approve
    assert worker.run() == 1
    assert status_of(shop, failing) is Status.APPROVED


def test_of_several_workers_each_decision_is_carried_out_by_one(shop, desk):
    records = [asked(shop, product=f"a-{number}") for number in range(1, 11)]
    done = desk.decide(ACME, Action.APPROVE, seen(*records), key="1")
    shop.time = done.due_at
    ended = []
    workers = [CarryingOut(shop.store, shop.workflow, now=shop.now) for _ in range(3)]
    threads = [threading.Thread(target=lambda worker=worker: ended.append(worker.run())) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(ended) == 10
    approvals = [event for event in shop.events() if event.action == "approve"]
    assert sorted(event.authorization_id for event in approvals) == sorted(record.id for record in records)
    assert not any(event.refused for event in approvals)


@pytest.mark.parametrize(
    ("action", "reason", "error"),
    [
        (Action.REVOKE, REASON, InvalidInput),
        (Action.REJECT, None, ReasonRequired),
        (Action.REJECT, "too short", ReasonRequired),
        (Action.ASK_INFO, "", ReasonRequired),
        (Action.REJECT, "x" * 501, InvalidInput),
    ],
)
def test_what_the_verb_would_refuse_is_refused_at_once(shop, desk, action, reason, error):
    with pytest.raises(error):
        desk.decide(ACME, action, seen(asked(shop)), reason=reason, key="1")


@pytest.mark.parametrize("ids", [[], [(f"r-{number}", 1) for number in range(101)]])
def test_neither_nothing_nor_too_much_is_decided_at_once(shop, desk, ids):
    with pytest.raises(InvalidInput):
        desk.decide(ACME, Action.APPROVE, ids, key="1")


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_decision_needs_a_key(shop, desk, key):
    with pytest.raises(InvalidInput):
        desk.decide(ACME, Action.APPROVE, [("r", 1)], key=key)


def test_a_seller_decides_nothing(shop, desk):
    with pytest.raises(Forbidden):
        desk.decide(ANNA, Action.APPROVE, seen(asked(shop)), key="1")


def test_what_has_ended_is_forgotten_after_a_day(shop, desk, worker):
    done = desk.decide(ACME, Action.APPROVE, seen(asked(shop)), key="1")
    later(shop, worker)

    shop.time += timedelta(days=1)
    assert worker.forget() == 0
    shop.time += TICK
    assert worker.forget() == 1
    assert outcomes(shop, done.batch) == []
