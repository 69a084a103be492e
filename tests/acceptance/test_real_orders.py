"""The real orders of a real marketplace: nobody who sells today is blocked, and whoever would be is named beforehand."""

import csv
import json

from olist import LINES, PAIRS, PRODUCTS, SELLERS, real_orders, real_pairs

from sellergate import Gate
from sellergate.domain.rollout import bucket


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


def test_after_a_backfill_a_simulation_denies_none_of_them_at_any_share(backfilled):
    found = backfilled.program("simulate", "--orders", real_orders())

    assert (found["checks"], found["pairs"]) == (LINES, PAIRS)
    assert [(one["percentage"], one["denied"]["checks"]) for one in found["outcomes"]] == [(10, 0), (50, 0), (100, 0)]


def test_without_a_backfill_a_simulation_names_every_pair_and_at_half_exactly_the_lower_buckets(
    program, backfilled, tmp_path
):
    suppliers, products = tmp_path / "suppliers.ndjson", tmp_path / "products.ndjson"
    suppliers.write_text('{"id": "olist", "name": "Olist"}\n')
    products.write_text(
        "".join(
            json.dumps({"id": id, "name": id, "supplierId": "olist"}) + "\n"
            for id in sorted({p for _, p in real_pairs()})
        )
    )
    program("import", "suppliers", suppliers)
    program("import", "products", products)

    found = program("simulate", "--orders", real_orders(), "--csv", "denied.csv")

    ten, half, full = found["outcomes"]
    with (tmp_path / "denied.csv").open(encoding="utf-8", newline="") as file:
        denied = [(int(row["percentage"]), row["sellerId"], row["productId"]) for row in csv.DictReader(file)]
    for outcome, share in ((ten, 10), (half, 50), (full, 100)):
        lower = {(seller, product) for seller, product in real_pairs() if bucket(product) < share}
        assert {(seller, product) for at, seller, product in denied if at == share} == lower
        assert outcome["denied"]["pairs"] == len(lower)
    assert (full["denied"]["pairs"], full["denied"]["checks"]) == (PAIRS, LINES)
    assert full["inbox"]["requests"] == PAIRS
    over = [(one["sellerId"], one["needed"]) for one in full["limits"]["topSellers"]]
    assert sorted(over) == [(one["sellerId"], one["used"]) for one in backfilled.report["overLimit"]]
