"""The schema's history leads to exactly the tables the stores use, and back."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from builders import stock
from sellergate.adapters.sql import SqlStore, current_revision, head_revision, migrate
from sellergate.adapters.sql.tables import metadata
from sellergate.domain.errors import StoreUnavailable

OPEN_AND_MIGRATE = """
import sys
from sellergate.adapters.sql import SqlStore
sys.stdin.readline()
SqlStore.open(sys.argv[1], migrate=True).close()
"""


def names(engine):
    return sorted(inspect(engine).get_table_names())


def test_the_migrated_schema_is_the_one_the_stores_use(sqlite_store):
    with sqlite_store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        checks = {
            table: {check["name"]: check["sqltext"] for check in inspect(connection).get_check_constraints(table)}
            for table in metadata.tables
        }

    assert names(sqlite_store.engine) == sorted([*metadata.tables, "alembic_version"])
    declared = {
        table.name: {
            str(check.name): str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)
        }
        for table in metadata.tables.values()
    }
    assert checks == declared


def test_a_new_database_is_at_the_newest_revision(sqlite_store):
    assert current_revision(sqlite_store.engine) == head_revision()
    assert sqlite_store.health()["migrations"] == {"current": head_revision(), "head": head_revision()}


def test_migrating_again_changes_nothing(sqlite_store):
    stock(sqlite_store)
    migrate(sqlite_store.database)

    assert sqlite_store.facts("anna", ["p-1"])[0].product_version == 1


def test_every_step_can_be_taken_back_and_taken_again(sqlite_store):
    engine, database = sqlite_store.engine, sqlite_store.database
    for revision in ("0003", "0002", "0001"):
        migrate(database, revision)
        assert current_revision(engine) == revision
    migrate(database, "base")

    assert current_revision(engine) is None
    assert names(engine) == ["alembic_version"]

    migrate(database)
    stock(sqlite_store)
    assert current_revision(engine) == head_revision()


def test_processes_that_migrate_an_empty_database_at_the_same_time_all_succeed(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    command = [sys.executable, "-W", "error", "-c", OPEN_AND_MIGRATE, url]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=60) for process in processes]

    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, ends, strict=True)] == [(0, "")] * 3
    store = SqlStore.open(url, migrate=False)
    assert current_revision(store.engine) == head_revision()
    store.close()


def test_a_database_of_a_newer_program_is_not_touched(sqlite_store):
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreUnavailable, match="9999"):
        migrate(sqlite_store.database)

    assert current_revision(sqlite_store.engine) == "9999"


def test_a_migration_that_fails_leaves_the_database_as_it_was(sqlite_store):
    engine = sqlite_store.engine
    migrate(sqlite_store.database, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER event_seals_no_delete BEFORE DELETE ON event_seals BEGIN SELECT 1; END"
        )

    with pytest.raises(StoreUnavailable):
        migrate(sqlite_store.database)

    assert current_revision(engine) == "0001"
    with engine.connect() as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    assert triggers == ["event_seals_no_delete"]
