"""What the page about PostgreSQL tells an administrator to do is enough."""

import re
from pathlib import Path

import psycopg
import pytest

from builders import a_seller, an_authorization, keep, stock
from sellergate.adapters.sql import SqlStore
from sellergate.adapters.sql.examination import examine
from sellergate.domain.errors import StoreUnavailable
from servers.postgres import FAST, Postgres, newest_binaries, quick_folder

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "postgresql.md"


@pytest.fixture
def server():
    """One of its own: roles belong to the whole server."""
    with Postgres(newest_binaries, *FAST, within=quick_folder()) as server:
        yield server


def at(server, role, database="shop"):
    return f"postgresql://{role}@127.0.0.1:{server.port}/{database}"


def carry_out(url, block):
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in block.split(";"):
            if statement.strip():
                connection.execute(statement)


def test_the_roles_of_the_page_can_do_their_work_and_no_more(server):
    set_up, grants = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    carry_out(server.url, set_up)
    SqlStore.open(at(server, "sellergate_owner"), migrate=True).close()
    carry_out(at(server, "sellergate_owner"), grants)

    store = SqlStore.open(at(server, "sellergate_app"), migrate=False)
    try:
        stock(store)
        keep(store, an_authorization())
        with store.work() as work:
            work.directory.put_seller(a_seller(name="Changed"))
        assert store.facts("anna", ["p-1"])[0].authorization_version == 1
        assert store.fold_tallies() == 0
        assert [one for one in examine(store.database) if one.problem] == []
        with pytest.raises(StoreUnavailable), store.database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER authorizations_tally_insert ON authorizations")
    finally:
        store.close()
