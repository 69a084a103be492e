"""Which phase it is, and what it means for one product."""

import pytest

from sellergate.domain.gate import Mode
from sellergate.domain.rollout import Phase, RolloutState, Source, Unselected, from_flags

CANARY = "p-1"  # bucket 22
LOW = "sku:2026-03.v1_final"  # bucket 4
HIGH = "p-2"  # bucket 90


@pytest.mark.parametrize(
    ("enabled", "shadow", "percentage", "canary", "phase", "share"),
    [
        (False, True, 0, [], Phase.SHADOW, 0),
        (False, True, 100, ["p-1"], Phase.SHADOW, 0),
        (False, False, 0, [], Phase.OFF, 0),
        (False, False, 50, ["p-1"], Phase.OFF, 0),
        (True, True, 0, [], Phase.CANARY, 0),
        (True, True, 0, ["p-1"], Phase.CANARY, 0),
        (True, True, 1, ["p-1"], Phase.PERCENTAGE, 1),
        (True, True, 1, [], Phase.PERCENTAGE, 1),
        (True, True, 99, [], Phase.PERCENTAGE, 99),
        (True, True, 100, [], Phase.FULL, 100),
        (True, False, 100, [], Phase.FULL, 100),
        (True, False, 0, ["p-1"], Phase.CANARY, 0),
    ],
)
def test_the_seeds_flags_are_a_phase(enabled, shadow, percentage, canary, phase, share):
    state = from_flags(enabled=enabled, shadow=shadow, canary_products=canary, percentage=percentage)

    assert (state.phase, state.percentage) == (phase, share)
    assert state.canary_products == (frozenset(canary) if enabled else frozenset())
    assert (state.unselected, state.source, state.version) == (Unselected.BYPASS, Source.ENVIRONMENT, 0)


@pytest.mark.parametrize("unselected", Unselected, ids=str)
@pytest.mark.parametrize(
    ("phase", "percentage", "enforced"),
    [
        (Phase.CANARY, 0, {CANARY}),
        (Phase.PERCENTAGE, 1, {CANARY}),
        (Phase.PERCENTAGE, 4, {CANARY}),
        (Phase.PERCENTAGE, 5, {CANARY, LOW}),
        (Phase.PERCENTAGE, 90, {CANARY, LOW}),
        (Phase.PERCENTAGE, 91, {CANARY, LOW, HIGH}),
    ],
)
def test_canary_and_percentage_enforce_what_they_select(phase, percentage, enforced, unselected):
    state = RolloutState(phase=phase, percentage=percentage, canary_products=frozenset({CANARY}), unselected=unselected)
    otherwise = Mode.SHADOW if unselected is Unselected.SHADOW else Mode.BYPASSED

    assert state.fixed_mode is None
    for product_id in (CANARY, LOW, HIGH):
        assert state.is_selected(product_id) is (product_id in enforced)
        assert state.mode_for(product_id) is (Mode.ENFORCED if product_id in enforced else otherwise)


@pytest.mark.parametrize(
    ("phase", "mode", "selected", "is_open"),
    [
        (Phase.OFF, Mode.OFF, False, False),
        (Phase.SHADOW, Mode.SHADOW, False, False),
        (Phase.FULL, Mode.ENFORCED, True, True),
    ],
)
def test_the_other_phases_make_no_difference_between_products(phase, mode, selected, is_open):
    state = RolloutState(phase=phase, percentage=50, canary_products=frozenset({CANARY}))

    assert state.fixed_mode is mode
    assert {state.mode_for(product_id) for product_id in (CANARY, LOW, HIGH)} == {mode}
    assert state.is_selected(CANARY) is selected
    assert state.endpoints_open is is_open


@pytest.mark.parametrize("phase", [Phase.CANARY, Phase.PERCENTAGE])
def test_sellers_are_let_in_from_the_canary_on(phase):
    assert RolloutState(phase=phase).endpoints_open


@pytest.mark.parametrize("phase", Phase, ids=str)
def test_the_kill_switch_is_off_whatever_was_decided(phase):
    state = RolloutState(phase=phase, percentage=50, canary_products=frozenset({CANARY}), version=7)
    killed = state.killed()

    assert (killed.phase, killed.percentage, killed.kill_switch) == (Phase.OFF, 0, True)
    assert killed.mode_for(CANARY) is Mode.OFF
    assert killed.version == 7
    assert not killed.endpoints_open
