"""Moments and amounts mean the same after a round trip."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select

from sellergate.adapters.sql.columns import Money, UtcDateTime, exact_sum

moments = st.datetimes(timezones=st.just(UTC))
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)


@pytest.fixture(scope="module")
def round_trip():
    table = Table("t", MetaData(), Column("at", UtcDateTime), Column("amount", Money))
    engine = create_engine("sqlite://")
    connection = engine.connect()
    table.create(connection)

    def round_trip(column, *values):
        connection.execute(table.delete())
        connection.execute(insert(table), [{column: value} for value in values])
        return list(connection.execute(select(table.c[column]).order_by(table.c[column])).scalars())

    yield round_trip
    connection.close()
    engine.dispose()


@given(st.lists(moments, min_size=1))
def test_moments_come_back_to_the_microsecond_and_sort_as_they_are(round_trip, values):
    assert round_trip("at", *values) == sorted(values)


def test_a_moment_of_another_zone_comes_back_in_utc(round_trip):
    seoul = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))

    [moment] = round_trip("at", seoul)

    assert moment == seoul
    assert moment.tzinfo is UTC


@given(amounts)
def test_an_amount_comes_back_to_the_last_digit(round_trip, amount):
    [stored] = round_trip("amount", amount)

    assert str(stored) == str(amount)


@given(amounts, amounts)
def test_amounts_kept_as_text_are_added_as_amounts(left, right):
    assert Decimal(exact_sum(str(left), str(right))) == left + right
