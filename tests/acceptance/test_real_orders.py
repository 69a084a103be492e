"""The real orders of a real marketplace: nobody who sells today is blocked, and whoever would be is named beforehand."""

from olist import LINES, PAIRS, PRODUCTS, SELLERS, real_orders, real_pairs

from sellergate import Gate


def test_after_a_backfill_full_enforcement_denies_none_of_them(program, full):
    report = program("backfill", "--orders", real_orders())
    replay = program("gate", "replay", real_orders(), **full)

    counted = (report["sales"], report["pairs"], report["sellers"], report["products"], report["granted"])
    assert counted == (LINES, PAIRS, SELLERS, PRODUCTS, PAIRS)
    assert (report["sellersCreated"], report["productsCreated"], report["badLines"]) == (SELLERS, PRODUCTS, [])
    assert (replay["phase"], replay["checks"], replay["allowed"], replay["denied"]) == ("full", LINES, LINES, 0)
    assert replay["answers"] == [{"allowed": True, "mode": "ENFORCED", "reason": "APPROVED", "checks": LINES}]


def test_a_backfill_is_done_once_and_leaves_a_trail_that_holds(program):
    first = program("backfill", "--orders", real_orders())
    second = program("backfill", "--orders", real_orders())
    program("audit", "seal")
    audit = program("audit", "verify")

    assert (first["granted"], second["granted"], second["alreadyApproved"]) == (PAIRS, 0, PAIRS)
    assert (second["sellersCreated"], second["productsCreated"]) == (0, 0)
    # A request and an approval for each pair, and the entry of each seller.
    assert (audit["holds"], audit["events"], audit["authorizations"]) == (True, 2 * PAIRS + SELLERS, PAIRS)
    assert audit["sealed"] == audit["events"]


def test_a_dry_run_tells_the_same_and_writes_nothing(program):
    planned = program("backfill", "--orders", real_orders(), "--dry-run")

    assert program("audit", "verify")["events"] == 0
    assert planned == program("backfill", "--orders", real_orders()) | {"dryRun": True}


def test_sellers_beyond_the_limit_keep_what_they_sell_and_are_named(program):
    report = program("backfill", "--orders", real_orders())

    sold = {}
    for seller, product in real_pairs():
        sold.setdefault(seller, set()).add(product)
    beyond = sorted((seller, len(products)) for seller, products in sold.items() if len(products) > 10)
    assert [(over["sellerId"], over["used"]) for over in report["overLimit"]] == beyond
    assert {over["limit"] for over in report["overLimit"]} == {10}


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


def test_a_program_with_the_gate_inside_lets_every_sale_through_at_every_stage(program, full):
    program("backfill", "--orders", real_orders())

    with Gate.open(program.database_url, environ=full) as gate:
        for stage in ("cart", "order", "settlement"):
            assert all(gate.allows(seller, product, stage=stage) for seller, product in real_pairs())
