"""Every store keeps decisions until they are due, one for each record, and lets exactly one work end each of them."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from walking import ItFailed

from builders import HOUR, NOON, TICK, a_job, a_scheduled_decision, an_authorization, keep, stock
from sellergate.domain.authorization import Action, Status
from sellergate.domain.bulk_jobs import JobState
from sellergate.domain.errors import InvalidInput
from sellergate.domain.scheduling import ScheduleState
from sellergate.ports.queries import AuthorizationQuery, PageRequest

SECOND = timedelta(seconds=1)
DUE = NOON + 10 * SECOND
WAITING = AuthorizationQuery(supplier_id="acme", statuses=frozenset({Status.REQUESTED}), undecided=True)


@pytest.fixture
def records(store):
    """Three requests, the oldest first."""
    stock(store, sellers=("anna", "ben", "cleo"))
    made = [
        an_authorization(seller=id, requested_at=NOON - hours * HOUR)
        for hours, id in ((3, "anna"), (2, "ben"), (1, "cleo"))
    ]
    keep(store, *made)
    return [record.id for record in made]


def add(store, *decisions):
    with store.work() as work:
        return [work.scheduled.add(decision) for decision in decisions]


def of_batch(store, batch="b-1", supplier="acme"):
    with store.view() as view:
        return view.scheduled.of_batch(supplier, batch)


def waiting(store, query=WAITING):
    with store.view() as view:
        page = view.authorizations.search(query)
        assert page.total == view.authorizations.count(query)
        return [record.id for record in page.items], page.total


def finish(store, id, state=ScheduleState.DONE, error=None):
    with store.work() as work:
        return work.scheduled.finish(id, state, DUE, error)


@pytest.mark.parametrize("action", [Action.APPROVE, Action.REJECT, Action.ASK_INFO])
def test_a_decision_comes_back_as_it_was_stored(store, records, action):
    decision = a_scheduled_decision(records[0], action=action, reason="사유가 있습니다, 열 자.", version=7)

    assert add(store, decision) == [True]

    [stored] = of_batch(store)
    assert stored == replace(decision, id=stored.id)
    assert of_batch(store, "b-2") == of_batch(store, supplier="zeta") == []


def test_a_record_that_does_not_exist_is_not_decided(store, records):
    with pytest.raises(InvalidInput):
        add(store, a_scheduled_decision("nothing"))


def test_a_record_has_one_pending_decision(store, records):
    assert add(store, a_scheduled_decision(records[0])) == [True]
    assert add(store, a_scheduled_decision(records[0], batch="b-2"), a_scheduled_decision(records[1])) == [False, True]

    assert finish(store, of_batch(store)[0].id)
    assert add(store, a_scheduled_decision(records[0], batch="b-3")) == [True]


def test_those_that_are_due_come_longest_first(store, records):
    add(
        store,
        a_scheduled_decision(records[0], due_at=DUE),
        a_scheduled_decision(records[1], due_at=DUE - SECOND),
        a_scheduled_decision(records[2], due_at=DUE + TICK),
    )

    with store.view() as view:
        assert [each.authorization_id for each in view.scheduled.due(DUE, 10)] == [records[1], records[0]]
        assert [each.authorization_id for each in view.scheduled.due(DUE, 1)] == [records[1]]
        assert view.scheduled.due(DUE - SECOND - TICK, 10) == []


def test_a_decision_ends_once(store, records):
    add(store, a_scheduled_decision(records[0]))
    [decision] = of_batch(store)

    assert finish(store, decision.id, ScheduleState.REFUSED, "ERR_X")
    assert not finish(store, decision.id)

    [ended] = of_batch(store)
    assert (ended.state, ended.error, ended.done_at) == (ScheduleState.REFUSED, "ERR_X", DUE)
    with store.view() as view:
        assert view.scheduled.due(DUE + HOUR, 10) == []


def test_a_work_that_fails_has_not_ended_it(store, records):
    add(store, a_scheduled_decision(records[0]))
    [decision] = of_batch(store)

    with suppress(ItFailed), store.work() as work:
        assert work.scheduled.finish(decision.id, ScheduleState.DONE, DUE)
        raise ItFailed

    assert finish(store, decision.id)


def test_of_many_works_that_end_one_decision_one_has(store, records):
    add(store, a_scheduled_decision(records[0]))
    [decision] = of_batch(store)
    ended = []
    threads = [threading.Thread(target=lambda: ended.append(finish(store, decision.id))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ended) == [False, False, False, True]


def test_what_is_taken_back_before_it_is_due_was_never_decided(store, records):
    add(store, *(a_scheduled_decision(id) for id in records[:2]), a_scheduled_decision(records[2], batch="b-2"))

    with store.work() as work:
        assert work.scheduled.withdraw("zeta", "b-1", NOON) == []
        assert work.scheduled.withdraw("acme", "b-1", DUE - TICK) == records[:2]

    assert of_batch(store) == []
    assert len(of_batch(store, "b-2")) == 1


def test_what_is_due_or_has_ended_is_not_taken_back(store, records):
    add(store, a_scheduled_decision(records[0], due_at=DUE), a_scheduled_decision(records[1], due_at=DUE + HOUR))
    finish(store, of_batch(store)[1].id)

    with store.work() as work:
        assert work.scheduled.withdraw("acme", "b-1", DUE) == []
    assert len(of_batch(store)) == 2


def test_a_record_with_a_pending_decision_is_no_longer_undecided(store, records):
    assert waiting(store) == (records, 3)
    add(store, a_scheduled_decision(records[1]))
    assert waiting(store) == ([records[0], records[2]], 2)
    assert waiting(store, replace(WAITING, page=PageRequest(1)))[1] == 2
    assert waiting(store, replace(WAITING, search="ben")) == ([], 0)
    assert waiting(store, replace(WAITING, undecided=False)) == (records, 3)

    finish(store, of_batch(store)[0].id)
    assert waiting(store) == (records, 3)


def test_refused_ones_are_told_newest_first(store, records):
    add(store, *(a_scheduled_decision(id) for id in records))
    first, second, third = of_batch(store)
    with store.work() as work:
        work.scheduled.finish(first.id, ScheduleState.REFUSED, NOON, "ERR_A")
        work.scheduled.finish(second.id, ScheduleState.REFUSED, NOON + SECOND, "ERR_B")
        work.scheduled.finish(third.id, ScheduleState.DONE, NOON + SECOND)

    with store.view() as view:
        assert [each.error for each in view.scheduled.refused("acme", NOON)] == ["ERR_B", "ERR_A"]
        assert [each.error for each in view.scheduled.refused("acme", NOON + TICK)] == ["ERR_B"]
        assert view.scheduled.refused("zeta", NOON) == []


def test_ended_ones_are_forgotten_and_pending_ones_are_not(store, records):
    add(store, *(a_scheduled_decision(id) for id in records))
    first, second, _ = of_batch(store)
    with store.work() as work:
        work.scheduled.finish(first.id, ScheduleState.DONE, NOON)
        work.scheduled.finish(second.id, ScheduleState.REFUSED, NOON + TICK, "ERR_A")
        assert work.scheduled.forget(NOON + TICK) == 1

    assert [each.authorization_id for each in of_batch(store)] == records[1:]


# Jobs.
def add_job(store, *jobs):
    with store.work() as work:
        return [work.jobs.add(job) for job in jobs]


def job_of(store, id):
    with store.view() as view:
        return view.jobs.get(id)


def save(store, before, after):
    with store.work() as work:
        return work.jobs.save(before, after)


def test_a_job_comes_back_as_it_was_stored(store):
    job = a_job(
        action=Action.REJECT,
        reason="열 자가 넘는 사유입니다.",
        wanted={"view": "waiting", "q": "달빛"},
        refused={"ERR_A": 2},
        position=("2026-03-01T12:00:00.000000", "auth-1"),
        done=4,
        step=6,
    )

    [id] = add_job(store, job)

    assert job_of(store, id) == replace(job, id=id)
    assert job_of(store, id + 1) is None


def test_a_supplier_has_one_job_of_a_key(store):
    first, second, other = add_job(store, a_job(), a_job(total=9), a_job(supplier_id="zeta"))

    assert second is None
    assert other is not None
    with store.view() as view:
        assert view.jobs.of_key("acme", "key-1") == job_of(store, first)
        assert view.jobs.of_key("acme", "key-2") is None


def test_only_who_knows_the_last_step_takes_the_next(store):
    [id] = add_job(store, a_job())
    job = job_of(store, id)
    further = job.advanced(("x", "auth-1"))

    assert save(store, job, further)
    assert not save(store, job, job.advanced(("x", "auth-1"), "ERR_A"))
    assert not save(store, job, job.ended(JobState.STOPPED, NOON))

    assert job_of(store, id) == further
    assert save(store, further, further.ended(JobState.STOPPED, NOON))
    assert job_of(store, id).state is JobState.STOPPED


def test_jobs_are_due_once_their_time_has_come_until_they_end(store):
    early, late, over = add_job(
        store, a_job("1", due_at=DUE), a_job("2", due_at=DUE + TICK), a_job("3", due_at=DUE - HOUR)
    )
    job = job_of(store, over)
    save(store, job, job.ended(JobState.DONE, NOON))

    with store.view() as view:
        assert [job.id for job in view.jobs.due(DUE)] == [early]
        assert [job.id for job in view.jobs.due(DUE + TICK)] == [early, late]


def test_a_supplier_sees_open_jobs_and_those_that_ended_lately(store):
    ids = add_job(store, a_job("1"), a_job("2"), a_job("3"), a_job("4", supplier_id="zeta"))
    for id, at in ((ids[0], NOON - TICK), (ids[1], NOON)):
        job = job_of(store, id)
        save(store, job, job.ended(JobState.DONE, at))

    with store.view() as view:
        assert [job.id for job in view.jobs.of_supplier("acme", NOON)] == [ids[2], ids[1]]
    with store.work() as work:
        assert work.jobs.forget(NOON) == 1
        assert [job.id for job in work.jobs.of_supplier("acme", NOON - HOUR)] == [ids[2], ids[1]]
