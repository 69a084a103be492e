"""What a revocation would end, from the command line, out of a real log."""

import pytest

from sellergate import Gate
from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import load_settings
from sellergate.wiring import assemble


@pytest.fixture
def approved(terminal):
    """Anna may sell the mug; the record's id."""
    terminal.fill()
    anna = Actor("anna", Role.SELLER, seller_id="anna")
    with assemble(load_settings(), following=False) as assembly:
        record = assembly.workflow.request(anna, "mug")
        assembly.workflow.approve(Actor("acme", Role.SUPPLIER, supplier_id="acme"), record.id)
    return record.id


def test_without_a_log_what_is_allowed_is_unknown(terminal, approved):
    shown = terminal("impact", approved)

    assert shown.status == 0
    assert "unknown" in shown.out
    assert "SELLERGATE_DECISION_LOG" in shown.err


def test_with_a_log_it_is_what_the_gate_has_answered(terminal, approved):
    terminal.set("SELLERGATE_DECISION_LOG", terminal.folder / "decisions")
    terminal.set("ENABLE_SELLER_AUTHORIZATION", "true")
    terminal.set("PHASE9_ROLLOUT_PERCENTAGE", "100")
    with Gate.open(load_settings().database.url) as gate:
        for value in (10, 20.5, 30):
            assert gate.check("anna", "mug", stage="order", value=value).allowed
        assert gate.allows("anna", "mug")
        assert not gate.allows("ben", "mug")

    found = terminal.done("impact", approved)

    allowed = {stage["stage"]: stage["allowed"] for stage in found["stages"]}
    assert found["known"] == "part"
    assert allowed == {
        "cart": {"checks": 1, "value": 0.0},
        "order": {"checks": 3, "value": 60.5},
        "settlement": {"checks": 0, "value": 0.0},
    }


def test_what_does_not_exist_is_said(terminal, approved):
    assert approved
    assert terminal("impact", "nothing").status == 1
