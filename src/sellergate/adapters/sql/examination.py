"""Asking a database how it would carry out the hot queries, without carrying them out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, event

from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.engines.plans import Plan, together
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.adapters.sql.hot_queries import HOT_QUERIES, OWN_QUERIES
from sellergate.adapters.sql.hot_query import LARGE, HotQuery, Sample
from sellergate.adapters.sql.tables import metadata
from sellergate.adapters.sql.work import SqlWork
from sellergate.ports.queries import AuthorizationQuery, PageRequest, Sort
from sellergate.ports.survey import Examined

_NOTHING: Final = "SELECT 1 WHERE 1 = 0"


def examine(database: Database) -> Iterator[Examined]:
    """Every hot query, asked about somebody the database knows. Raises StoreUnavailable."""
    with database.reading() as connection:
        sample = _sample(SqlWork(connection, database))
        asked = list(plans(database, connection, sample))
        missing = database.missing_indexes(connection, {name for query, _ in asked for name in _names(query)})
        small = database.small_tables(connection)
        database.prefer_indexes(connection)  # in a small table it is enough that there is one to use
        indexed = [plan for _, plan in plans(database, connection, sample)]
        for (query, as_is), with_indexes in zip(asked, indexed, strict=True):
            problem = (
                _gone(missing.intersection(_names(query)))
                or problem_of(query, as_is, LARGE - small)
                or problem_of(query, with_indexes, LARGE & small)
            )
            yield Examined(query.name, problem, _remedy(database, missing.intersection(_names(query))))


def problem_of(query: HotQuery, plan: Plan, tables: frozenset[str]) -> str | None:
    """What is wrong with a query's plan as far as these tables go, or None."""
    if whole := plan.needlessly_whole & tables - {query.counts}:
        return f"it reads all of {', '.join(sorted(whole))}"
    if tables and plan.rows_sorted > query.rows_sorted:
        return f"it sorts {plan.rows_sorted} rows"
    return None


def unused_indexes(query: HotQuery, plan: Plan) -> list[str]:
    """The query's indexes that the plan does without."""
    return [either for either in query.indexes if plan.indexes.isdisjoint(either.split("|"))]


def plans(database: Database, connection: Connection, sample: Sample) -> Iterator[tuple[HotQuery, Plan]]:
    """Each hot query and its plan."""
    own = database.own_statements(sample.seller_id, sample.product_id)
    for query in OWN_QUERIES:
        if query.name in own:
            with as_store_errors():
                yield query, database.plan_of(connection, *own[query.name])
    view = SqlWork(connection, database)
    for query in HOT_QUERIES:
        yield query, _plan(database, connection, view, query, sample)


def _names(query: HotQuery) -> list[str]:
    return [name for either in query.indexes for name in either.split("|")]


def _remedy(database: Database, names: frozenset[str]) -> str | None:
    indexes = [index for table in metadata.tables.values() for index in table.indexes if index.name in names]
    return "; ".join(database.remade(index) for index in indexes) or None


def _gone(indexes: frozenset[str]) -> str | None:
    return f"{', '.join(sorted(indexes))} is missing or was never finished" if indexes else None


def _plan(database: Database, connection: Connection, view: SqlWork, query: HotQuery, sample: Sample) -> Plan:
    with _explaining(database, connection) as found:
        query.ask(view, sample)
    return together(found)


@contextmanager
def _explaining(database: Database, connection: Connection) -> Iterator[list[Plan]]:
    """The plans of what is executed meanwhile; what would write is not."""
    found: list[Plan] = []

    def explain(
        same: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: object
    ) -> tuple[str, Any]:
        if statement.startswith("EXPLAIN"):
            return statement, parameters
        found.append(database.plan_of(same, statement, parameters))
        return (statement, parameters) if statement.startswith("SELECT") else (_NOTHING, ())

    event.listen(connection, "before_cursor_execute", explain, retval=True)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", explain)


def _sample(view: SqlWork) -> Sample:
    """Whoever asked last, and their supplier."""
    newest = view.authorizations.search(AuthorizationQuery(sort=Sort.NEWEST, page=PageRequest(1))).items
    last = view.events.last_seal()
    sample = Sample() if last is None else replace(Sample(), sequence=last[0])
    if not newest:
        return sample
    record = newest[0]
    return replace(
        sample,
        seller_id=record.seller_id,
        supplier_id=record.supplier_id,
        product_id=record.product_id,
        authorization_id=record.id,
        now=record.updated_at,
    )
