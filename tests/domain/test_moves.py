"""The state machine: every pair of status and action, and who may carry the action out."""

from itertools import product

import pytest
from given import NOON, REASON, SNAPSHOT, SUPPLIER, an_authorization

from sellergate.domain.authorization import ACTORS, Action, Status, actions_open, first_request, next_status
from sellergate.domain.errors import InvalidStatus
from sellergate.domain.identifiers import Role

ALLOWED = {
    ("NONE", "request"): "REQUESTED",
    ("CANCELLED", "request"): "REQUESTED",
    ("EXPIRED", "request"): "REQUESTED",
    ("REJECTED", "request"): "REQUESTED",
    ("REQUESTED", "ask-info"): "INFO_REQUESTED",
    ("INFO_REQUESTED", "resubmit"): "REQUESTED",
    ("REQUESTED", "cancel"): "CANCELLED",
    ("INFO_REQUESTED", "cancel"): "CANCELLED",
    ("REQUESTED", "approve"): "APPROVED",
    ("REQUESTED", "reject"): "REJECTED",
    ("INFO_REQUESTED", "reject"): "REJECTED",
    ("APPROVED", "revoke"): "REVOKED",
    ("APPROVED", "expire"): "EXPIRED",
    ("REJECTED", "clear-cooldown"): "REJECTED",
}

WHO = {
    "request": {"seller"},
    "ask-info": {"supplier", "admin"},
    "resubmit": {"seller"},
    "cancel": {"seller"},
    "approve": {"supplier", "admin", "system"},
    "reject": {"supplier", "admin"},
    "revoke": {"supplier", "admin"},
    "expire": {"system"},
    "clear-cooldown": {"admin"},
}

CARRIED_OUT = {
    Action.REQUEST: lambda record: record.requested_again(supplier_id="acme", justification=None, volume=None, at=NOON),
    Action.ASK_INFO: lambda record: record.info_asked(REASON, at=NOON),
    Action.RESUBMIT: lambda record: record.resubmitted(justification=None, volume=None, at=NOON),
    Action.CANCEL: lambda record: record.cancelled(at=NOON),
    Action.APPROVE: lambda record: record.approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=None, at=NOON),
    Action.REJECT: lambda record: record.rejected(SUPPLIER, REASON, cooldown=NOON - NOON, at=NOON),
    Action.REVOKE: lambda record: record.revoked(SUPPLIER, REASON, at=NOON),
    Action.EXPIRE: lambda record: record.expired(at=NOON),
    Action.CLEAR_COOLDOWN: lambda record: record.cooldown_cleared(at=NOON),
}

EVERY_PAIR = list(product(Status, Action))
REFUSED = [pair for pair in EVERY_PAIR if (pair[0].value, pair[1].value) not in ALLOWED]


def test_the_table_knows_every_status_and_action_there_is():
    assert {start for start, _ in ALLOWED} | set(ALLOWED.values()) == {status.value for status in Status}
    assert {action for _, action in ALLOWED} == {action.value for action in Action} == set(WHO)
    assert len(EVERY_PAIR) == 72
    assert len(REFUSED) == 72 - 14


@pytest.mark.parametrize(("move", "end"), ALLOWED.items())
def test_every_row_leads_where_the_specification_says(move, end):
    status, action = Status(move[0]), Action(move[1])

    assert next_status(status, action) is Status(end)


@pytest.mark.parametrize(("status", "action"), REFUSED, ids=str)
def test_every_other_pair_is_refused_and_says_what_is_open(status, action):
    with pytest.raises(InvalidStatus) as refused:
        next_status(status, action)

    assert refused.value.code == "ERR_INVALID_STATUS"
    assert refused.value.facts["status"] == status.value
    assert set(refused.value.facts["actions"]) == {move for start, move in ALLOWED if start == status.value}


@pytest.mark.parametrize(("status", "action"), [pair for pair in EVERY_PAIR if pair[0] is not Status.NONE], ids=str)
def test_the_record_moves_as_the_table_says_and_never_otherwise(status, action):
    record = an_authorization(status, version=7)
    end = ALLOWED.get((status.value, action.value))

    if end is None:
        with pytest.raises(InvalidStatus):
            CARRIED_OUT[action](record)
        return
    moved = CARRIED_OUT[action](record)
    assert (moved.status.value, moved.version, moved.updated_at) == (end, 8, NOON)


def test_a_first_request_is_the_move_out_of_none():
    record = first_request(
        id="a-1", seller_id="anna", product_id="p-1", supplier_id="acme", justification="A shop.", volume=5, at=NOON
    )

    assert (record.status, record.version, record.requested_at, record.updated_at) == (Status.REQUESTED, 1, NOON, NOON)
    assert (record.business_justification, record.expected_volume) == ("A shop.", 5)


def test_nothing_leaves_revoked():
    assert actions_open(Status.REVOKED) == []


@pytest.mark.parametrize("action", Action, ids=str)
def test_each_action_has_its_actors(action):
    assert {role.value for role in ACTORS[action]} == WHO[action.value]


@pytest.mark.parametrize(
    ("status", "role", "moves"),
    [
        (Status.REQUESTED, Role.SELLER, [Action.CANCEL]),
        (Status.REQUESTED, Role.SUPPLIER, [Action.ASK_INFO, Action.APPROVE, Action.REJECT]),
        (Status.REQUESTED, Role.SYSTEM, [Action.APPROVE]),
        (Status.INFO_REQUESTED, Role.SELLER, [Action.RESUBMIT, Action.CANCEL]),
        (Status.APPROVED, Role.SELLER, []),
        (Status.REJECTED, Role.SELLER, [Action.REQUEST]),
        (Status.REJECTED, Role.ADMIN, [Action.CLEAR_COOLDOWN]),
        (Status.NONE, Role.OPERATOR, []),
        (Status.NONE, Role.SERVICE, []),
    ],
)
def test_a_role_is_offered_only_its_own_moves(status, role, moves):
    assert actions_open(status, role) == moves
