"""Every store keeps people and goods whole, and finds products the same way."""

from decimal import Decimal
from unicodedata import normalize

import pytest
from walking import all_at_once

from builders import a_product, a_seller, a_supplier, an_authorization, keep, stock
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.errors import ConcurrentChange, InvalidInput
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy
from sellergate.ports.queries import ProductQuery, SellerQuery, SupplierQuery


def found(store, **query):
    with store.view() as view:
        return [product.id for product in view.directory.products(ProductQuery(**query)).items]


def test_people_and_goods_come_back_as_they_were_stored(store):
    supplier = a_supplier(name="한빛", email="a@example.org", locale="ko", is_test=True, is_partner=True, version=7)
    seller = a_seller(
        tier=Tier.PLATINUM,
        status=SellerStatus.SUSPENDED,
        supplier_id="acme",
        email="b@example.org",
        locale="en",
        user_id="user-1",
        version=3,
    )
    product = a_product(
        active=False,
        sku="SKU-1",
        category="fans",
        price=Decimal("12345678901234567890.10"),
        daily_views=300,
        monthly_orders=20,
        top_seller=True,
        version=9,
    )
    with store.work() as work:
        work.directory.put_supplier(supplier)
        work.directory.put_seller(seller)
        work.directory.put_product(product)

    with store.view() as view:
        assert view.directory.supplier("acme") == supplier
        assert view.directory.seller("anna") == seller
        assert view.directory.seller_of_user("user-1") == seller
        assert view.directory.product("p-1") == product
        assert str(view.directory.product("p-1").price) == "12345678901234567890.10"


def test_an_object_is_stored_whole(store):
    with store.work() as work:
        work.directory.put_supplier(a_supplier(email="a@example.org"))
        work.directory.put_product(a_product(sku="SKU-1", price=Decimal("1.50")))
        work.directory.put_product(a_product(supplier_id=None, version=2))

    with store.view() as view:
        assert view.directory.product("p-1") == a_product(supplier_id=None, version=2)


def test_what_is_not_there_is_none(store):
    with store.view() as view:
        assert view.directory.supplier("acme") is None
        assert view.directory.seller("anna") is None
        assert view.directory.product("p-1") is None
        assert view.directory.seller_of_user("user-1") is None


def test_a_lock_reads_what_is_there(store):
    stock(store)
    with store.work() as work:
        assert work.directory.seller("anna", lock=True) == a_seller()
        assert work.directory.product("p-1", lock=True) == a_product()
        assert work.directory.seller("nobody", lock=True) is None


def test_many_are_read_at_once(store):
    stock(store, sellers=("anna", "ben"), products=("p-1", "p-2"), suppliers=("acme", "zeta"))
    with store.view() as view:
        assert view.directory.suppliers_of(["acme", "acme", "nowhere"]) == {"acme": a_supplier()}
        assert view.directory.sellers_of({"anna", "ben"}) == {"anna": a_seller(), "ben": a_seller("ben")}
        assert view.directory.products_of(iter(["p-2"])) == {"p-2": a_product("p-2")}
        assert view.directory.products_of([]) == {}


def test_a_user_is_one_seller(store):
    with store.work() as work:
        work.directory.put_seller(a_seller("anna", user_id="user-1"))

    with store.work() as work:
        with pytest.raises(InvalidInput) as refused:
            work.directory.put_seller(a_seller("ben", user_id="user-1"))
        work.directory.put_seller(a_seller("cleo", user_id="user-2"))

    assert refused.value.facts == {"field": "userId"}
    with store.view() as view:
        assert view.directory.seller("ben") is None
        assert view.directory.seller("cleo") is not None


def test_a_user_who_is_set_free_may_become_another_seller(store):
    with store.work() as work:
        work.directory.put_seller(a_seller("anna", user_id="user-1"))
        work.directory.put_seller(a_seller("anna", user_id="user-2"))
        work.directory.put_seller(a_seller("ben", user_id="user-1"))

    with store.view() as view:
        assert view.directory.seller_of_user("user-1").id == "ben"
        assert view.directory.seller_of_user("user-2").id == "anna"


def test_sellers_without_a_user_do_not_stand_in_each_others_way(store):
    stock(store, sellers=("anna", "ben"))
    with store.view() as view:
        assert len(view.directory.sellers_of(["anna", "ben"])) == 2


