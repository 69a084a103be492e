"""Every store keeps sessions of browsers, ends them one by one or all of a person's, and forgets those that are over."""

import pytest

from builders import HOUR, NOON, TICK
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Account, DisplayPreferences, Person, Session

SUPPLIER, OPERATOR = Account(Role.SUPPLIER, "acme"), Account(Role.OPERATOR)


def a_session(id="hash-1", subject="user-1", *, began_at=NOON, seen_at=NOON, name="김하늘"):
    person = Person(subject=subject, name=name, accounts=(SUPPLIER, OPERATOR))
    return Session(id=id, person=person, account=SUPPLIER, began_at=began_at, seen_at=seen_at)


def add(store, *sessions):
    with store.work() as work:
        for session in sessions:
            work.sessions.add(session)
    return sessions[-1]


def find(store, id="hash-1"):
    with store.view() as view:
        return view.sessions.find(id)


def test_a_session_comes_back_as_it_was_stored(store):
    session = add(store, a_session(began_at=NOON - TICK, seen_at=NOON + TICK))

    assert find(store) == session
    assert find(store, "hash-2") is None


def test_a_person_without_a_name_has_none(store):
    add(store, a_session(name=None))

    assert find(store).person.name is None


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(InvalidInput):
        add(store, a_session(seen_at=NOON.replace(tzinfo=None)))


def test_a_session_acts_as_another_account(store):
    add(store, a_session(), a_session("hash-2"))

    with store.work() as work:
        work.sessions.switch("hash-1", OPERATOR)
        work.sessions.switch("hash-3", OPERATOR)

    assert find(store).account == OPERATOR
    assert find(store).person == a_session().person
    assert find(store, "hash-2").account == SUPPLIER


def test_the_last_use_only_moves_forward(store):
    add(store, a_session())
    for at, expected in ((NOON + HOUR, NOON + HOUR), (NOON + TICK, NOON + HOUR)):
        with store.work() as work:
            work.sessions.saw("hash-1", at)
        assert find(store).seen_at == expected


def test_one_session_is_ended(store):
    add(store, a_session(), a_session("hash-2"))

    with store.work() as work:
        work.sessions.end("hash-1")
        work.sessions.end("hash-3")

    assert find(store) is None
    assert find(store, "hash-2") is not None


def test_all_sessions_of_a_person_are_ended_and_no_other(store):
    add(store, a_session(), a_session("hash-2"), a_session("hash-3", "user-2"))

    with store.work() as work:
        assert work.sessions.end_all("user-1") == 2
        assert work.sessions.end_all("user-1") == 0

    assert [find(store, id) is not None for id in ("hash-1", "hash-2", "hash-3")] == [False, False, True]


def test_sessions_unused_or_begun_too_long_ago_are_forgotten(store):
    add(
        store,
        a_session("unused", began_at=NOON, seen_at=NOON - TICK),
        a_session("old", began_at=NOON - HOUR - TICK, seen_at=NOON + HOUR),
        a_session("kept", began_at=NOON - HOUR, seen_at=NOON),
    )

    with store.work() as work:
        assert work.sessions.forget(NOON, NOON - HOUR) == 2

    assert [find(store, id) is not None for id in ("unused", "old", "kept")] == [False, False, True]


def test_preferences_are_kept_whole_and_are_their_persons_own(store):
    likes = DisplayPreferences(language="ko", theme="dark", single_keys=False)
    for preferences in (DisplayPreferences(language="en"), likes):
        with store.work() as work:
            work.preferences.put("user-1", preferences)

    with store.view() as view:
        assert view.preferences.of("user-1") == likes
        assert view.preferences.of("user-2") == DisplayPreferences()
