"""How somebody wants to be told decides when they are told, and what is not said twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from given import NOON
from hypothesis import given
from hypothesis import strategies as st

from builders import HOUR, TICK, a_notice
from sellergate.domain.errors import InvalidInput
from sellergate.domain.notices import Audience, Kind
from sellergate.domain.preferences import (
    PERSONAL,
    REPEATED_WITHIN,
    URGENT,
    Digest,
    Locale,
    Preferences,
    Said,
    checked_preferences,
    due_at,
    fingerprint_of,
    is_repeat,
    language_of,
    thread_of,
)

SEOUL = "Asia/Seoul"
ZONES = [SEOUL, "America/New_York", "Asia/Kathmandu", "UTC"]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("digest", "moment", "due"),
    [
        (Digest.IMMEDIATE, "2026-03-01T12:34:56", "2026-03-01T12:34:56"),
        (Digest.HOURLY, "2026-03-01T12:34:56", "2026-03-01T13:00:00"),
        (Digest.HOURLY, "2026-03-01T12:00:00", "2026-03-01T13:00:00"),
        (Digest.DAILY, "2026-03-01T12:34:56", "2026-03-02T00:00:00"),  # nine in the morning in Seoul
        (Digest.DAILY, "2026-03-01T23:59:59", "2026-03-02T00:00:00"),
        (Digest.DAILY, "2026-03-02T00:00:00", "2026-03-03T00:00:00"),
    ],
)
def test_mail_is_due_at_once_or_at_the_end_of_the_digest(digest, moment, due):
    assert due_at("request.submitted", digest, at(moment), SEOUL) == at(due)


@pytest.mark.parametrize("kind", sorted(URGENT))
@pytest.mark.parametrize("digest", Digest)
def test_what_is_urgent_no_digest_holds_back(kind, digest):
    assert due_at(kind, digest, NOON, SEOUL) == NOON


@given(
    st.integers(0, 15 * 366 * 86_400_000).map(lambda number: at("2020-01-01") + timedelta(milliseconds=number)),
    st.sampled_from(ZONES),
    st.sampled_from([(Digest.HOURLY, timedelta(hours=1)), (Digest.DAILY, timedelta(hours=25))]),
)
def test_a_digest_is_always_still_to_come_and_never_far(moment, zone, digest):
    kind, longest = digest
    due = due_at("request.submitted", kind, moment, zone)

    assert moment < due <= moment + longest
    assert due_at("request.submitted", kind, due - TICK, zone) == due or kind is Digest.DAILY


def test_the_same_again_and_soon_is_a_repeat():
    notice = a_notice(facts={"authorizationId": "a-1", "reason": None})
    said = Said(fingerprint_of(notice), NOON)

    assert is_repeat(said, notice)
    assert is_repeat(said, replace(notice, at=NOON + REPEATED_WITHIN - TICK))
    assert not is_repeat(said, replace(notice, at=NOON + REPEATED_WITHIN))
    assert not is_repeat(None, notice)
    assert not is_repeat(said, replace(notice, facts={**notice.facts, "reason": "Another."}))
    assert not is_repeat(said, replace(notice, kind="request.cancelled"))


def test_what_is_said_of_one_thing_makes_earlier_words_old():
    asked = a_notice("acme", Audience.SUPPLIER, kind="request.submitted", facts={"authorizationId": "a-1"})
    withdrawn = replace(asked, kind="request.cancelled", at=NOON + TICK)

    assert thread_of(asked) == thread_of(withdrawn)
    assert not is_repeat(Said(fingerprint_of(withdrawn), NOON + TICK), replace(asked, at=NOON + 2 * TICK))
    assert thread_of(asked) != thread_of(replace(asked, recipient_id="zeta"))


@pytest.mark.parametrize(
    ("text", "language"),
    [("ko-KR", Locale.KO), ("ko", Locale.KO), ("EN_us", Locale.EN), ("fr", None), ("", None), (None, None)],
)
def test_a_locale_means_a_language(text, language):
    assert language_of(text) is language


@pytest.mark.parametrize("audience", PERSONAL)
def test_everything_one_is_told_of_can_be_muted_and_nothing_else(audience):
    muted = frozenset(kind.value for kind in PERSONAL[audience])
    preferences = checked_preferences(audience, Preferences(muted=muted))

    assert not any(preferences.wants_mail(kind) for kind in PERSONAL[audience])
    with pytest.raises(InvalidInput, match=r"rollout\.rolled-back"):
        checked_preferences(audience, Preferences(muted=frozenset({Kind.ROLLED_BACK.value})))


@pytest.mark.parametrize("zone", ["Nowhere/City", "../etc/passwd", "", "Asia", "\0"])
def test_a_zone_must_be_one(zone):
    with pytest.raises(InvalidInput, match="Asia/Seoul"):
        checked_preferences(Audience.SELLER, Preferences(zone=zone))


def test_who_wants_no_mail_gets_none():
    assert not Preferences(email=False).wants_mail("request.approved")
    assert Preferences().wants_mail("request.approved")
    assert HOUR >= REPEATED_WITHIN