def test_a_supplier_that_does_not_exist_is_refused(store):
    with pytest.raises(InvalidInput), store.work() as work:
        work.directory.put_seller(a_seller(supplier_id="nowhere"))
    with pytest.raises(InvalidInput), store.work() as work:
        work.directory.put_product(a_product(supplier_id="nowhere"))


SEARCHES = [
    ("fan", ["p-1", "p-2"]),
    ("FAN", ["p-1", "p-2"]),
    ("선풍기", ["p-3"]),
    ("풍", ["p-3"]),
    ("100%", ["p-4"]),
    ("%", ["p-4"]),
    ("a_b", ["p-5"]),
    ("_", ["p-5"]),
    ("/", ["p-6"]),
    ("\\", ["p-6"]),
    ("sku-77", ["p-2"]),
    ("élan", ["p-7"]),
    ("ÉLAN", ["p-7"]),
    ("strasse", ["p-8"]),
    ("P-8", ["p-8"]),
    ("nothing like it", []),
    ("", [f"p-{number}" for number in range(1, 9)]),
]


@pytest.mark.parametrize(("search", "expected"), SEARCHES)
def test_a_product_is_found_by_part_of_id_name_or_sku(store, search, expected):
    with store.work() as work:
        work.directory.put_supplier(a_supplier())
        for id, name, sku in (
            ("p-1", "A fan", None),
            ("p-2", "Fantastic", "SKU-77"),
            ("p-3", "대형 선풍기", None),
            ("p-4", "100% cotton", None),
            ("p-5", "a_b", None),
            ("p-6", "left/right\\wrong", None),
            ("p-7", "Élan", None),
            ("p-8", "Straße", None),
        ):
            work.directory.put_product(a_product(id, name=name, sku=sku))

    assert found(store, search=search) == expected


def test_korean_is_found_in_whichever_form_it_was_typed(store):
    composed, decomposed = (normalize(form, "선풍기") for form in ("NFC", "NFD"))
    assert composed != decomposed
    with store.work() as work:
        work.directory.put_supplier(a_supplier())
        work.directory.put_product(a_product("p-1", name=composed))
        work.directory.put_product(a_product("p-2", name=decomposed))

    assert found(store, search=composed) == found(store, search=decomposed) == ["p-1", "p-2"]


def test_a_product_is_found_under_its_new_name_only(store):
    stock(store)
    with store.work() as work:
        work.directory.put_product(a_product(name="Renamed"))

    assert found(store, search="renamed") == ["p-1"]
    assert found(store, search="product") == []


def test_products_are_narrowed_by_how_the_seller_stands(store):
    stock(store, sellers=("anna", "ben"), products=("p-1", "p-2", "p-3"))
    keep(store, an_authorization(Status.APPROVED), an_authorization(product="p-2"))
    keep(store, an_authorization(Status.REVOKED, seller="ben"))
    with store.work() as work:
        work.directory.put_product(a_product("p-4", active=False))

    assert found(store, seller_id="anna", authorization=Status.APPROVED) == ["p-1"]
    assert found(store, seller_id="anna", authorization=Status.REVOKED) == []
    assert found(store, seller_id="anna", authorization=Status.NONE) == ["p-3", "p-4"]
    assert found(store, seller_id="anna", authorization=Status.NONE, active_only=True) == ["p-3"]
    assert found(store, seller_id="ben", authorization=Status.NONE) == ["p-2", "p-3", "p-4"]
    assert found(store, seller_id="anna") == ["p-1", "p-2", "p-3", "p-4"]


def test_a_supplier_without_a_policy_has_the_default_one(store):
    with store.view() as view:
        assert view.directory.policy("acme") == SupplierPolicy()


def test_a_policy_is_stored_whole(store):
    stock(store)
    first = SupplierPolicy(
        auto_approval=AutoApproval.TRUSTED,
        trusted_sellers=frozenset({"anna", "ben"}),
        minimum_tier=Tier.GOLD,
        max_sellers_per_product=5,
        products={
            "p-1": ProductPolicy(auto_approval=AutoApproval.ALL, max_sellers=2),
            "p-2": ProductPolicy(),
        },
    )
    with store.work() as work:
        assert work.directory.put_policy("acme", first).version == 1
    with store.view() as view:
        assert view.directory.policy("acme") == first
        assert view.directory.policy("acme").version == 1

    with store.work() as work:
        work.directory.put_policy("acme", SupplierPolicy(auto_approval=AutoApproval.ALL, version=1))
    with store.view() as view:
        assert view.directory.policy("acme") == SupplierPolicy(auto_approval=AutoApproval.ALL)
        assert view.directory.policy("acme").version == 2


