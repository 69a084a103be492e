"""Trial grows old."""

from datetime import timedelta

import pytest

from builders import NOON, TICK
from sellergate.domain.trials import Trial, TrialKind

DAY = timedelta(days=1)


@pytest.mark.parametrize(("age", "fresh"), [(timedelta(0), True), (DAY, True), (DAY + TICK, False), (-TICK, False)])
def test_it_is_fresh_up_to_its_age_and_never_from_the_future(age, fresh):
    trial = Trial(kind=TrialKind.LOADTEST, at=NOON - age, actor_id="operator-1", holds=True)

    assert trial.is_fresh(NOON, DAY) is fresh
