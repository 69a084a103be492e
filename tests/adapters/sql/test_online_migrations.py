"""A database that is full and in use is migrated, and back, while others write."""

import re
import threading
import time
from itertools import pairwise

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event

from sellergate.adapters.sql import SqlStore, current_revision, head_revision, migrate, tallies
from sellergate.adapters.sql.engines.postgres.pool import open_engine
from sellergate.adapters.sql.hot_query import LARGE
from sellergate.adapters.sql.migrations import LOCK_TRIES, known_revisions
from sellergate.adapters.sql.tables import metadata
from sellergate.domain.errors import StoreUnavailable
from servers.filling import fill_some

HELD_UP_AT_MOST = "2s"
"""Twice as long as a migration waits for a table; whoever has to wait for longer fails."""
BEFORE = "0003"
A_WHILE = 60


@pytest.fixture
def database(postgres_server):
    with postgres_server.database() as url:
        store = SqlStore.open(url, migrate=True)
        migrate(store.database, BEFORE)
        yield store.database, url
        store.close()


class Writer:
    """An older program that goes on: it moves one record after the other, and waits for nobody for long."""

    def __init__(self, url, count):
        self.moved = 0
        self.error = None
        self._url, self._count = url, count
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute(f"SET lock_timeout = '{HELD_UP_AT_MOST}'")
                while not self._done.is_set():
                    self._move(connection)
                    self.moved += 1
        except psycopg.Error as error:
            self.error = error

    def _move(self, connection):
        number = self.moved * 7 % self._count
        status = ("APPROVED", "REQUESTED", "REVOKED")[self.moved % 3]
        connection.execute(
            "UPDATE authorizations SET status = %s, version = version + 1 WHERE id = %s", (status, f"auth-{number}")
        )

    def __enter__(self):
        self._thread.start()
        self.goes_on()
        return self

    def goes_on(self):
        """Wait until it has moved some more."""
        before, deadline = self.moved, time.monotonic() + A_WHILE
        while self.moved < before + 20:
            assert self.error is None, self.error
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        assert self.error is None, self.error


def test_a_full_database_is_migrated_and_back_beside_a_writer(database):
    database, url = database
    fill_some(url, 200_000)

    with Writer(url, 200_000) as writer:
        migrate(database)
        writer.goes_on()
        with database.reading() as connection:
            assert tallies.tallies_by_group(connection) == tallies.count_by_group(connection)
        migrate(database, BEFORE)
        writer.goes_on()
        migrate(database)

    assert current_revision(database.engine) == head_revision()
    with database.reading() as connection:
        assert tallies.tallies_by_group(connection) == tallies.count_by_group(connection)


def test_a_migration_that_cannot_get_at_a_table_tries_again_and_lets_others_pass(database):
    database, url = database
    fill_some(url, 1000)
    with psycopg.connect(url) as holder, Writer(url, 1000) as writer:
        holder.execute("SELECT count(*) FROM authorizations")
        holder.execute(
            "LOCK TABLE authorizations IN ROW EXCLUSIVE MODE"
        )  # a long work: a trigger cannot be made beside it
        migrating = threading.Thread(target=migrate, args=(database,))
        migrating.start()
        tries = "SELECT count(*) FROM pg_locks WHERE relation = 'authorizations'::regclass AND NOT granted"
        with psycopg.connect(url, autocommit=True) as watching:
            for waits in (True, False, True):  # it waits, lets go, and waits again
                deadline = time.monotonic() + A_WHILE
                while (watching.execute(tries).fetchone() != (0,)) is not waits:
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
        writer.goes_on()
        assert current_revision(database.engine) == BEFORE
        holder.rollback()
        migrating.join(A_WHILE)

    assert current_revision(database.engine) == head_revision()


def test_a_migration_that_never_gets_there_gives_up_and_can_be_repeated(database, monkeypatch):
    database, url = database
    monkeypatch.setattr("sellergate.adapters.sql.migrations.LOCK_TRIES", 2)
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE authorizations IN ROW EXCLUSIVE MODE")
        with pytest.raises(StoreUnavailable):
            migrate(database)

    assert current_revision(database.engine) == BEFORE
    migrate(database)
    assert current_revision(database.engine) == head_revision()
    assert LOCK_TRIES > 2


