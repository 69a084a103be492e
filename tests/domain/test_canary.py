"""A canary is chosen by the seed's criteria, evenly, and the same each time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_product, a_supplier
from sellergate.domain.canary import CanaryCriteria, Census, Choice, Miss, Outside, outside, spread, why
from sellergate.domain.plan import CanarySelection
from sellergate.domain.rollout import bucket

CRITERIA = CanaryCriteria()
PARTNER = a_supplier("acme", is_partner=True)
FIT = a_product(daily_views=300)


def chosen(catalog, suppliers, criteria=CRITERIA):
    census = Census(criteria)
    for product in catalog:
        census.count(product, suppliers.get(product.supplier_id))
    choice = Choice(criteria, census.quotas())
    for product in catalog:
        choice.consider(product, suppliers.get(product.supplier_id))
    return census, *choice.picks()


def fit(number, supplier="acme", **facts):
    return [
        a_product(f"{supplier}-{place}", supplier_id=supplier, **{"daily_views": 300, **facts})
        for place in range(number)
    ]


@pytest.mark.parametrize(
    ("views", "misses"),
    [(99, (Miss.FEW_VIEWS,)), (100, ()), (500, ()), (501, (Miss.MANY_VIEWS,)), (None, (Miss.VIEWS_UNKNOWN,))],
)
def test_views_count_from_the_first_to_the_last_of_the_range(views, misses):
    assert CRITERIA.misses(replace(FIT, daily_views=views), PARTNER) == misses


@pytest.mark.parametrize(
    ("supplier", "misses"),
    [
        (a_supplier(is_test=True), ()),
        (a_supplier(is_partner=True), ()),
        (a_supplier(), (Miss.REGULAR_SUPPLIER,)),
        (None, (Miss.REGULAR_SUPPLIER,)),
    ],
)
def test_a_supplier_is_a_test_or_a_partner(supplier, misses):
    assert CRITERIA.misses(FIT, supplier) == misses


def test_a_plan_may_look_for_other_products():
    criteria = CanaryCriteria.of(
        CanarySelection(share=0.07, daily_views=(1, 2), test_or_partner_suppliers=False, top_sellers=True)
    )

    assert criteria == CanaryCriteria(share=7, min_views=1, max_views=2, regular_suppliers=True, top_sellers=True)
    assert criteria.misses(a_product(daily_views=2, top_seller=True), None) == ()
    assert criteria.misses(FIT, None) == (Miss.MANY_VIEWS,)


def test_the_plan_that_says_nothing_looks_for_what_the_seed_looks_for():
    assert CanaryCriteria.of(CanarySelection()) == CRITERIA


@pytest.mark.parametrize(("share", "products", "wanted"), [(10, 30, 3), (10, 31, 4), (0.1, 1000, 1), (2.5, 80, 2)])
def test_the_share_is_rounded_up_and_a_fraction_of_a_percent_is_exact(share, products, wanted):
    assert CanaryCriteria(share=share).wanted(products) == wanted


def test_a_product_may_miss_several():
    assert CRITERIA.misses(a_product(top_seller=True, daily_views=9_000), a_supplier()) == (
        Miss.REGULAR_SUPPLIER,
        Miss.MANY_VIEWS,
        Miss.TOP_SELLER,
    )


def test_what_needs_no_authorization_is_no_part_of_the_share():
    assert outside(a_product(supplier_id=None)) is Outside.NO_SUPPLIER
    assert outside(a_product(active=False)) is Outside.INACTIVE
    assert outside(FIT) is None
    census, picks, _ = chosen(
        [*fit(10), a_product("x", active=False), a_product("y", supplier_id=None)], {"acme": PARTNER}
    )

    assert (census.products, census.wanted, len(picks)) == (10, 1, 1)
    assert census.outside == {Outside.INACTIVE: 1, Outside.NO_SUPPLIER: 1}


@pytest.mark.parametrize(("products", "wanted"), [(0, 0), (1, 1), (10, 1), (11, 2), (1_000, 100)])
def test_the_share_is_rounded_up(products, wanted):
    assert CRITERIA.wanted(products) == wanted


def test_the_choice_is_even_over_suppliers():
    suppliers = {id: a_supplier(id, is_partner=True) for id in ("acme", "beta", "tiny")}
    _, picks, next_best = chosen([*fit(60, "acme"), *fit(38, "beta"), *fit(2, "tiny")], suppliers)

    by_supplier = [pick.supplier_id for pick in picks]
    assert [by_supplier.count(id) for id in suppliers] == [4, 4, 2]
    assert next_best == []


def test_when_too_few_qualify_the_next_best_are_marked_and_come_in_the_order_one_would_overlook_them():
    suppliers = {"acme": PARTNER, "plain": a_supplier("plain")}
    catalog = [
        *fit(1),
        a_product("few", daily_views=99),
        a_product("many", daily_views=501),
        a_product("top", daily_views=300, top_seller=True),
        *fit(1, "plain"),
        a_product("worst", supplier_id="plain", daily_views=501, top_seller=True),
    ]
    census, picks, next_best = chosen(catalog, suppliers, CanaryCriteria(share=100))

    assert [pick.product_id for pick in picks] == ["acme-0"]
    assert (census.wanted, census.qualifying) == (6, 1)
    assert [(pick.product_id, pick.misses) for pick in next_best] == [
        ("few", (Miss.FEW_VIEWS,)),
        ("plain-0", (Miss.REGULAR_SUPPLIER,)),
        ("many", (Miss.MANY_VIEWS,)),
        ("top", (Miss.TOP_SELLER,)),
        ("worst", (Miss.REGULAR_SUPPLIER, Miss.MANY_VIEWS, Miss.TOP_SELLER)),
    ]


def test_no_more_next_best_than_are_wanted():
    _, picks, next_best = chosen([*fit(2), *fit(98, "plain")], {"acme": PARTNER})

    assert (len(picks), len(next_best)) == (2, 8)


def test_each_pick_says_why():
    _, [pick], _ = chosen(fit(1), {"acme": PARTNER})
    assert why(pick, CRITERIA) == "300 views a day, within 100-500; partner supplier; no top seller"

    _, _, [pick] = chosen(fit(1, top_seller=True, daily_views=None), {})
    assert why(pick, CRITERIA) == (
        "views unknown, not known to be within 100-500; neither a test nor a partner supplier; a top seller"
    )


VIEWS = st.none() | st.sampled_from([0, 99, 100, 300, 500, 501])
CATALOGS = st.lists(
    st.builds(
        a_product,
        st.text("abcdefgh", min_size=1, max_size=6),
        supplier_id=st.sampled_from(["s-1", "s-2", "s-3", None]),
        daily_views=VIEWS,
        active=st.booleans(),
        top_seller=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda product: product.id,
)
SUPPLIERS = {id: a_supplier(id, is_test=id == "s-1", is_partner=id == "s-2") for id in ("s-1", "s-2", "s-3")}


@given(CATALOGS, st.randoms(use_true_random=False), st.integers(1, 100))
def test_the_choice_does_not_depend_on_the_order_of_the_walk_and_is_exactly_as_large_as_wanted(catalog, random, share):
    criteria = CanaryCriteria(share=share)
    census, picks, next_best = chosen(catalog, SUPPLIERS, criteria)
    shuffled = random.sample(catalog, len(catalog))

    assert chosen(shuffled, SUPPLIERS, criteria)[1:] == (picks, next_best)
    assert len(picks) == min(census.wanted, census.qualifying)
    assert len(picks) + len(next_best) == census.wanted
    assert all(not pick.misses for pick in picks)
    assert all(pick.misses for pick in next_best)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 20), max_size=6), st.integers(0, 100))
def test_a_spread_gives_nobody_two_less_than_another_who_had_no_more(sizes, wanted):
    shares = spread(sizes, wanted)

    assert sum(shares.values()) == min(wanted, sum(sizes.values()))
    full = {name: shares.get(name, 0) for name in sizes}
    assert all(full[name] <= size for name, size in sizes.items())
    assert all(full[a] == sizes[a] or full[a] >= full[b] - 1 for a in sizes for b in sizes)


def test_of_each_supplier_those_are_taken_that_a_percentage_would_enforce_first():
    catalog = fit(50)
    _, picks, _ = chosen(catalog, {"acme": PARTNER})

    first = sorted((product.id for product in catalog), key=lambda id: (bucket(id), id))[:5]
    assert sorted(pick.product_id for pick in picks) == sorted(first)
