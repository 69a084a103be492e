"""Every query that must stay fast on a large database finds its rows by an index: on SQLite, and on a PostgreSQL that is small."""

import pytest
from sqlalchemy import event

from builders import NOON, an_authorization, keep, stock
from sellergate.adapters.sql.examination import examine, plans, problem_of
from sellergate.adapters.sql.hot_queries import HOT_QUERIES, OWN_QUERIES
from sellergate.adapters.sql.hot_query import LARGE, Sample

SAMPLE = Sample(seller_id="anna", supplier_id="acme", product_id="p-1", authorization_id="auth-1", now=NOON)


@pytest.fixture
def store(sqlite_store):
    stock(sqlite_store)
    keep(sqlite_store, an_authorization())
    return sqlite_store


@pytest.fixture
def planned(store):
    with store.database.reading() as connection:
        return {query.name: (query, plan) for query, plan in plans(store.database, connection, SAMPLE)}


def test_a_query_reads_no_large_table_whole(planned):
    problems = {name: problem_of(query, plan, LARGE) for name, (query, plan) in planned.items()}

    assert problems == dict.fromkeys(problems)
    assert {query.name for query in HOT_QUERIES} < planned.keys()


def test_nothing_is_written_by_looking_at_plans(store):
    with store.work() as work:
        work.idempotency.reserve("anna", "key", "f", NOON, NOON)
        assert work.idempotency.reserve("anna", "key", "f", NOON, NOON) is not None

    assert list(examine(store.database))
    with store.work() as work:
        assert work.idempotency.reserve("anna", "key", "f", NOON, NOON) is not None


def test_an_empty_database_has_no_problems_and_every_query_is_examined(postgres_store):
    examined = list(examine(postgres_store.database))

    assert [one for one in examined if one.problem] == []
    assert [one.name for one in examined] == [query.name for query in (*OWN_QUERIES, *HOT_QUERIES)]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_index_that_is_missing_is_named(request, kind):
    store = request.getfixturevalue(f"{kind}_store")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_authorizations_lapsing")

    problems = {one.name: one.problem for one in examine(store.database)}

    assert "ix_authorizations_lapsing is missing" in problems["approvals that have lapsed"]


SORTED = [
    "inbox",
    "inbox, later page",
    "a supplier's records",
    "a seller's list",
    "approvals that have lapsed",
    "notifications",
]


@pytest.mark.parametrize("name", [*SORTED, *(query.name for query in HOT_QUERIES if query.name.startswith("audit"))])
def test_a_page_is_read_in_order_without_sorting(store, name):
    query = next(query for query in HOT_QUERIES if query.name == name)
    seen = []
    event.listen(store.engine, "before_cursor_execute", lambda *facts: seen.append(facts[2:4]))
    with store.view() as view:
        query.ask(view, SAMPLE)

    with store.engine.connect() as connection:
        statement, parameters = seen[-1]
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


def test_the_gate_reads_with_one_statement_by_primary_keys(store):
    for statement, parameters in store.database.own_statements("anna", "p-1").values():
        with store.engine.connect() as connection:
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        searches = [step for step in steps if step.startswith("SEARCH")]
        assert len(searches) == 3
        assert all("PRIMARY KEY" in step or "autoindex" in step for step in searches)
