"""With a million authorizations PostgreSQL finds the rows of every hot query by the index that was made for it."""

import pytest

from builders import NOON
from sellergate.adapters.sql.examination import examine, plans, problem_of, unused_indexes
from sellergate.adapters.sql.hot_queries import HOT_QUERIES, OWN_QUERIES
from sellergate.adapters.sql.hot_query import LARGE, Sample
from servers.filling import AUTHORIZATIONS, BUSY, PENDING, USUAL

# Somebody in the middle; a supplier with a hundred thousand requests, one with five hundred, and one like all others.
SAMPLES = {
    supplier: Sample(
        seller_id="seller-77777",
        product_id="product-5",
        supplier_id=supplier,
        authorization_id="auth-999990",
        sequence=99_000,
        now=NOON,
    )
    for supplier in (BUSY, USUAL, "supplier-77")
}


@pytest.fixture(scope="module", params=SAMPLES)
def planned(large_store, request):
    with large_store.database.reading() as connection:
        return {query.name: plan for query, plan in plans(large_store.database, connection, SAMPLES[request.param])}


@pytest.mark.parametrize("query", [*OWN_QUERIES, *HOT_QUERIES], ids=lambda query: query.name)
def test_a_hot_query_uses_its_indexes_and_sorts_little(planned, query):
    plan = planned[query.name]

    assert unused_indexes(query, plan) == [], plan
    assert plan.whole_tables & LARGE <= {query.counts}, plan
    assert problem_of(query, plan, LARGE) is None, plan


def test_the_large_database_passes_its_examination(large_store):
    assert [query for query in examine(large_store.database) if query.problem] == []


def test_totals_that_are_not_counted_are_those_that_would_be(large_store):
    with large_store.engine.connect() as connection:
        pending = dict(
            connection.exec_driver_sql(
                "SELECT supplier_id, sum(number) FROM authorization_tallies WHERE status = 'REQUESTED' GROUP BY 1"
            ).fetchall()
        )
    with large_store.view() as view:
        by_status = view.authorizations.count_by_status()

    assert {supplier: pending[supplier] for supplier in PENDING} == PENDING
    assert sum(by_status.values()) == AUTHORIZATIONS


def test_a_query_that_wants_most_of_a_table_is_no_problem_and_one_that_wants_a_few_rows_is(large_store):
    query = HOT_QUERIES[0]
    with large_store.database.reading() as connection:
        most, few = (
            large_store.database.plan_of(connection, f"SELECT count(*) FROM authorization_events WHERE {wanted}", None)
            for wanted in ("actor_role = 'seller'", "reason = 'Nobody has ever said this.'")
        )

    assert problem_of(query, most, LARGE) is None
    assert problem_of(query, few, LARGE) == "it reads all of authorization_events"
