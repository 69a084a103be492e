"""Every store keeps one watch over the rollout, what was judged, and what was signed."""

from datetime import timedelta

import pytest
from walking import all_at_once

from builders import HOUR, NOON, TICK, a_rollout, a_rollout_change, a_verdict
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.control import SignOff, Watch
from sellergate.ports.queries import PageRequest


def a_watch(beat=1, **facts):
    return Watch(**{"holder": "process-1", "beat": beat, "at": NOON, **facts})


def a_sign_off(**facts):
    given = {"step": "canary", "criterion": "no_complaints", "by": "operator-1", "role": "operator", "at": NOON}
    return SignOff(**{**given, "note": "Support has heard of none.", **facts})


def watch(store):
    with store.view() as view:
        return view.watches.current()


def save(store, before, after):
    with store.work() as work:
        work.watches.save(before, after)


def add(store, *verdicts):
    with store.work() as work:
        return [work.verdicts.add(verdict) for verdict in verdicts]


def listed(store, **page):
    with store.view() as view:
        return view.verdicts.list(PageRequest(**page))


def test_nobody_has_the_watch_yet(store):
    assert watch(store) is None


def test_the_watch_comes_back_as_it_was_taken_and_given_up(store):
    save(store, None, a_watch())
    assert watch(store) == a_watch()

    save(store, a_watch(), a_watch(2, holder=None, at=NOON + HOUR))
    assert watch(store) == a_watch(2, holder=None, at=NOON + HOUR)


@pytest.mark.parametrize("before", [None, a_watch(1), a_watch(9)])
def test_whoever_has_lost_the_watch_cannot_save_it(store, before):
    save(store, None, a_watch(1))
    save(store, a_watch(1), a_watch(2, holder="process-2"))

    with pytest.raises(ConcurrentChange):
        save(store, before, a_watch(3))

    assert watch(store) == a_watch(2, holder="process-2")


def test_an_act_of_whoever_has_lost_the_watch_is_undone_whole(store):
    save(store, None, a_watch(2))

    def act():
        with store.work() as work:
            work.rollouts.save(0, a_rollout(), a_rollout_change())
            work.watches.save(a_watch(1), a_watch(3))

    with pytest.raises(ConcurrentChange):
        act()

    with store.view() as view:
        assert view.rollouts.current() is None


@pytest.mark.parametrize("before", [None, a_watch(1)])
def test_of_sixteen_one_takes_the_watch(store, before):
    if before is not None:
        save(store, None, before)

    results = all_at_once(16, lambda index: save(store, before, a_watch(5, holder=f"process-{index}")))

    assert results.count(None) == 1
    assert sum(isinstance(result, ConcurrentChange) for result in results) == 15
    assert watch(store).holder == f"process-{results.index(None)}"


def test_a_verdict_comes_back_with_its_evidence_to_the_last_digit(store):
    evidence = {"rate": 0.1 + 0.2, "tiny": 5e-324, "at": "2026-03-01T12:00:00Z", "none": None, "text": "한국"}
    (id,) = add(store, a_verdict(evidence=evidence))

    with store.view() as view:
        stored = view.verdicts.get(id)
        assert (view.verdicts.get(id + 1), view.verdicts.latest()) == (None, a_verdict(id=id, evidence={}))

    assert stored == a_verdict(id=id, evidence=evidence)
    assert repr(stored.evidence["rate"]) == repr(0.1 + 0.2)


def test_verdicts_are_listed_newest_first_without_their_evidence(store):
    ids = add(store, *(a_verdict(at=NOON + number * TICK) for number in range(3)))

    page = listed(store, limit=2)
    rest = listed(store, limit=2, after=page.next)

    assert [verdict.id for verdict in (*page.items, *rest.items)] == ids[::-1]
    assert (page.total, rest.next) == (3, None)
    assert {len(verdict.evidence) for verdict in page.items} == {0}


def test_an_old_verdict_is_forgotten_unless_the_history_rests_on_it(store):
    kept, forgotten, young = add(store, a_verdict(), a_verdict(), a_verdict(at=NOON + TICK))
    with store.work() as work:
        work.rollouts.save(0, a_rollout(), a_rollout_change(verdict_id=kept))

    with store.work() as work:
        assert work.verdicts.forget(NOON + TICK) == 1

    assert [verdict.id for verdict in listed(store).items] == [young, kept]
    (new,) = add(store, a_verdict())
    assert new not in (kept, forgotten, young)


def test_what_was_signed_is_kept_in_order_withdrawals_too(store):
    signed = [
        a_sign_off(),
        a_sign_off(withdrawn=True, at=NOON + TICK, note="One has called."),
        a_sign_off(criterion="runbook", at=NOON + timedelta(days=1)),
    ]
    with store.work() as work:
        for each in signed:
            work.sign_offs.add(each)

    with store.view() as view:
        assert view.sign_offs.since(None) == signed
        assert view.sign_offs.since(NOON + TICK) == signed[1:]
