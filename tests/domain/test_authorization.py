"""What a move leaves on the record, and the edges of its inputs."""

from datetime import timedelta

import pytest
from given import NOON, REASON, SNAPSHOT, SUPPLIER, TICK, an_authorization

from sellergate.domain.authorization import Status, checked_reason
from sellergate.domain.errors import InvalidInput, ReasonRequired

LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize("text", [None, "", " ", "x" * 9, " " * 500, " " * 5 + "x" * 9 + " " * 5, "\t\n" * 10])
def test_a_reason_shorter_than_ten_characters_is_missing(text):
    with pytest.raises(ReasonRequired) as refused:
        checked_reason(text)

    assert refused.value.facts["field"] == "reason"


@pytest.mark.parametrize("length", [10, 500])
def test_ten_and_five_hundred_characters_are_a_reason(length):
    assert checked_reason("가" * length) == "가" * length


def test_outer_blanks_are_no_part_of_a_reason():
    assert checked_reason("  " + "x" * 500 + "\n") == "x" * 500


def test_a_reason_of_five_hundred_and_one_characters_is_too_long():
    with pytest.raises(InvalidInput) as refused:
        checked_reason("x" * 501)

    assert not isinstance(refused.value, ReasonRequired)


@pytest.mark.parametrize(
    ("status", "move"),
    [
        (Status.REQUESTED, lambda record, text: record.info_asked(text, at=NOON)),
        (Status.REQUESTED, lambda record, text: record.rejected(SUPPLIER, text, cooldown=timedelta(1), at=NOON)),
        (Status.APPROVED, lambda record, text: record.revoked(SUPPLIER, text, at=NOON)),
    ],
    ids=["ask-info", "reject", "revoke"],
)
def test_asking_rejecting_and_revoking_need_words(status, move):
    record = an_authorization(status)

    for text in (None, "x" * 9):
        with pytest.raises(ReasonRequired):
            move(record, text)
    with pytest.raises(InvalidInput):
        move(record, "x" * 501)
    assert "x" * 10 in {move(record, "x" * 10).reason, move(record, "x" * 10).note}


def test_the_cooldown_ends_to_the_second():
    at = NOON.replace(microsecond=987_654)
    rejected = an_authorization().rejected(SUPPLIER, REASON, cooldown=timedelta(days=30), at=at)

    assert rejected.cooldown_until == NOON + timedelta(days=30)
    assert (rejected.reason, rejected.decided_at, rejected.decided_by) == (REASON, at, SUPPLIER.id)


def test_a_cleared_cooldown_ends_now_and_the_rejection_stays():
    rejected = an_authorization(Status.REJECTED, cooldown_until=LATER, reason=REASON)
    cleared = rejected.cooldown_cleared(at=NOON)

    assert (cleared.status, cleared.cooldown_until, cleared.reason) == (Status.REJECTED, NOON, REASON)


def test_an_approval_may_end_only_in_the_future():
    requested = an_authorization()

    for expires_at in (NOON - TICK, NOON):
        with pytest.raises(InvalidInput):
            requested.approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=expires_at, at=NOON)
    approved = requested.approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=NOON + TICK, at=NOON)
    assert approved.expires_at == NOON + TICK


def test_an_approval_keeps_who_when_and_the_product():
    approved = an_authorization(note=REASON).approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=None, at=LATER)

    assert (approved.approved_at, approved.approved_by) == (LATER, SUPPLIER.id)
    assert (approved.decided_at, approved.decided_by) == (LATER, SUPPLIER.id)
    assert approved.product_snapshot == SNAPSHOT
    assert approved.note is None


def test_a_revocation_keeps_what_the_approval_was():
    approved = an_authorization().approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=None, at=NOON)
    revoked = approved.revoked(SUPPLIER, REASON, at=LATER)

    assert (revoked.approved_at, revoked.decided_at, revoked.reason) == (NOON, LATER, REASON)
    assert revoked.product_snapshot == SNAPSHOT


@pytest.mark.parametrize(
    ("now", "lapsed", "shown"),
    [(LATER - TICK, False, Status.APPROVED), (LATER, True, Status.EXPIRED), (LATER + TICK, True, Status.EXPIRED)],
)
def test_an_approval_is_over_at_its_expiry_itself(now, lapsed, shown):
    approved = an_authorization(Status.APPROVED, expires_at=LATER)

    assert approved.has_lapsed(now) is lapsed
    assert approved.status_at(now) is shown


def test_only_an_approval_with_an_end_can_lapse():
    assert not an_authorization(Status.APPROVED).has_lapsed(LATER)
    assert not an_authorization(Status.REVOKED, expires_at=NOON).has_lapsed(LATER)


def test_a_new_request_carries_nothing_of_the_earlier_answer():
    rejected = an_authorization(
        Status.REJECTED,
        reason=REASON,
        note=REASON,
        decided_at=NOON,
        decided_by="somebody",
        cooldown_until=NOON,
        expires_at=NOON,
        approved_at=NOON,
        approved_by="somebody",
        product_snapshot=SNAPSHOT,
        business_justification="The old one.",
        expected_volume=1,
    )
    again = rejected.requested_again(supplier_id="zeta", justification=None, volume=None, at=LATER)

    assert again == an_authorization(supplier_id="zeta", version=2, requested_at=LATER, updated_at=LATER)


def test_an_answer_to_a_question_keeps_the_place_in_the_inbox_and_what_is_not_said_anew():
    asked = an_authorization(business_justification="A shop.", expected_volume=5).info_asked(REASON, at=NOON + TICK)

    unchanged = asked.resubmitted(justification=None, volume=None, at=LATER)
    changed = asked.resubmitted(justification="", volume=0, at=LATER)

    assert unchanged.requested_at == changed.requested_at == NOON
    assert (unchanged.business_justification, unchanged.expected_volume) == ("A shop.", 5)
    assert (changed.business_justification, changed.expected_volume) == ("", 0)


def test_the_facts_are_plain_and_leave_the_supplier_out():
    facts = an_authorization(Status.APPROVED, approved_at=NOON, product_snapshot=SNAPSHOT).facts()

    assert "supplier_id" not in facts
    assert facts["requested_at"] == "2026-03-01T12:00:00+00:00"
    assert facts["status"] == "APPROVED"
    assert facts["product_snapshot"] == SNAPSHOT
    assert facts["expires_at"] is None
