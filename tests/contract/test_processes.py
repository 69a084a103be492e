"""Every store knows which processes hold a gate."""

from builders import HOUR, NOON, TICK, a_report


def report(store, *reports):
    with store.work() as work:
        for each in reports:
            work.processes.report(each)


def live(store, since=NOON):
    with store.view() as view:
        return view.processes.live(since)


def test_a_report_comes_back_as_it_was_made(store):
    made = a_report(
        started_at=NOON - HOUR,
        seen_at=NOON + TICK,
        applied_sequence=7,
        rollout_version=-1,
        open_sequences=frozenset({3, 5}),
    )
    report(store, made)

    assert live(store) == [made]


def test_a_process_has_one_report_the_newest(store):
    report(store, a_report(), a_report(seen_at=NOON + HOUR, applied_sequence=9))

    assert live(store) == [a_report(seen_at=NOON + HOUR, applied_sequence=9)]


def test_a_process_that_was_not_seen_since_is_not_live(store):
    report(store, a_report("process-2"), a_report("process-1"), a_report("dead", seen_at=NOON - TICK))

    assert [each.id for each in live(store)] == ["process-1", "process-2"]


def test_a_process_that_leaves_is_forgotten(store):
    report(store, a_report("process-1"), a_report("process-2"))
    with store.work() as work:
        work.processes.leave("process-1")
        work.processes.leave("never-there")

    assert [each.id for each in live(store)] == ["process-2"]


def test_a_report_says_which_changes_have_been_applied():
    made = a_report(applied_sequence=7, open_sequences=frozenset({3}))

    assert [made.has_applied(number) for number in (1, 3, 7, 8)] == [True, False, True, False]
