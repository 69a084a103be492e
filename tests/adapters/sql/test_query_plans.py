"""Every query that must stay fast on a large database finds its rows by an index."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from builders import HOUR, NOON, an_authorization, keep, stock
from sellergate.domain.authorization import Status
from sellergate.domain.notices import Audience
from sellergate.domain.shadow import ShadowKey
from sellergate.domain.trials import TrialKind
from sellergate.ports.queries import AuthorizationQuery, EventQuery, PageRequest, ShadowQuery, Sort

INBOX = AuthorizationQuery(supplier_id="acme", statuses=frozenset({Status.REQUESTED}))
NEXT = PageRequest(20, ("2026-03-01T12:00:00.000000Z", "auth-1"))

QUERIES = {
    "pair": lambda view: view.authorizations.find("anna", "p-1"),
    "slots": lambda view: view.authorizations.slots_in_use("anna", NOON),
    "capacity": lambda view: view.authorizations.approved_sellers("p-1", NOON),
    "of a seller": lambda view: view.authorizations.of_seller("anna"),
    "lapsed": lambda view: view.authorizations.lapsed(NOON, 100),
    "inbox": lambda view: view.authorizations.search(INBOX),
    "inbox, next page": lambda view: view.authorizations.search(
        AuthorizationQuery(supplier_id="acme", statuses=frozenset({Status.REQUESTED}), page=NEXT)
    ),
    "supplier's records": lambda view: view.authorizations.search(AuthorizationQuery(supplier_id="acme")),
    "seller's records": lambda view: view.authorizations.search(AuthorizationQuery(seller_id="anna", sort=Sort.NEWEST)),
    "requests waiting": lambda view: view.authorizations.search(
        AuthorizationQuery(statuses=frozenset({Status.REQUESTED}), requested_before=NOON)
    ),
    "history of one": lambda view: view.events.of_authorization("auth-1"),
    "record at a time": lambda view: view.events.record_at("anna", "p-1", NOON),
    "seller at a time": lambda view: view.events.seller_status_at("anna", NOON),
    "last events": lambda view: view.events.last_of(["auth-1", "auth-2"]),
    "events to seal": lambda view: view.events.after(10, 100),
    "audit by authorization": lambda view: view.events.search(EventQuery(authorization_id="auth-1")),
    "audit by seller": lambda view: view.events.search(EventQuery(seller_id="anna")),
    "audit by supplier": lambda view: view.events.search(EventQuery(supplier_id="acme")),
    "audit by product": lambda view: view.events.search(EventQuery(product_id="p-1")),
    "audit by actor": lambda view: view.events.search(EventQuery(actor_id="user-1")),
    "audit by action": lambda view: view.events.search(EventQuery(action="revoke")),
    "audit of refusals": lambda view: view.events.search(EventQuery(refused=True)),
    "actions lately": lambda view: view.events.count_by_action(NOON - HOUR),
    "in-app list": lambda view: view.notices.inbound(Audience.SELLER, "anna", PageRequest(20, (100,))),
    "shadow by seller": lambda view: view.shadow.search(ShadowQuery(seller_id="anna")),
    "shadow by product": lambda view: view.shadow.search(ShadowQuery(product_id="p-1")),
    "walk over products": lambda view: view.directory.products_after("p-0", 100),
    "walk over shadow counts": lambda view: view.shadow.all_after(ShadowKey("a", "p", "cart", "c"), 100),
    "latest trial": lambda view: view.trials.latest(TrialKind.LOADTEST),
    "keys to forget": lambda view: view.idempotency.forget(NOON),
}


@contextmanager
def statements(engine):
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if not statement.startswith(("BEGIN", "EXPLAIN")):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def plan(store, statement, parameters):
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in rows]


@pytest.fixture
def store(sqlite_store):
    stock(sqlite_store)
    keep(sqlite_store, an_authorization())
    return sqlite_store


def reads_a_whole_table(step):
    return (
        step.startswith("SCAN") and "USING" not in step and not step.startswith(("SCAN anon", "SCAN (", "SCAN CONST"))
    )


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_finds_its_rows_by_an_index(store, query):
    with statements(store.engine) as seen, store.view() as view:
        query(view)

    assert seen
    for statement, parameters in seen:
        steps = plan(store, statement, parameters)
        assert not [step for step in steps if reads_a_whole_table(step)], (statement, steps)


SORTED = [
    "inbox",
    "inbox, next page",
    "supplier's records",
    "seller's records",
    "lapsed",
    "in-app list",
    "walk over products",
    "walk over shadow counts",
    "latest trial",
]


@pytest.mark.parametrize("name", [*SORTED, *(name for name in QUERIES if name.startswith("audit "))])
def test_a_page_is_read_in_order_without_sorting(store, name):
    with statements(store.engine) as seen, store.view() as view:
        QUERIES[name](view)

    steps = plan(store, *seen[-1])
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


def test_the_gate_reads_with_one_statement_by_primary_keys(store):
    for statement, ids in ((store.database._facts._one, "p-1"), (store.database._facts._many, '["p-1"]')):
        steps = plan(store, statement, ("anna", "anna", ids))
        searches = [step for step in steps if step.startswith("SEARCH")]
        assert len(searches) == 3
        assert all("PRIMARY KEY" in step or "autoindex" in step for step in searches)
