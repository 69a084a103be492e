"""Recorded checks as files: NDJSON or CSV, and a bad line spoils no other."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sellergate.domain.gate import Stage
from sellergate.domain.simulation import RecordedCheck
from sellergate.faces.check_files import CheckFile
from sellergate.faces.order_files import UnreadableFile

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = RecordedCheck(seller_id="anna", product_id="mug", stage=Stage.CART)
FULL = RecordedCheck(
    seller_id="anna", product_id="mug", stage=Stage.ORDER, count=3, value=Decimal("12.10"), at=NOON
)  # fmt: skip

NDJSON = b"""{"sellerId": "anna", "productId": "mug", "stage": "cart"}

{"sellerId": "anna", "productId": "mug", "stage": "order", "count": 3, "value": 12.10, "at": "2026-03-01T21:00:00+09:00", "more": [1]}
"""
CSV = b"""stage,more,sellerId,productId,count,value,at
cart,x,anna,mug,,,
order,x,anna,mug,3,12.10,2026-03-01T12:00:00Z
"""


def read(content):
    file = CheckFile(content.splitlines(keepends=True))
    return list(file), [(bad.line, bad.message) for bad in file.bad_lines]


@pytest.mark.parametrize("content", [NDJSON, CSV, b"\xef\xbb\xbf" + NDJSON, b"\xef\xbb\xbf" + CSV])
def test_both_forms_say_the_same(content):
    assert read(content) == ([ONE, FULL], [])


def test_a_time_without_a_zone_is_utc():
    [check], _ = read(b"sellerId,productId,stage,at\nanna,mug,cart,2026-03-01 12:00:00\n")

    assert check.at == NOON


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            b'{"sellerId": "anna", "productId": "mug", "stage": "checkout"}',
            "stage must be one of cart, order, settlement",
        ),
        (b'{"sellerId": "anna", "productId": "mug"}', "stage must be one of"),
        (b'{"sellerId": "an na", "productId": "mug", "stage": "cart"}', "sellerId must be 1 to 64"),
        (b'{"sellerId": "anna", "productId": 7, "stage": "cart"}', "productId must be 1 to 64"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "count": 0}', "count must be a whole number"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "count": true}', "count must be a whole number"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "count": 1.5}', "count must be a whole number"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "value": -1}', "negative amount"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "value": NaN}', "value must be an amount"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "value": "NaN"}', "no amount"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "at": 7}', "at must be a time"),
        (b'{"sellerId": "anna", "productId": "mug", "stage": "cart", "at": "noon"}', "at must be a time"),
        (b'{"sellerId": "anna"', "no JSON"),
        (b'["anna"]', "no JSON object"),
        (b"[" * 100_000, "no JSON"),
        (b'{"sellerId": "\xff", "productId": "mug", "stage": "cart"}', "no JSON"),
        (b'{"x": "' + b"x" * 1024 * 1024 + b'"}', "longer than 1 MiB"),
    ],
)
def test_a_bad_object_is_told_with_its_line_and_spoils_no_other(facts, message):
    good = NDJSON.splitlines()[0]
    checks, [(line, said)] = read(good + b"\n" + facts + b"\n" + good + b"\n")

    assert checks == [ONE, ONE]
    assert line == 2
    assert message in said or (message == "no JSON" and "nested" in said)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (b"anna,mug", "it has 2 columns, the header has 3"),
        (b"anna,mug,checkout", "stage must be one of"),
        (b",mug,cart", "sellerId must be"),
        (b'"anna"x,mug,cart', "expected"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_spoils_no_other(cells, message):
    checks, [(line, said)] = read(b"sellerId,productId,stage\nanna,mug,cart\n" + cells + b"\nanna,mug,cart\n")

    assert checks == [ONE, ONE]
    assert line == 3
    assert message in said


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"sellerId,productId\n", "no column stage"), (b"sellerId;productId;stage\n", "semicolons")],
)
def test_a_file_that_is_neither_is_refused_as_a_whole(content, message):
    with pytest.raises(UnreadableFile, match=message):
        read(content)
