"""Totals come from a tally that triggers keep: it is what counting would give, at every moment and whoever writes."""

import threading

import pytest
from sqlalchemy import delete, func, insert, select, update

from builders import a_product, an_authorization, keep, stock
from sellergate.adapters.sql import tallies
from sellergate.adapters.sql.tables import authorization_tallies, authorizations
from sellergate.domain.authorization import Status
from sellergate.ports.queries import AuthorizationQuery

WAITING = frozenset({Status.REQUESTED})
PRODUCTS = tuple(f"p-{number}" for number in range(40))


@pytest.fixture(params=["sqlite", "postgres", "postgres15"])
def store(request):
    store = request.getfixturevalue(f"{request.param}_store")
    stock(store, products=PRODUCTS, suppliers=("acme", "other"))
    return store


def rows(store):
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(authorization_tallies)).scalar_one()


def total(store, **asked):
    with store.view() as view:
        return view.authorizations.search(AuthorizationQuery(**asked)).total


def counted(store):
    with store.engine.connect() as connection:
        return tallies.count_by_group(connection)


def tallied(store):
    with store.engine.connect() as connection:
        return tallies.tallies_by_group(connection)


def test_every_way_to_write_is_tallied(store):
    records = [an_authorization(product=id) for id in PRODUCTS]
    keep(store, *records)
    with store.work() as work:
        work.directory.put_product(a_product("p-0", supplier_id="other"))
        work.authorizations.follow_product("p-0", "other")
    with store.engine.begin() as connection:  # by hand, past the program
        connection.execute(
            update(authorizations).where(authorizations.c.id == records[1].id).values(status=Status.CANCELLED)
        )
        connection.execute(
            update(authorizations).where(authorizations.c.id == records[2].id).values(note="Nothing moved.")
        )
        connection.execute(delete(authorizations).where(authorizations.c.id == records[3].id))
        connection.commit()

    assert tallied(store) == counted(store)
    assert total(store, supplier_id="acme", statuses=WAITING) == len(PRODUCTS) - 3
    assert total(store, supplier_id="other") == 1
    assert total(store) == len(PRODUCTS) - 1


def test_folding_leaves_the_sums_and_one_row_a_group(store):
    keep(store, *(an_authorization(product=id) for id in PRODUCTS))
    before = rows(store)

    assert store.fold_tallies() == before - 1
    assert rows(store) == 1
    assert store.fold_tallies() == 0
    assert tallied(store) == counted(store)


def test_a_group_that_has_come_to_nothing_is_folded_away(store):
    with store.engine.begin() as connection:
        for number in range(tallies.ROWS_A_GROUP + 2):
            connection.execute(
                insert(authorization_tallies).values(
                    supplier_id="acme", status=Status.EXPIRED, number=1 if number % 2 else -1
                )
            )
        connection.commit()

    store.fold_tallies()

    assert rows(store) == 0


def test_a_tally_written_past_the_triggers_is_put_right(store):
    keep(store, *(an_authorization(product=id) for id in PRODUCTS))
    with store.engine.begin() as connection:
        connection.execute(delete(authorization_tallies).where(authorization_tallies.c.id % 2 == 0))
        connection.execute(insert(authorization_tallies).values(supplier_id="other", status=Status.EXPIRED, number=3))
        connection.commit()
    assert tallied(store) != counted(store)

    assert store.recount() == 2
    assert tallied(store) == counted(store)
    assert store.recount() == 0


def test_totals_stay_right_while_others_fold_and_write(postgres_store):
    stock(postgres_store, products=PRODUCTS, suppliers=("acme",))
    done = threading.Event()

    def fold():
        while not done.is_set():
            postgres_store.fold_tallies()

    folding = [threading.Thread(target=fold) for _ in range(2)]
    for thread in folding:
        thread.start()
    try:
        for number, id in enumerate(PRODUCTS, start=1):
            keep(postgres_store, an_authorization(product=id))
            with postgres_store.view() as view:
                page = view.authorizations.search(AuthorizationQuery(supplier_id="acme"))
            assert page.total == number
    finally:
        done.set()
        for thread in folding:
            thread.join()
    assert tallied(postgres_store) == counted(postgres_store)
