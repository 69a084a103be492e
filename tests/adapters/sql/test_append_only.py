"""The database itself refuses to change the audit trail, whoever asks and with whatever statement."""

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError

from builders import an_event
from sellergate.ports.queries import EventQuery

FORBIDDEN = [
    "UPDATE authorization_events SET reason = 'another' WHERE sequence = 1",
    "UPDATE authorization_events SET sequence = 99 WHERE sequence = 1",
    "DELETE FROM authorization_events WHERE sequence = 1",
    "DELETE FROM authorization_events",
    "INSERT OR REPLACE INTO authorization_events SELECT * FROM authorization_events WHERE sequence = 1",
    "REPLACE INTO authorization_events SELECT * FROM authorization_events",
    "INSERT OR IGNORE INTO authorization_events SELECT * FROM authorization_events WHERE sequence = 1",
    "UPDATE event_seals SET seal = 'another' WHERE sequence = 1",
    "DELETE FROM event_seals WHERE sequence = 1",
    "INSERT OR REPLACE INTO event_seals VALUES (1, 'another')",
]


@pytest.fixture
def sealed(sqlite_store):
    with sqlite_store.work() as work:
        sequence = work.events.append(an_event())
        work.events.add_seals([(sequence, "a" * 64)])
    return sqlite_store


def trail(store):
    with store.view() as view:
        return view.events.after(0, 10), view.events.search(EventQuery()).total


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_an_event_or_seal_cannot_be_changed_or_deleted(sealed, statement):
    before = trail(sealed)

    with sealed.engine.connect() as connection, pytest.raises(IntegrityError, match="is append-only"):
        connection.exec_driver_sql(statement)

    assert trail(sealed) == before


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_strangers_connection_cannot_either(sealed, tmp_path, statement):
    connection = sqlite3.connect(tmp_path / "shop.db")
    try:
        with pytest.raises(sqlite3.IntegrityError, match="is append-only"):
            connection.execute(statement)
    finally:
        connection.close()


def test_new_events_and_seals_are_taken(sealed):
    with sealed.work() as work:
        sequence = work.events.append(an_event())
        work.events.add_seals([(sequence, "b" * 64)])

    assert [stored.seal for stored in trail(sealed)[0]] == ["a" * 64, "b" * 64]
