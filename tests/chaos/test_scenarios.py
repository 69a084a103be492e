"""Each scenario once, briefly, on one fleet. `make chaos` does the same for longer."""

import pytest

from chaos.fleet import Fleet
from chaos.judging import summary
from chaos.play import SCENARIOS

REVOCATIONS = 45
GATES = 3
WITHOUT_DATABASE = {"database-killed", "gates-cut-off", "clock-jumps"}


@pytest.fixture(scope="module")
def fleet():
    with Fleet(gates=GATES) as fleet:
        yield fleet


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_answer_is_older_than_promised_while(fleet, scenario):
    outcome = fleet.play(scenario, REVOCATIONS)

    assert not outcome.violations, summary(outcome.violations)
    # And there was something to be wrong about.
    assert outcome.revocations >= 2 * (REVOCATIONS // 3)
    assert outcome.allowed > REVOCATIONS * GATES
    assert min(outcome.strict, outcome.heard, len(outcome.delays)) > 0
    assert scenario.name not in WITHOUT_DATABASE or outcome.failed > 0
