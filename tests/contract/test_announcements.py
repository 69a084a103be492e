"""Every store keeps each announcement once by its key, lets one worker go on at a time, and knows the dates of steps."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from walking import ItFailed

from builders import HOUR, NOON
from sellergate.domain.announced import Announced
from sellergate.domain.announcements import StepDate
from sellergate.domain.communication import Occasion
from sellergate.ports.queries import PageRequest

TEXTS = {"subject": {"en": "News", "ko": "소식"}, "text": {"en": "One.\n\n- Two", "ko": "하나.\n\n- 둘"}}


def announced(key="launch:before:canary:0", **facts):
    given = {
        "name": "launch",
        "audience": "Sellers",
        "occasion": Occasion.BEFORE,
        "step": "canary",
        "begins_at": NOON + HOUR,
        "at": NOON,
        "by": "system",
        "texts": TEXTS,
        "places": ("email:a@shop.test", "sellers"),
        **facts,
    }
    return Announced(key=key, **given)


def add(store, *all_of_them):
    with store.work() as work:
        return [work.announcements.add(one) for one in all_of_them]


def save(store, before, after):
    with store.work() as work:
        return work.announcements.save(before, after)


def stored(store, key="launch:before:canary:0"):
    with store.view() as view:
        return view.announcements.of_keys([key, "no such"]).get(key)


@pytest.mark.parametrize("occasion", Occasion)
def test_an_announcement_comes_back_as_it_was_sent(store, occasion):
    sent = announced(occasion=occasion, told=3, cursor="벤", done_at=NOON + HOUR)
    [id] = add(store, sent)

    assert stored(store) == replace(sent, id=id)
    assert stored(store, "another") is None


def test_a_key_is_announced_once(store):
    first, second, other = add(store, announced(), announced(name="again"), announced("other"))

    assert second is None
    assert other > first
    assert stored(store).name == "launch"


def test_of_many_who_announce_at_the_same_time_one_does(store):
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: add(store, announced())[0], range(8)))

    assert len([id for id in ids if id is not None]) == 1


def test_only_the_first_of_two_who_go_on_from_the_same_place_goes_on(store):
    add(store, announced())
    here = stored(store)

    assert save(store, here, here.further(2, "ben"))
    assert not save(store, here, here.further(2, "anna"))
    further = stored(store)
    assert (further.told, further.cursor) == (2, "ben")
    assert save(store, further, further.done(NOON + HOUR))
    assert not save(store, further, further.further(1, "cleo"))
    assert stored(store).done_at == NOON + HOUR
    assert not save(store, announced("never added"), announced("never added"))


def test_what_is_not_finished_is_found_oldest_first(store):
    add(store, announced("b"), announced("a"), announced("c", done_at=NOON))

    with store.view() as view:
        assert [one.key for one in view.announcements.unfinished()] == ["b", "a"]


def test_the_history_is_read_in_pages_newest_first(store):
    add(store, *(announced(f"key-{number}") for number in range(3)))
    with store.view() as view:
        first = view.announcements.list(PageRequest(2))
        rest = view.announcements.list(PageRequest(2, first.next))

    assert [one.key for one in [*first.items, *rest.items]] == ["key-2", "key-1", "key-0"]
    assert (first.total, rest.next) == (3, None)


def test_the_last_date_of_a_step_counts(store):
    first = StepDate(step="canary", begins_at=NOON, by="operator-1", at=NOON)
    last = StepDate(step="canary", begins_at=NOON + HOUR, by="operator-2", at=NOON + HOUR)
    with store.work() as work:
        for date in (first, last, replace(first, step="full")):
            work.announcements.set_date(date)
    with store.view() as view:
        assert view.announcements.dates() == {"canary": last, "full": replace(first, step="full")}
    with store.work() as work:
        assert [work.announcements.clear_date("canary") for _ in range(2)] == [True, False]
    with store.view() as view:
        assert list(view.announcements.dates()) == ["full"]


def test_a_work_that_fails_leaves_nothing(store):
    with suppress(ItFailed), store.work() as work:
        work.announcements.add(announced())
        work.announcements.set_date(StepDate(step="canary", begins_at=NOON, by="operator-1", at=NOON))
        raise ItFailed

    assert stored(store) is None
    with store.view() as view:
        assert view.announcements.dates() == {}
