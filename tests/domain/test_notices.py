"""Which move tells whom."""

import pytest
from given import NOON, REASON, an_authorization

from sellergate.domain.authorization import Action
from sellergate.domain.notices import RULES, notices_of

TOLD = {
    "request": [("supplier", "request.submitted")],
    "resubmit": [("supplier", "request.resubmitted")],
    "cancel": [("supplier", "request.cancelled")],
    "ask-info": [("seller", "request.info-asked")],
    "approve": [("seller", "request.approved")],
    "reject": [("seller", "request.rejected")],
    "revoke": [("seller", "authorization.revoked")],
    "expire": [("seller", "authorization.expired"), ("supplier", "authorization.expired")],
    "clear-cooldown": [("seller", "cooldown.cleared")],
}


def test_every_action_tells_somebody():
    assert set(RULES) == set(Action)
    assert {action.value for action in RULES} == set(TOLD)


@pytest.mark.parametrize("action", Action, ids=str)
def test_each_action_tells_those_it_concerns(action):
    notices = notices_of(an_authorization(updated_at=NOON), action)

    assert [(notice.audience.value, notice.kind) for notice in notices] == TOLD[action.value]
    assert {notice.recipient_id for notice in notices if notice.audience == "seller"} <= {"anna"}
    assert {notice.recipient_id for notice in notices if notice.audience == "supplier"} <= {"acme"}
    assert {notice.at for notice in notices} == {NOON}


def test_a_notice_has_what_a_message_is_written_from():
    [notice] = notices_of(an_authorization(reason=REASON, cooldown_until=NOON, note="A question."), Action.REJECT)

    assert notice.facts == {
        "authorizationId": "a-1",
        "sellerId": "anna",
        "productId": "p-1",
        "supplierId": "acme",
        "status": "REQUESTED",
        "reason": REASON,
        "cooldownUntil": "2026-03-01T12:00:00+00:00",
        "expiresAt": None,
    }


def test_a_question_is_told_in_its_own_words():
    [notice] = notices_of(an_authorization(reason="An older answer.", note="A question."), Action.ASK_INFO)

    assert notice.facts["reason"] == "A question."
