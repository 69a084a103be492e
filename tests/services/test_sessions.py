"""Signing in and out."""

import hashlib
from datetime import timedelta

import pytest

from builders import HOUR, NOON
from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Account, DisplayPreferences, Person, SessionLimits
from sellergate.services.sessions import SEEN_EVERY, SessionService

SUPPLIER, OPERATOR = Account(Role.SUPPLIER, "acme"), Account(Role.OPERATOR)
PERSON = Person(subject="user-1", name="Kim", accounts=(SUPPLIER, OPERATOR))


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(store, clock):
    return SessionService(store, SessionLimits(idle=HOUR, absolute=3 * HOUR), now=clock)


def stored(store, session):
    with store.view() as view:
        return view.sessions.find(session.id)


def test_only_the_hash_of_the_secret_is_stored(store, sessions):
    secret, session = sessions.begin(PERSON)

    assert session.id == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(stored(store, session))
    assert len(secret) >= 40
    assert sessions.find(secret) == (session, DisplayPreferences())
    assert sessions.find(session.id) is None


def test_a_session_begins_in_the_first_account(sessions):
    assert sessions.begin(PERSON)[1].account == SUPPLIER


def test_whoever_has_no_account_does_not_get_in(sessions):
    with pytest.raises(Forbidden):
        sessions.begin(Person(subject="user-2", accounts=()))


def test_a_session_that_is_over_is_not_found(sessions, clock):
    secret, _ = sessions.begin(PERSON)

    clock.now += HOUR

    assert sessions.find(secret) is None


def test_use_keeps_it_alive_and_is_written_about_once_a_minute(store, sessions, clock):
    secret, session = sessions.begin(PERSON)
    clock.now += SEEN_EVERY - timedelta(seconds=1)
    sessions.saw(session)
    assert stored(store, session).seen_at == NOON

    clock.now = NOON + timedelta(minutes=50)
    sessions.saw(session)
    clock.now = NOON + timedelta(minutes=100)

    assert sessions.find(secret) is not None


def test_signing_out_ends_this_session_or_all(sessions):
    (one, first), (other, _) = sessions.begin(PERSON), sessions.begin(PERSON)
    sessions.end(first)
    assert sessions.find(one) is None
    assert sessions.find(other) is not None

    _, third = sessions.begin(PERSON)
    assert sessions.end_all(third) == 2
    assert sessions.find(other) is None
    assert not sessions.still_holds(third)


def test_a_session_that_acts_as_another_account_is_another_to_whoever_watches_it(sessions):
    secret, session = sessions.begin(PERSON)

    assert sessions.still_holds(session)
    assert sessions.switch(session, "operator") == OPERATOR
    assert not sessions.still_holds(session)
    assert sessions.find(secret)[0].account == OPERATOR


def test_preferences_change_one_by_one(sessions):
    secret, session = sessions.begin(PERSON)
    sessions.prefer(session, language="ko")
    sessions.prefer(session, theme="dark")

    assert sessions.find(secret)[1] == DisplayPreferences(language="ko", theme="dark")


def test_old_sessions_are_deleted(store, sessions, clock):
    _, old = sessions.begin(PERSON)
    clock.now += HOUR + timedelta(seconds=1)
    _, new = sessions.begin(PERSON)

    assert sessions.forget_old() == 1
    assert stored(store, old) is None
    assert stored(store, new) is not None
