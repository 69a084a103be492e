"""Every store can be walked over, a batch at a time, in one order."""

from builders import a_product, a_shadow_count, stock
from sellergate.domain.shadow import ShadowKey

IDS = ["Z", "a", "a-1", "a.1", "a_1", "b", "k" * 64, "z"]


def test_a_walk_over_products_meets_each_once_in_order(store):
    stock(store, products=IDS)
    with store.work() as work:
        work.directory.put_product(a_product("c", active=False, supplier_id=None, daily_views=7, top_seller=True))
    seen, last = [], ""
    with store.view() as view:
        while batch := view.directory.products_after(last, 4):
            assert len(batch) <= 4
            seen += batch
            last = batch[-1].id

    assert [product.id for product in seen] == sorted([*IDS, "c"])
    assert seen[[product.id for product in seen].index("c")].daily_views == 7


def test_a_walk_over_people_meets_each_once_in_order(store):
    stock(store, sellers=("b", "a", "c"), suppliers=("z", "y", "x"))
    with store.view() as view:
        assert [one.id for one in view.directory.sellers_after("", 2)] == ["a", "b"]
        assert [one.id for one in view.directory.sellers_after("b", 2)] == ["c"]
        assert [one.id for one in view.directory.suppliers_after("", 2)] == ["x", "y"]
        assert [one.id for one in view.directory.suppliers_after("y", 2)] == ["z"]


def test_a_walk_over_shadow_counts_meets_each_once_in_order(store):
    counts = [
        a_shadow_count(number, seller=seller, product=product, stage=stage, code=code)
        for number, (seller, product, stage, code) in enumerate(
            (
                ("anna", "p-1", "cart", "ERR_AUTHORIZATION_REVOKED"),
                ("anna", "p-1", "cart", "ERR_SELLER_NOT_AUTHORIZED"),
                ("anna", "p-1", "order", "ERR_SELLER_NOT_AUTHORIZED"),
                ("anna", "p-2", "cart", "ERR_SELLER_NOT_AUTHORIZED"),
                ("ben", "P-1", "settlement", "ERR_SELLER_NOT_AUTHORIZED"),
                ("ben", "p-1", "cart", "ERR_SELLER_NOT_AUTHORIZED"),
            ),
            start=1,
        )
    ]
    with store.work() as work:
        work.shadow.add(reversed(counts))
    seen, last = [], None
    with store.view() as view:
        while batch := view.shadow.all_after(last, 2):
            seen += batch
            last = batch[-1].key

    assert seen == counts


def test_a_walk_may_begin_where_nothing_is(store):
    stock(store)
    with store.view() as view:
        assert view.directory.products_after("zzz", 10) == []
        assert view.shadow.all_after(ShadowKey("a", "b", "cart", "c"), 10) == []
