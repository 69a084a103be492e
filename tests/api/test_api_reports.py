"""The business reports over HTTP: the figures of the command line and the console, as JSON and as CSV."""

import csv
from datetime import timedelta

import pytest
from api_world import ADMIN, ANNA, BEN, OPS, REASON, ROOT, SELLER, code_of, openapi

from builders import NOON
from measured import FAILED, HIT
from sellergate.domain.cache_advice import age_bin
from sellergate.domain.measurements import Measurement
from sellergate.faces.report_tables import (
    CACHE,
    COOLDOWNS,
    SUPPLIERS,
    TIERS,
    cooldown_row,
    summary,
    supplier_rows,
    tier_rows,
)

REPORTS = f"{ADMIN}/reports"
DAY = timedelta(days=1)
COLUMNS = {"suppliers": SUPPLIERS, "tiers": TIERS, "cooldowns": COOLDOWNS}


@pytest.fixture
def decided(any_api):
    """Of Acme's: one request approved after an hour, one rejected, and refused while its cooldown lasted."""
    api = any_api
    id, rejected = api.requested("a-1", ANNA), api.requested("a-1", BEN)
    api.shop.wait(hours=1)
    api.decide(id, "approve")
    api.decide(rejected, "reject", reason=REASON)
    assert code_of(api.post(f"{SELLER}/products/a-1/request", BEN)) == (400, "ERR_COOLDOWN_ACTIVE")
    api.shop.wait(hours=1)
    return api


def rows_of(api):
    report = api.shop.reports.lately(30 * DAY)
    names = api.shop.naming.of(suppliers=[each.activity.supplier_id for each in report.suppliers])
    return {
        "suppliers": supplier_rows(report, names),
        "tiers": tier_rows(report),
        "cooldowns": [cooldown_row(report)],
    }


def test_the_summary_is_that_of_the_command_line(decided):
    answer = decided.get(f"{REPORTS}/summary", OPS)

    assert answer.status_code == 200
    found = answer.json()
    assert (found.pop("since"), found.pop("until")) == ("2026-01-30T14:00:00.000Z", "2026-03-01T14:00:00.000Z")
    assert found == summary(decided.shop.reports.lately(30 * DAY))
    assert (found["approvalRate"], found["medianResponseSeconds"], found["cooldownRefusals"]) == (0.5, 3600, 1)
    assert found["afterCooldownReturnRate"] is None


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_has_the_same_cells_as_json_and_as_csv(decided, name):
    expected = [dict(zip(COLUMNS[name], row, strict=True)) for row in rows_of(decided)[name]]
    assert expected

    assert decided.get(f"{REPORTS}/{name}", ROOT).json()["items"] == expected
    by_format = decided.get(f"{REPORTS}/{name}?format=csv", OPS)
    by_accept = decided.call("GET", f"{REPORTS}/{name}", OPS, headers={"Accept": "text/csv"})
    assert by_format.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_format.text == by_accept.text
    cells = list(csv.DictReader(by_format.text.splitlines()))
    assert cells == [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in expected]
    json = decided.call("GET", f"{REPORTS}/{name}?format=json", OPS, headers={"Accept": "text/csv"})
    assert json.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("suppliers", "SupplierRowOut"),
        ("tiers", "TierRowOut"),
        ("cooldowns", "CooldownRowOut"),
        ("cache", "CacheRowOut"),
    ],
)
def test_the_document_names_every_column(name, schema):
    documented = openapi()["components"]["schemas"][schema]["properties"]
    assert set(documented) == set({**COLUMNS, "cache": CACHE}[name])
    answers = openapi()["paths"][f"{REPORTS}/{name}"]["get"]["responses"]["200"]["content"]
    assert set(answers) == {"application/json", "text/csv"}


def test_the_life_of_cached_answers_is_advised_by_what_was_measured(any_api):
    api = any_api
    path = f"{REPORTS}/cache?days=1"
    nothing = api.get(path, OPS).json()["items"][0]
    assert (nothing["advice"], nothing["checks"], nothing["hitRate"]) == ("not_enough_data", 0, None)

    with api.store.work() as work:
        window = Measurement(start=NOON - DAY / 2, counts={HIT: 600, FAILED: 400}, again={age_bin(64): 400})
        work.windows.put("gate", [window])
    found = api.get(path, OPS).json()["items"][0]

    assert (found["advice"], found["ttlSeconds"], found["advisedTtlSeconds"]) == ("longer", 60, 900)
    assert (found["checks"], found["misses"], found["ranOut"], found["hitRate"]) == (1000, 400, 400, 0.6)
    assert 0.9 < found["advisedHitRate"] < 1
    assert "900 s instead of 60 s" in found["sentence"]
    [row] = csv.DictReader(api.get(f"{path}&format=csv", OPS).text.splitlines())
    assert (row["advice"], row["advisedTtlSeconds"]) == ("longer", "900.0")
    assert api.get(f"{REPORTS}/cache?days=1&until=2026-02-01T00:00:00Z", OPS).json()["items"][0]["checks"] == 0


def test_a_span_ends_when_it_is_told_to(decided):
    before = decided.get(f"{REPORTS}/suppliers?days=7&until=2026-03-01T12:30:00Z", OPS).json()

    assert (before["since"], before["until"]) == ("2026-02-22T12:30:00.000Z", "2026-03-01T12:30:00.000Z")
    assert [(each["requests"], each["approved"], each["approvalRate"]) for each in before["items"]] == [(2, 0, None)]
    assert decided.get(f"{REPORTS}/suppliers?until=2020-01-01T00:00:00Z", OPS).json()["items"] == []


@pytest.mark.parametrize(
    "query", ["days=0", "days=3661", "days=x", "until=yesterday", "until=0001-01-01T00:00:00Z", "format=xml", "week=1"]
)
def test_what_is_no_span_is_refused_with_the_field(decided, query):
    answer = decided.get(f"{REPORTS}/tiers?{query}", OPS)

    assert code_of(answer) == (400, "ERR_VALIDATION")
    assert query.partition("=")[0] in answer.json()["message"]
