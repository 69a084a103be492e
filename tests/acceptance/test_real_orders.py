"""The real orders of a real marketplace: nobody who sells today is blocked, and whoever would be is named beforehand."""

from olist import LINES, PAIRS, PRODUCTS, SELLERS, real_orders, real_pairs

from sellergate import Gate


def test_after_a_backfill_full_enforcement_denies_none_of_them(backfilled, full):
    report, replay = backfilled.report, backfilled.program("gate", "replay", real_orders(), **full)

    counted = (report["sales"], report["pairs"], report["sellers"], report["products"], report["granted"])
    assert counted == (LINES, PAIRS, SELLERS, PRODUCTS, PAIRS)
    assert (report["sellersCreated"], report["productsCreated"], report["badLines"]) == (SELLERS, PRODUCTS, [])
    assert (replay["phase"], replay["checks"], replay["allowed"], replay["denied"]) == ("full", LINES, LINES, 0)
    assert replay["answers"] == [{"allowed": True, "mode": "ENFORCED", "reason": "APPROVED", "checks": LINES}]


def test_a_second_backfill_grants_nothing(backfilled):
    second = backfilled.program("backfill", "--orders", real_orders())

    assert (second["granted"], second["alreadyApproved"]) == (0, PAIRS)
    assert (second["sellersCreated"], second["productsCreated"]) == (0, 0)


def test_a_dry_run_tells_the_same_and_writes_nothing(backfilled):
    assert backfilled.planned == backfilled.report | {"dryRun": True}
    assert (backfilled.before["events"], backfilled.before["authorizations"]) == (0, 0)


def test_a_backfill_leaves_a_trail_that_holds(backfilled):
    backfilled.program("audit", "seal")
    audit = backfilled.program("audit", "verify")

    # A request and an approval for each pair, and the entry of each seller.
    assert (audit["holds"], audit["events"], audit["authorizations"]) == (True, 2 * PAIRS + SELLERS, PAIRS)
    assert audit["sealed"] == audit["events"]


def test_sellers_beyond_the_limit_keep_what_they_sell_and_are_named(backfilled):
    sold = {}
    for seller, product in real_pairs():
        sold.setdefault(seller, set()).add(product)
    beyond = sorted((seller, len(products)) for seller, products in sold.items() if len(products) > 10)

    over = backfilled.report["overLimit"]
    assert [(one["sellerId"], one["used"]) for one in over] == beyond
    assert {one["limit"] for one in over} == {10}


def test_without_a_backfill_shadow_denies_none_and_names_every_pair(program, shadow):
    replay = program("gate", "replay", real_orders(), **shadow)
    report = program("shadow", "report", "--limit", "10000", **shadow)

    assert (replay["phase"], replay["allowed"], replay["denied"]) == ("shadow", LINES, 0)
    assert {(line["sellerId"], line["productId"]) for line in report["items"]} == set(real_pairs())
    totals = report["totals"]
    assert (totals["denials"], totals["pairs"]) == (LINES, PAIRS)
    assert (totals["sellers"], totals["products"]) == (SELLERS, PRODUCTS)


def test_without_a_backfill_full_enforcement_denies_all_of_them(program, full):
    replay = program("gate", "replay", real_orders(), expect=1, **full)

    assert (replay["checks"], replay["allowed"], replay["denied"]) == (LINES, 0, LINES)


def test_a_program_with_the_gate_inside_lets_every_sale_through_at_every_stage(backfilled, full):
    with Gate.open(backfilled.program.database_url, environ=full) as gate:
        for stage in ("cart", "order", "settlement"):
            assert all(gate.allows(seller, product, stage=stage) for seller, product in real_pairs())
