"""Every store keeps what was tried, and finds the last of each kind."""

from contextlib import suppress

import pytest
from walking import ItFailed

from builders import HOUR, NOON
from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.queries import PageRequest

SUMMARY = {"p95Milliseconds": 1.25, "checks": 100_000, "missing": None, "limits": [{"name": "오류율", "holds": True}]}


def a_trial(kind=TrialKind.LOADTEST, **facts):
    return Trial(kind=kind, **{"at": NOON, "actor_id": "operator-1", "holds": True, **facts})


def add(store, *trials):
    with store.work() as work:
        return [work.trials.add(trial) for trial in trials]


def latest(store, kind=TrialKind.LOADTEST):
    with store.view() as view:
        return view.trials.latest(kind)


def test_without_any_there_is_none(store):
    assert latest(store) is None


@pytest.mark.parametrize("kind", TrialKind)
def test_a_trial_comes_back_as_it_was_stored(store, kind):
    trial = a_trial(kind, holds=False, summary=SUMMARY)

    [id] = add(store, trial)

    found = latest(store, kind)
    assert found == a_trial(kind, holds=False, summary=SUMMARY, id=id)
    assert found.at.tzinfo is not None


def test_kinds_do_not_answer_for_each_other(store):
    add(store, a_trial(TrialKind.DRILL), a_trial(TrialKind.SIMULATION, at=NOON + HOUR))

    assert latest(store, TrialKind.DRILL).at == NOON
    assert latest(store, TrialKind.LOADTEST) is None


def test_the_latest_is_the_last_by_its_time(store):
    add(store, a_trial(at=NOON + HOUR, holds=False), a_trial(at=NOON))

    assert latest(store).at == NOON + HOUR
    assert not latest(store).holds


def test_of_two_at_one_moment_the_one_stored_last(store):
    ids = add(store, a_trial(holds=True), a_trial(holds=False))

    assert latest(store).id == ids[1]
    assert not latest(store).holds


def test_a_work_that_fails_leaves_none(store):
    with suppress(ItFailed), store.work() as work:
        work.trials.add(a_trial())
        raise ItFailed

    assert latest(store) is None


def listed(store, **page):
    with store.view() as view:
        return view.trials.list(PageRequest(**page))


def test_the_list_begins_with_the_one_stored_last_and_goes_on_page_by_page(store):
    ids = add(store, a_trial(at=NOON + HOUR, summary=SUMMARY), a_trial(TrialKind.DRILL), a_trial(TrialKind.CANARY))

    first = listed(store, limit=2)
    rest = listed(store, limit=2, after=first.next)

    assert [trial.id for trial in first.items] == ids[:0:-1]
    assert first.total == 3
    assert [trial.summary for trial in rest.items] == [SUMMARY]
    assert rest.next is None
