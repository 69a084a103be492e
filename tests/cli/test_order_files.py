"""Order files: what is read, what is passed over with its line number, and what cannot be used at all."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.faces.order_files import OrderColumns, OrderFile, UnreadableFile
from sellergate.services.backfill import Sale

HEADER = b"order_id,product_id,seller_id,shipping_limit_date,price\n"


def read(content, **options):
    file = OrderFile(content.splitlines(keepends=True), **options)
    return list(file), [(bad.line, bad.message) for bad in file.bad_lines]


def test_a_line_is_a_sale_with_its_time_and_value():
    sales, bad = read(HEADER + b"o-1,mug,anna,2017-09-19 09:45:35,58.90\n")

    assert sales == [Sale("anna", "mug", datetime(2017, 9, 19, 9, 45, 35, tzinfo=UTC), Decimal("58.90"))]
    assert bad == []


def test_a_byte_order_mark_does_not_hide_the_first_column_quoted_or_not():
    for header in (b"seller_id,product_id\n", b'"seller_id","product_id"\n'):
        assert read(b"\xef\xbb\xbf" + header + b"anna,mug\n") == ([Sale("anna", "mug")], [])


def test_quotes_may_hold_commas_and_line_ends_and_the_line_after_keeps_its_number():
    content = b'note,seller_id,product_id\n"a, b\nand ""c""",anna,mug\nx,not an id,mug\n'

    sales, bad = read(content)

    assert sales == [Sale("anna", "mug")]
    assert [line for line, _ in bad] == [4]


def test_windows_line_ends_blank_lines_and_a_missing_last_end_are_fine():
    sales, bad = read(b"seller_id,product_id\r\nanna,mug\r\n\r\nben,lamp")

    assert [(sale.seller_id, sale.product_id) for sale in sales] == [("anna", "mug"), ("ben", "lamp")]
    assert bad == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"o-1,mug,anna,2017-09-19", "it has 4 columns, the header has 5"),
        (b"o-1,mug,anna,yesterday,1", "'yesterday' is no time like 2026-03-01 12:00:00"),
        (b"o-1,mug,anna,,cheap", "'cheap' is no amount"),
        (b"o-1,mug,anna,,-0.01", "'-0.01' is a negative amount"),
        (b"o-1,mug,anna,,NaN", "'NaN' is no amount"),
        (b"o-1,mug,anna,,Infinity", "'Infinity' is no amount"),
        (b"o-1,mug,anna,,1e999", "'1e999' is no amount"),
        (b"o-1,mug,,,1", "seller_id must be 1 to 64 characters"),
        (b"o-1," + b"x" * 65 + b",anna,,1", "product_id must be 1 to 64 characters"),
        (b"o-1,m\xfcg,anna,,1", "product_id must be 1 to 64 characters"),
        (b'o-1,"mug"s,anna,,1', "expected after"),
    ],
)
def test_a_bad_line_is_named_and_the_next_one_is_read(line, message):
    sales, bad = read(HEADER + line + b"\no-2,lamp,ben,,\n")

    assert [(sale.seller_id, sale.at, sale.value) for sale in sales] == [("ben", None, Decimal(0))]
    assert len(bad) == 1
    assert bad[0][0] == 2
    assert message in bad[0][1]


def test_bytes_that_are_no_utf8_spoil_nothing_where_nobody_reads_them():
    assert read(b"note,seller_id,product_id\ncaf\xe9,anna,mug\n") == ([Sale("anna", "mug")], [])


def test_a_quote_that_never_ends_is_a_bad_line_not_a_short_file():
    sales, bad = read(b'seller_id,product_id\nanna,mug\n"ben,lamp\nclara,mug\n')

    assert [sale.seller_id for sale in sales] == ["anna"]
    assert bad == [(3, "unexpected end of data")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b"\n", "it is empty"),
        (b"seller;product_id\nanna;mug\n", "separated by semicolons"),
        (b"seller_id\tproduct_id\nanna\tmug\n", "separated by tabs"),
        ("seller_id,product_id\n".encode("utf-16"), "no UTF-8 text"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00,\xff\xfe\n", "no UTF-8 text"),
        (b"product_id,price\n", "it has no column seller_id; it has product_id, price"),
        (b"seller_id,seller_id,product_id\n", "it has more than one column seller_id"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, message):
    with pytest.raises(UnreadableFile, match=message):
        read(content)


def test_a_file_without_lines_has_no_sales():
    assert read(HEADER) == ([], [])


def test_columns_may_have_any_names():
    columns = OrderColumns(seller="who", product="what", time="when", value="worth")

    sales, _ = read(b"what,who,worth,when\nmug,anna,3,2020-01-01\n", columns=columns)

    assert sales == [Sale("anna", "mug", datetime(2020, 1, 1, tzinfo=UTC), Decimal(3))]


def test_the_first_known_column_of_times_is_taken():
    sales, _ = read(b"seller_id,product_id,created_at,order_purchase_timestamp\nanna,mug,2021-01-01,2020-01-01\n")

    assert sales[0].at == datetime(2020, 1, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_of_the_zone_given_and_one_with_a_zone_is_not():
    content = b"seller_id,product_id,created_at\nanna,mug,2020-01-01 09:00:00\nanna,mug,2020-01-01T09:00:00Z\n"

    sales, _ = read(content, zone=ZoneInfo("Asia/Seoul"))

    assert [sale.at.hour for sale in sales] == [0, 9]


def test_where_times_are_needed_a_line_without_one_is_bad_and_so_is_a_file_without_the_column():
    sales, bad = read(b"seller_id,product_id,created_at\nanna,mug,\n", needs_time=True)

    assert (sales, bad) == ([], [(2, "it has no time")])
    with pytest.raises(UnreadableFile, match="no column of times"):
        read(b"seller_id,product_id\nanna,mug\n", needs_time=True)


@given(st.binary(max_size=300))
def test_no_content_whatever_breaks_the_reader(content):
    file = OrderFile((HEADER + content).splitlines(keepends=True))

    sales = list(file)

    assert all(sale.value >= 0 for sale in sales)
    assert all(bad.line >= 2 for bad in file.bad_lines)
