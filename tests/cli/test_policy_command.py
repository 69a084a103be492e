"""A rule is tried from the command line."""

import pytest

from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import load_settings
from sellergate.wiring import assemble


@pytest.fixture
def asked(terminal):
    terminal.fill()
    with assemble(load_settings(), following=False) as assembly:
        for seller in ("anna", "ben"):
            assembly.workflow.request(Actor(seller, Role.SELLER, seller_id=seller), "mug")
    return terminal


def test_a_rule_is_tried_on_the_last_requests(asked):
    tried = asked.done(
        "policy", "backtest", "--supplier", "acme", "--auto-approval", "trusted", "--minimum-tier", "GOLD"
    )

    assert (tried["requests"], tried["wouldApprove"]["waiting"], tried["wouldLeave"]["waiting"]) == (2, 1, 1)
    shown = asked("policy", "backtest", "--supplier", "acme", "--auto-approval", "all", "--max-sellers", "1")
    assert "The rule would have approved 1." in shown.out


def test_half_a_rule_is_refused(asked):
    result = asked("policy", "backtest", "--supplier", "acme", "--minimum-tier", "GOLD")

    assert result.status == 2
    assert "--auto-approval" in result.err


def test_a_supplier_nobody_knows_is_refused(asked):
    assert asked("policy", "backtest", "--supplier", "nobody").status == 1
