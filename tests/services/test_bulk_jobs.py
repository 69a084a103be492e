"""A bulk job decides about everything that matched when it was started, step by step, and can be stopped or killed at any of them."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from shop import ACME, ANNA, REASON, ZETA, Shop, seller_actor

from sellergate.domain.authorization import Action, Status
from sellergate.domain.bulk_jobs import JobState
from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput, NotFound, ReasonRequired, StoreUnavailable
from sellergate.domain.identifiers import ProductId
from sellergate.domain.scheduling import UNDO_WITHIN
from sellergate.services.bulk_jobs import SHOWN_FOR, BulkJobs
from sellergate.services.inbox import InboxQuery, InboxView
from sellergate.services.scheduling import Scheduling

TICK = timedelta(microseconds=1)


@pytest.fixture
def shop(store):
    shop = Shop(store, limit=None)
    for number in range(1, 9):
        shop.add_seller(f"s-{number}", tier=Tier.GOLD if number % 2 else Tier.BRONZE)
    return shop


@pytest.fixture
def jobs(shop):
    return BulkJobs(shop.store, shop.workflow, now=shop.now)


@pytest.fixture
def requests(shop):
    """Eight for one product, a minute apart; the clock stands at the last."""
    made = []
    for number in range(1, 9):
        shop.wait(minutes=1)
        made.append(shop.workflow.request(seller_actor(f"s-{number}"), ProductId("a-1")))
    return made


def start(shop, jobs, action=Action.APPROVE, query=None, **facts):
    return jobs.start(ACME, action, query or InboxQuery(), shop.time, **{"key": "1", **facts})


def finish(shop, jobs):
    shop.time += UNDO_WITHIN
    return jobs.run()


def statuses(shop, requests):
    with shop.store.view() as view:
        return [view.authorizations.get(record.id).status for record in requests]


def the_job(shop, job):
    with shop.store.view() as view:
        return view.jobs.get(job.id)


def test_everything_that_matched_is_decided_from_ten_seconds_later_on(shop, jobs, requests):
    job = start(shop, jobs)

    assert (job.total, job.seen) == (8, 0)
    shop.time += UNDO_WITHIN - TICK
    assert jobs.run() == 0
    shop.time += TICK
    assert jobs.run() == 8
    assert statuses(shop, requests) == [Status.APPROVED] * 8
    ended = the_job(shop, job)
    assert (ended.state, ended.done, ended.refused, ended.ended_at) == (JobState.DONE, 8, {}, shop.time)
    assert jobs.run() == 0


def test_what_comes_later_is_not_decided(shop, jobs, requests):
    start(shop, jobs)
    shop.time += TICK
    late = shop.workflow.request(ANNA, ProductId("a-1"))

    finish(shop, jobs)

    assert statuses(shop, [late]) == [Status.REQUESTED]


@pytest.mark.parametrize(
    ("query", "decided"),
    [
        (InboxQuery(tier=Tier.GOLD), [0, 2, 4, 6]),
        (InboxQuery(search="s-3"), [2]),
        (InboxQuery(product_id="a-1", newest_first=True, limit=1), range(8)),
    ],
)
def test_only_what_matches_is_decided(shop, jobs, requests, query, decided):
    job = start(shop, jobs, Action.REJECT, query, reason=REASON)

    finish(shop, jobs)

    after = statuses(shop, requests)
    assert [index for index, status in enumerate(after) if status is Status.REJECTED] == list(decided)
    assert the_job(shop, job).done == job.total == len(list(decided))


def test_a_saved_view_means_what_it_did_when_the_job_was_started(shop, jobs, requests):
    shop.wait(days=3)
    shop.time -= timedelta(minutes=5)  # the first three are overdue
    job = start(shop, jobs, query=InboxQuery(view=InboxView.OVERDUE))
    shop.wait(minutes=30)

    assert jobs.run() == job.total == 3
    assert statuses(shop, requests).count(Status.APPROVED) == 3


def test_places_go_to_those_who_have_waited_longest_and_the_rest_is_left(shop, jobs, requests):
    shop.set_policy(max_sellers_per_product=3)
    job = start(shop, jobs, query=InboxQuery(newest_first=True))

    finish(shop, jobs)

    assert statuses(shop, requests) == [Status.APPROVED] * 3 + [Status.REQUESTED] * 5
    assert the_job(shop, job).refused == {"ERR_PRODUCT_CAPACITY_REACHED": 5}


def test_what_has_changed_since_or_is_being_decided_by_somebody_else_is_left(shop, jobs, requests):
    job = start(shop, jobs)
    shop.wait(seconds=1)
    shop.workflow.ask_info(ACME, requests[0].id, "How will you ship it?")
    shop.workflow.resubmit(seller_actor("s-1"), ProductId("a-1"), justification="By post, as always.")
    shop.workflow.reject(ACME, requests[1].id, REASON)
    shop.time = job.due_at
    Scheduling(shop.store, now=shop.now).decide(ACME, Action.REJECT, [(requests[2].id, 1)], reason=REASON, key="other")

    jobs.run()

    assert statuses(shop, requests) == [Status.REQUESTED, Status.REJECTED, Status.REQUESTED, *[Status.APPROVED] * 5]
    ended = the_job(shop, job)
    assert (ended.done, ended.refused) == (5, {"ERR_INVALID_STATUS": 1})


def test_a_stopped_job_goes_no_further(shop, jobs, requests):
    job = start(shop, jobs)
    jobs.stop(ACME, job.id)

    assert finish(shop, jobs) == 0
    assert statuses(shop, requests) == [Status.REQUESTED] * 8
    assert the_job(shop, job).state is JobState.STOPPED
    jobs.stop(ACME, job.id)  # once more changes nothing


def test_a_job_is_stopped_between_two_steps(shop, jobs, requests):
    job = start(shop, jobs)
    stopped_at = 3
    verb = shop.workflow.approve

    def approve(*args, **kwargs):
        if the_job(shop, job).done == stopped_at:
            jobs.stop(ACME, job.id)
        return verb(*args, **kwargs)

    shop.workflow.approve = approve
    shop.time = job.due_at

    jobs.run()

    assert statuses(shop, requests).count(Status.APPROVED) == stopped_at
    assert the_job(shop, job).done == stopped_at
    assert the_job(shop, job).state is JobState.STOPPED


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_does_the_rest(shop, jobs, requests):
    shop.set_policy(max_sellers_per_product=5)
    job = start(shop, jobs)
    verb, calls = shop.workflow.approve, []

    class Killed(BaseException):
        pass

    def approve(*args, **kwargs):
        calls.append(args)
        if len(calls) == 7:  # five are done, one was refused
            raise Killed
        return verb(*args, **kwargs)

    shop.workflow.approve = approve
    shop.time = job.due_at
    with pytest.raises(Killed):
        jobs.run()
    assert (the_job(shop, job).done, the_job(shop, job).left) == (5, 1)

    assert BulkJobs(shop.store, shop.workflow, now=shop.now).run() == 2

    ended = the_job(shop, job)
    assert (ended.state, ended.done, ended.left) == (JobState.DONE, 5, 3)
    events = [event for event in shop.events() if event.action == "approve"]
    assert sum(not event.refused for event in events) == 5
    assert sum(bool(event.refused) for event in events) == 3


def test_a_job_that_cannot_be_read_keeps_no_other_waiting(shop, jobs, requests):
    job = start(shop, jobs)
    of_another_release = replace(job, key="0", wanted={"view": "of another release"}, due_at=job.due_at - TICK)
    with shop.store.work() as work:
        unreadable = replace(of_another_release, id=work.jobs.add(of_another_release))
    shop.time = job.due_at

    assert jobs.run() == 8
    assert statuses(shop, requests) == [Status.APPROVED] * 8
    assert the_job(shop, unreadable) == unreadable, "a worker that can read it goes on with it"


def test_a_database_that_does_not_answer_ends_the_beat(shop, jobs, requests):
    start(shop, jobs, key="1")
    shop.time = start(shop, jobs, key="2").due_at
    asked = []

    def unavailable(*_, **__):
        asked.append(1)
        raise StoreUnavailable

    shop.workflow.approve = unavailable

    with pytest.raises(StoreUnavailable):
        jobs.run()
    assert len(asked) == 1


def test_several_workers_decide_each_request_once(shop, jobs, requests):
    job = start(shop, jobs)
    shop.time = job.due_at
    workers = [BulkJobs(shop.store, shop.workflow, now=shop.now) for _ in range(3)]
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.run()

    ended = the_job(shop, job)
    assert (ended.state, ended.done, ended.refused) == (JobState.DONE, 8, {})
    approvals = [event for event in shop.events() if event.action == "approve"]
    assert len(approvals) == 8
    assert not any(event.refused for event in approvals)


def test_a_second_click_starts_no_second_job(shop, jobs, requests):
    first, again = start(shop, jobs), start(shop, jobs)
    other = start(shop, jobs, query=InboxQuery(tier=Tier.GOLD))

    assert again == first
    assert other.id != first.id


def test_a_job_about_nothing_or_without_a_reason_is_not_started(shop, jobs, requests):
    with pytest.raises(InvalidInput):
        start(shop, jobs, query=InboxQuery(search="nobody"))
    with pytest.raises(ReasonRequired):
        start(shop, jobs, Action.REJECT)


def test_nobody_sees_or_stops_another_suppliers_job(shop, jobs, requests):
    job = start(shop, jobs)

    assert jobs.recent(ZETA) == []
    assert [each.id for each in jobs.recent(ACME)] == [job.id]
    with pytest.raises(NotFound):
        jobs.stop(ZETA, job.id)


def test_a_job_is_shown_for_some_minutes_after_its_end(shop, jobs, requests):
    start(shop, jobs)
    finish(shop, jobs)

    shop.time += SHOWN_FOR
    assert len(jobs.recent(ACME)) == 1
    shop.time += TICK
    assert jobs.recent(ACME) == []
