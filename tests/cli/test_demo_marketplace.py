"""The demo's marketplace: the same people and goods every time, and all of them fit to be imported."""

from sellergate.cli.demo.marketplace import invent, ndjson
from sellergate.faces.directory_objects import PARSERS


def test_it_has_the_size_it_promises_and_is_the_same_each_time():
    marketplace = invent()

    assert (len(marketplace.suppliers), len(marketplace.products), len(marketplace.sellers)) == (12, 300, 200)
    assert len(marketplace.canary) == 30
    assert marketplace == invent()


def test_names_are_korean_and_english_and_no_two_products_are_called_alike():
    marketplace = invent()

    for entries in (marketplace.suppliers, marketplace.products, marketplace.sellers):
        english = [entry["name"].isascii() for entry in entries]
        assert any(english)
        assert not all(english)
    assert len({product["name"] for product in marketplace.products}) == 300


def test_every_entry_is_one_the_api_takes():
    marketplace = invent()

    for kind in ("suppliers", "products", "sellers"):
        for line in ndjson(getattr(marketplace, kind)).splitlines():
            PARSERS[kind](line)


def test_every_product_has_a_supplier_that_exists():
    marketplace = invent()
    known = {supplier["id"] for supplier in marketplace.suppliers}

    assert {marketplace.supplier_of(id) for id in marketplace.canary} <= known
    assert {product["supplierId"] for product in marketplace.products} == known