@pytest.mark.parametrize("known", [0, 1, 3])
def test_a_policy_made_from_another_than_the_one_in_force_is_refused(store, known):
    stock(store)
    for version in range(2):
        with store.work() as work:
            work.directory.put_policy("acme", SupplierPolicy(max_sellers_per_product=5, version=version))

    with pytest.raises(ConcurrentChange), store.work() as work:
        work.directory.put_policy("acme", SupplierPolicy(version=known))
    with store.view() as view:
        assert view.directory.policy("acme").max_sellers_per_product == 5
        assert view.directory.policy("acme").version == 2


@pytest.mark.parametrize("before", [0, 1])
def test_of_several_who_set_the_same_policy_one_does(store, before):
    """Also where none was stored yet: nobody's change is written over unseen."""
    stock(store)
    for version in range(before):
        with store.work() as work:
            work.directory.put_policy("acme", SupplierPolicy(version=version))

    def set_policy(number):
        with store.work() as work:
            return work.directory.put_policy("acme", SupplierPolicy(max_sellers_per_product=number, version=before))

    answers = all_at_once(6, set_policy)

    [winner] = [answer for answer in answers if isinstance(answer, SupplierPolicy)]
    assert sum(isinstance(answer, ConcurrentChange) for answer in answers) == 5
    with store.view() as view:
        assert view.directory.policy("acme") == winner


def test_a_policy_of_an_unknown_supplier_is_refused(store):
    with pytest.raises(InvalidInput), store.work() as work:
        work.directory.put_policy("nowhere", SupplierPolicy())


SELLERS = (
    a_seller("anna", name="Anna Goods", tier=Tier.GOLD),
    a_seller("ben_2", name="달빛마켓", status=SellerStatus.SUSPENDED, user_id="User-77"),
    a_seller("carl", name="100% Carl", tier=Tier.GOLD, status=SellerStatus.REVOKED),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["anna", "ben_2", "carl"]),
        ({"search": "ANNA"}, ["anna"]),
        ({"search": "goods"}, ["anna"]),
        ({"search": "달빛"}, ["ben_2"]),
        ({"search": normalize("NFD", "달빛")}, ["ben_2"]),
        ({"search": "user-7"}, ["ben_2"]),
        ({"search": "n_2"}, ["ben_2"]),
        ({"search": "0%"}, ["carl"]),
        ({"search": "n%"}, []),
        ({"search": ""}, ["anna", "ben_2", "carl"]),
        ({"status": SellerStatus.SUSPENDED}, ["ben_2"]),
        ({"tier": Tier.GOLD}, ["anna", "carl"]),
        ({"tier": Tier.GOLD, "status": SellerStatus.REVOKED, "search": "carl"}, ["carl"]),
        ({"tier": Tier.PLATINUM}, []),
    ],
)
def test_sellers_are_found_by_part_of_id_name_or_user_and_by_what_they_are(store, query, expected):
    with store.work() as work:
        for seller in SELLERS[::-1]:
            work.directory.put_seller(seller)
    with store.view() as view:
        page = view.directory.sellers(SellerQuery(**query))

    assert [seller.id for seller in page.items] == expected
    assert page.items == [seller for seller in SELLERS if seller.id in expected]
    assert page.total == len(expected)


@pytest.mark.parametrize(
    ("search", "expected"), [(None, ["acme", "zeta"]), ("ZE", ["zeta"]), ("한빛", ["acme"]), ("none", [])]
)
def test_suppliers_are_found_by_part_of_id_or_name(store, search, expected):
    with store.work() as work:
        work.directory.put_supplier(a_supplier("zeta"))
        work.directory.put_supplier(a_supplier("acme", name="한빛 Living"))
    with store.view() as view:
        page = view.directory.suppliers(SupplierQuery(search=search))

    assert [supplier.id for supplier in page.items] == expected
