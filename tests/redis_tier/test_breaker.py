"""When a Redis in trouble is not asked any more, and when it is asked again."""

import threading

import pytest

from sellergate.adapters.redis_tier.breaker import Breaker
from sellergate.ports.cache import SECOND


def a_closed_one():
    breaker = Breaker()
    assert breaker.may_probe(0)
    breaker.probe_succeeded()
    return breaker


def play(script):
    """The state after each event; an event is what happened and when, in seconds."""
    breaker, states = a_closed_one(), []
    for what, seconds in script:
        now = round(seconds * SECOND)
        if what == "answer":
            breaker.succeeded()
        elif what == "probe":
            breaker.may_probe(now)
        elif what == "alive":
            breaker.probe_succeeded()
        elif what == "dead":
            breaker.probe_failed(now)
        else:
            breaker.failed(now, timed_out=what == "timeout")
        states.append(breaker.state.value)
    return states


OPENED = [("error", 10)] * 5


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ([], None),
        ([("error", 10)] * 4, "closed"),
        (OPENED, "open"),
        ([("error", 10)] * 4 + [("answer", 10)] + [("error", 10)] * 4, "closed"),
        ([("timeout", 10)] * 2, "closed"),
        ([("timeout", 10)] * 3, "open"),
        ([("timeout", 10), ("timeout", 10.5), ("timeout", 10.999)], "open"),
        ([("timeout", 10), ("timeout", 10.5), ("timeout", 11)], "closed"),
        ([("timeout", 10), ("answer", 10.1), ("timeout", 10.2), ("answer", 10.3), ("timeout", 10.4)], "open"),
        ([("timeout", 10), ("timeout", 10.1), ("error", 10.2), ("error", 10.2), ("error", 10.2)], "open"),
        ([*OPENED, ("probe", 10.999)], "open"),
        ([*OPENED, ("probe", 11)], "half-open"),
        ([*OPENED, ("probe", 11), ("alive", 11)], "closed"),
        ([*OPENED, ("probe", 11), ("dead", 11)], "open"),
        ([*OPENED, ("answer", 10.5)], "open"),
        ([*OPENED, ("probe", 11), ("error", 11), ("answer", 11)], "half-open"),
        ([*OPENED, ("probe", 11), ("alive", 11), *[("error", 11)] * 4], "closed"),
    ],
)
def test_the_state_after_what_happened(script, state):
    assert (play(script) or [None])[-1] == state


def test_probes_are_one_two_four_eight_and_then_ten_seconds_apart():
    breaker, now, pauses = a_closed_one(), 100 * SECOND, []
    for _ in range(5):
        breaker.failed(now, timed_out=False)
    for _ in range(6):
        failed_at = now
        while not breaker.may_probe(now):
            now += SECOND // 10
        pauses.append((now - failed_at) / SECOND)
        breaker.probe_failed(now)

    assert pauses == [1, 2, 4, 8, 10, 10]


def test_after_a_recovery_the_pauses_begin_small_again():
    breaker = a_closed_one()
    for round_ in range(2):
        began = (100 + round_ * 50) * SECOND
        for _ in range(5):
            breaker.failed(began, timed_out=False)
        assert not breaker.may_probe(began + SECOND - 1)
        assert breaker.may_probe(began + SECOND)
        breaker.probe_failed(began + SECOND)
        assert breaker.may_probe(began + 3 * SECOND)
        breaker.probe_succeeded()


def test_it_begins_open_and_may_be_probed_at_once():
    breaker = Breaker()

    assert (breaker.state.value, breaker.is_closed) == ("open", False)
    assert breaker.may_probe(0)
    breaker.probe_failed(0)
    assert not breaker.may_probe(SECOND - 1)
    assert breaker.may_probe(SECOND)


def test_only_one_of_many_makes_the_probe():
    breaker = Breaker()
    barrier, granted = threading.Barrier(8), []

    def ask():
        barrier.wait(10)
        granted.append(breaker.may_probe(SECOND))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(granted) == [False] * 7 + [True]


def test_the_failure_that_opens_it_is_told():
    breaker = a_closed_one()
    assert [breaker.failed(SECOND, timed_out=False) for _ in range(6)] == [False] * 4 + [True, False]