def test_an_index_that_was_broken_off_is_made_anew(database):
    database, url = database
    migrate(database, "0003")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE INDEX ix_sellers_tier_id ON sellers (tier, id)")
        connection.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_sellers_tier_id'::regclass")

        migrate(database)

        valid = connection.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_sellers_tier_id'::regclass")
        assert valid.fetchone() == (True,)


def test_no_migration_makes_an_index_on_a_large_table_while_others_wait(database, monkeypatch):
    """From 0004 on, and for those to come; and none rewrites such a table or checks all of its rows under a lock."""
    database, _ = database
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_):
        seen.append(" ".join(statement.split()))

    def noted(connect, size):
        engine = open_engine(connect, size)
        event.listen(engine, "before_cursor_execute", note)
        return engine

    monkeypatch.setattr("sellergate.adapters.sql.engines.postgres.database.open_engine", noted)
    migrate(database)
    migrate(database, BEFORE)

    assert any("CONCURRENTLY" in statement for statement in seen)
    assert [statement for each in migrations(seen) for statement in each if keeps_others_waiting(statement, each)] == []
    assert {revision for revision in known_revisions() if revision > BEFORE}


def migrations(statements):
    """The statements of one migration after the other."""
    ends = [place for place, statement in enumerate(statements, start=1) if "UPDATE alembic_version" in statement]
    assert len(ends) == 2 * sum(revision > BEFORE for revision in known_revisions())
    return [statements[begin:end] for begin, end in pairwise([0, *ends])]


def keeps_others_waiting(statement, migration=()):
    """Whether it does; nobody is in a table that the same migration makes or takes away."""
    if not re.match(r"(CREATE (UNIQUE )?INDEX|DROP INDEX|ALTER TABLE)", statement):
        return False
    own = {
        name for each in migration for name in re.findall(r"^(?:CREATE|DROP) TABLE (?:IF (?:NOT )?EXISTS )?(\w+)", each)
    }
    about = re.search(r" ON (\w+)|ALTER TABLE (\w+)|DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?ix_(\w+)", statement)
    large = about is not None and any(name.startswith(tuple(LARGE - own)) for name in about.groups() if name)
    if "INDEX" in statement:
        return large and "CONCURRENTLY" not in statement
    harmful = re.search(
        r"SET NOT NULL|ADD CONSTRAINT(?!.*NOT VALID)| TYPE |DEFAULT (clock_timestamp|random|gen_random)", statement
    )
    return large and harmful is not None


@pytest.mark.parametrize(
    ("statement", "waits"),
    [
        ("CREATE INDEX ix_sellers_tier_id ON sellers (tier, id)", True),
        ("CREATE UNIQUE INDEX uq ON authorizations (id)", True),
        ("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON sellers (tier, id)", False),
        ("CREATE INDEX ix_rollout ON rollout_windows (at)", False),
        ("DROP INDEX ix_sellers_tier_id", True),
        ("DROP INDEX CONCURRENTLY IF EXISTS ix_sellers_tier_id", False),
        ("ALTER TABLE sellers ADD COLUMN note TEXT", False),
        ("ALTER TABLE sellers ALTER COLUMN note SET NOT NULL", True),
        ("ALTER TABLE authorizations ADD CONSTRAINT ck CHECK (version > 0)", True),
        ("ALTER TABLE authorizations ADD CONSTRAINT ck CHECK (version > 0) NOT VALID", False),
    ],
)
def test_what_keeps_others_waiting_is_told_from_what_does_not(statement, waits):
    assert keeps_others_waiting(statement) is waits


@pytest.mark.parametrize(("beside", "waits"), [("CREATE TABLE verdicts (id)", False), ("CREATE TABLE else_", True)])
def test_nobody_waits_for_a_table_that_is_not_there_yet(beside, waits):
    index = "CREATE INDEX ix_verdicts_at ON verdicts (at)"

    assert keeps_others_waiting(index, [beside, index]) is waits


def test_a_migrated_server_has_the_tables_the_stores_use(postgres_store):
    with postgres_store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
