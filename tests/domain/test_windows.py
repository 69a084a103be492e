"""When the rollout may go further: by the clocks of the plan's zone, on nights with an hour too few or too many as well."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.windows import DAYS, ChangeWindow, any_open, next_opening, parse_window

SEED = parse_window("Tue-Thu 02:00-04:00", "Asia/Seoul")
SECOND = timedelta(seconds=1)


def utc(*at):
    return datetime(*at, tzinfo=UTC)


def seoul(*at):
    return datetime(*at, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Tue-Thu 02:00-04:00 Asia/Seoul", {1, 2, 3}),
        ("Mon 02:00-04:00 Asia/Seoul", {0}),
        ("Fri-Mon 02:00-04:00 Asia/Seoul", {4, 5, 6, 0}),
        ("Mon,Wed,Fri-Sat 02:00-04:00 Asia/Seoul", {0, 2, 4, 5}),
        ("daily 02:00-04:00 Asia/Seoul", set(range(7))),
    ],
)
def test_days_are_single_ones_ranges_over_the_weekend_and_lists(text, days):
    window = parse_window(text, "UTC")

    assert window.days == days
    assert parse_window(str(window), "UTC") == window


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tue-Thu",
        "Tue-Thu 02:00",
        "Tue-Thu 02:00-02:00",
        "Tue-Thu 2:00-4:00",
        "Tue-Thu 02:60-04:00",
        "Tue-Thu 25:00-26:00",
        "Tue-Thu 02:00-24:01",
        "Tue-Thu 24:00-02:00",
        "Tue-Tho 02:00-04:00",
        "tue 02:00-04:00",
        "Tue--Thu 02:00-04:00",
        "Tue-Thu-Fri 02:00-04:00",
        "Tue-Thu 02:00-04:00 Asia/Soul",
        "Tue-Thu 02:00-04:00 ../etc",
        "Tue-Thu 02:00-04:00 Asia",
        "Tue-Thu  02:00-04:00",
        "Tue-Thu 02:00-04:00 ",
        "Tue-Thu \u06602:00-04:00",
    ],
)
def test_what_is_no_window_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_window(text, "UTC")


def test_the_seeds_window_is_open_from_its_first_to_before_its_last_moment():
    assert not SEED.is_open(seoul(2026, 3, 3, 1, 59, 59))
    assert SEED.is_open(seoul(2026, 3, 3, 2))
    assert SEED.is_open(utc(2026, 3, 2, 18, 30))  # Monday evening in UTC is Tuesday night in Seoul
    assert SEED.is_open(seoul(2026, 3, 5, 3, 59, 59))
    assert not SEED.is_open(seoul(2026, 3, 5, 4))
    assert not SEED.is_open(seoul(2026, 3, 6, 3))


def test_the_next_opening_is_now_or_the_next_night_or_next_week():
    assert SEED.next_opening(seoul(2026, 3, 3, 3)) == seoul(2026, 3, 3, 3)
    assert SEED.next_opening(seoul(2026, 3, 3, 4)) == seoul(2026, 3, 4, 2)
    assert SEED.next_opening(seoul(2026, 3, 5, 4)) == seoul(2026, 3, 10, 2)


def test_a_window_over_midnight_belongs_to_the_day_it_opens_on():
    window = parse_window("Fri 22:00-02:00", "Asia/Seoul")

    assert window.is_open(seoul(2026, 3, 7, 1))  # Saturday
    assert not window.is_open(seoul(2026, 3, 6, 1))  # Friday
    assert not window.is_open(seoul(2026, 3, 7, 22))


def test_a_whole_day():
    window = parse_window("Sat-Sun 00:00-24:00", "Asia/Seoul")

    assert window.is_open(seoul(2026, 3, 7))
    assert window.is_open(seoul(2026, 3, 8, 23, 59))
    assert not window.is_open(seoul(2026, 3, 9))


def new_york(*at, fold=0):
    return datetime(*at, tzinfo=ZoneInfo("America/New_York"), fold=fold)


def test_where_the_clocks_leap_forward_the_window_loses_that_hour():
    window = parse_window("Sun 01:30-03:30", "America/New_York")  # 2026-03-08: 02:00 becomes 03:00

    assert window.next_opening(utc(2026, 3, 8)) == utc(2026, 3, 8, 6, 30)
    assert window.is_open(utc(2026, 3, 8, 7, 29))
    assert not window.is_open(utc(2026, 3, 8, 7, 30))


def test_a_window_that_the_missing_hour_swallows_does_not_open_that_night():
    window = parse_window("Sun 02:30-03:00", "America/New_York")

    assert not any(window.is_open(utc(2026, 3, 8, 5) + timedelta(minutes=minutes)) for minutes in range(180))
    assert window.next_opening(utc(2026, 3, 8)) == new_york(2026, 3, 15, 2, 30)


def test_where_the_clocks_go_back_the_window_opens_once():
    window = parse_window("Sun 01:15-01:45", "America/New_York")  # 2026-11-01: 02:00 becomes 01:00

    assert window.is_open(new_york(2026, 11, 1, 1, 30))
    assert not window.is_open(new_york(2026, 11, 1, 1, 30, fold=1))


def test_a_zone_that_leaps_over_a_whole_day_has_its_next_opening_all_the_same():
    window = parse_window("Fri 02:00-04:00", "Pacific/Apia")  # there was no Friday, 30 December 2011

    opening = window.next_opening(datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia")))
    assert window.is_open(opening)


def test_of_several_windows_the_first_to_open_counts_and_without_any_it_is_always_open():
    windows = [SEED, parse_window("Mon 10:00-11:00", "Asia/Seoul")]
    sunday = seoul(2026, 3, 1, 12)

    assert next_opening(windows, sunday) == seoul(2026, 3, 2, 10)
    assert any_open(windows, seoul(2026, 3, 2, 10, 30))
    assert not any_open(windows, sunday)
    assert next_opening([], sunday) == sunday
    assert any_open([], sunday)


ZONES = (
    "UTC",
    "Asia/Seoul",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
)


@st.composite
def windows(draw):
    opens = draw(st.integers(0, 24 * 60 - 1))
    length = draw(st.integers(1, 24 * 60 if opens == 0 else 24 * 60 - 1))
    return ChangeWindow(
        days=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        opens=timedelta(minutes=opens),
        closes=timedelta(minutes=opens + length),
        zone=draw(st.sampled_from(ZONES)),
    )


moments = st.integers(1_230_768_000, 1_893_456_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)  # 2009 to 2030
around_a_change = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [utc(2026, 3, 8, 6), utc(2026, 11, 1, 5), utc(2026, 3, 29), utc(2026, 4, 4, 14), utc(2011, 12, 30, 9)]
    ),
    st.integers(-24 * 60, 24 * 60),
)


@given(windows(), moments | around_a_change)
def test_the_next_opening_is_the_first_open_moment(window, at):
    opening = window.next_opening(at)

    assert opening >= at
    assert window.is_open(opening)
    assert (opening == at) is window.is_open(at)
    if opening > at:
        assert not window.is_open(opening - SECOND)
        between = at + (opening - at) / 2
        assert window.next_opening(between) == opening


@given(windows(), moments)
def test_a_window_reads_as_it_is_written(window, at):
    assert parse_window(str(window), "UTC").next_opening(at) == window.next_opening(at)


@given(windows(), moments | around_a_change)
def test_it_is_open_only_on_its_days(window, at):
    shown = at.astimezone(ZoneInfo(window.zone))
    days = {shown.weekday(), (shown.weekday() - 1) % 7} if window.closes > timedelta(days=1) else {shown.weekday()}

    assert not window.is_open(at) or days & window.days or window.zone == "Pacific/Apia"


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": frozenset()},
        {"days": frozenset({7})},
        {"opens": timedelta(days=1)},
        {"closes": timedelta(0)},
        {"closes": timedelta(days=2)},
        {"zone": "Mars/Olympus"},
    ],
)
def test_a_window_that_never_opens_cannot_be_made(wrong):
    right = {"days": frozenset({0}), "opens": timedelta(0), "closes": timedelta(hours=1), "zone": "UTC"}

    assert ChangeWindow(**right)
    with pytest.raises(ValueError, match=r"."):
        ChangeWindow(**right | wrong)
    assert len(DAYS) == 7
