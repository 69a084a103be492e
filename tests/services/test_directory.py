"""The directory: versions count up, imports survive bad lines, records follow their product."""

import json

import pytest
from shop import ACME, ADMIN, ANNA, Shop

from builders import all_changes
from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier
from sellergate.domain.errors import (
    AuthorizationNotFound,
    InvalidInput,
    ProductNotFound,
    SellerNotFound,
    SupplierNotFound,
)
from sellergate.domain.gate import Reason, decide
from sellergate.ports.feed import ChangeKind
from sellergate.services.directory import ERRORS_KEPT, SellerEntry


def test_storing_counts_the_version_up_and_announces_it(store):
    shop = Shop(store)
    before = len(all_changes(store))

    stored = shop.directory.put(ADMIN, Product(id="a-1", name="New name", supplier_id="acme"))

    assert not stored.created
    assert stored.object.version == 2
    [change] = all_changes(store)[before:]
    assert (change.kind, change.product_id, change.version) == (ChangeKind.PRODUCT, "a-1", 2)


def test_storing_the_same_again_changes_and_announces_nothing(store):
    shop = Shop(store)
    product = shop.directory.product("a-1")
    before = len(all_changes(store))

    shop.directory.put(ADMIN, product)
    shop.directory.put(ADMIN, SellerEntry(shop.directory.seller("anna")))

    assert shop.directory.product("a-1") == product
    assert len(all_changes(store)) == before


def test_a_supplier_must_exist_before_its_products_and_sellers(store):
    shop = Shop(store)

    with pytest.raises(InvalidInput, match="acne"):
        shop.directory.put(ADMIN, Product(id="p", name="P", supplier_id="acne"))
    with pytest.raises(InvalidInput, match="acne"):
        shop.directory.put(ADMIN, SellerEntry(Seller(id="s", name="S", supplier_id="acne")))


def test_a_seller_stored_without_a_status_keeps_theirs(store):
    shop = Shop(store)
    shop.directory.put(ADMIN, SellerEntry(Seller(id="anna", name="Anna"), SellerStatus.SUSPENDED))

    shop.directory.put(ADMIN, SellerEntry(Seller(id="anna", name="Anna B.")))

    assert shop.directory.seller("anna").status is SellerStatus.SUSPENDED


def test_two_sellers_cannot_be_one_user(store):
    shop = Shop(store)
    shop.add_seller("carl", user_id="user-7")

    with pytest.raises(InvalidInput):
        shop.add_seller("dora", user_id="user-7")
    assert shop.directory.seller("carl").user_id == "user-7"


def test_records_follow_their_product_to_its_new_supplier(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")

    shop.add_product("a-1", supplier="zeta")

    with pytest.raises(AuthorizationNotFound):
        shop.workflow.approve(ACME, record.id)
    with store.view() as view:
        assert view.authorizations.get(record.id).supplier_id == "zeta"
    assert shop.audit.verify().holds


def test_a_product_that_is_switched_off_denies_and_loses_nothing(store):
    shop = Shop(store)
    shop.approved()
    shop.add_product("a-1", supplier="acme", active=False)

    [facts] = store.facts("anna", ["a-1"])

    assert decide(facts, shop.time.timestamp()).reason is Reason.PRODUCT_INACTIVE


def _product(line):
    try:
        return Product(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise InvalidInput(str(error)) from error


def run_import(shop, lines):
    *_, report = shop.directory.import_lines(ADMIN, lines, _product)
    return report


def test_a_bad_line_spoils_no_other(store):
    shop = Shop(store)
    lines = [
        b'{"id": "n-1", "name": "One", "supplier_id": "acme"}',
        b"{not json",
        b"",
        b'{"id": "n-2", "name": "Two", "supplier_id": "nobody"}',
        b'{"id": "a-1", "name": "Renamed", "supplier_id": "acme"}',
    ]

    report = run_import(shop, lines)

    assert (report.created, report.updated, report.failed) == (1, 1, 2)
    assert [error.line for error in report.errors] == [2, 4]
    assert shop.directory.product("n-1").name == "One"


def test_an_import_goes_on_over_many_transactions(store):
    shop = Shop(store)
    lines = (b'{"id": "n-%d", "name": "N"}' % number for number in range(1234))

    reports = [report.created for report in shop.directory.import_lines(ADMIN, lines, _product)]

    assert len(reports) == 3
    assert reports[-1] == 1234


def test_of_endless_errors_the_first_are_kept_and_all_counted(store):
    shop = Shop(store)

    report = run_import(shop, (b"bad" for _ in range(ERRORS_KEPT + 5)))

    assert (report.failed, len(report.errors)) == (ERRORS_KEPT + 5, ERRORS_KEPT)


def test_what_is_not_there_is_named(store):
    shop = Shop(store)

    with pytest.raises(SupplierNotFound, match="x"):
        shop.directory.supplier("x")
    with pytest.raises(SellerNotFound, match="x"):
        shop.directory.seller("x")
    with pytest.raises(ProductNotFound, match="x"):
        shop.directory.product("x")
    assert shop.directory.supplier("acme") == Supplier(id="acme", name="Acme", version=1)
