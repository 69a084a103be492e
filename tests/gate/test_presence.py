"""What a process says of itself, and that saying it can never do harm."""

import time
from datetime import timedelta

import pytest
from gate_world import A_WHILE, FULL

from sellergate.domain.errors import StoreUnavailable
from sellergate.ports.clock import utc_now
from sellergate.ports.feed import FeedPosition
from sellergate.services.presence import Presence


class Applied:
    position = FeedPosition()


@pytest.fixture
def applied():
    return Applied()


def a_presence(store, applied, state=FULL):
    return Presence(store, process_id="this", position=lambda: applied.position, rollout=lambda: state)


def reports(store):
    with store.view() as view:
        return view.processes.live(utc_now() - timedelta(seconds=3))


def until(condition):
    deadline = time.monotonic() + A_WHILE
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)


def test_a_process_is_there_once_it_has_started_and_gone_once_it_has_stopped(store, applied):
    presence = a_presence(store, applied)
    presence.start()
    assert [(report.id, report.applied_sequence, report.rollout_version) for report in reports(store)] == [
        ("this", 0, 0)
    ]

    presence.stop()
    assert reports(store) == []


def test_it_reports_soon_when_woken(store, applied):
    presence = a_presence(store, applied)
    presence.start()
    try:
        applied.position = FeedPosition(7, frozenset({5}))
        began = time.monotonic()
        presence.wake()
        until(lambda: reports(store)[0].applied_sequence == 7)
        assert reports(store)[0].open_sequences == {5}
        assert time.monotonic() - began < 0.9
    finally:
        presence.stop()


def test_the_kill_switch_is_reported_as_minus_one(store, applied):
    presence = a_presence(store, applied, FULL.killed())
    assert presence.report()

    assert reports(store)[0].rollout_version == -1


def test_trouble_is_not_raised_and_said_once(store, applied, caplog):
    class Down:
        def work(self):
            raise StoreUnavailable

    presence = a_presence(Down(), applied)
    assert not presence.report()
    assert not presence.report()
    presence.stop()

    assert caplog.text.count("cannot report") == 1
