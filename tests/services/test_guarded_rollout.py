"""The rollout moves by its plan: not too early, not at the wrong hour, not unproven, unless a person says so."""

from datetime import UTC, datetime, timedelta

import pytest
from shop import OPERATOR, Shop

from builders import THE_PLAN, a_plan, a_share
from sellergate.domain.criteria import CriterionState, CriterionStatus
from sellergate.domain.errors import CriteriaNotMet, OutsideChangeWindow
from sellergate.domain.plan import CanarySelection, Step
from sellergate.domain.rollout import Phase, RolloutState, Source, Unselected
from sellergate.domain.windows import parse_window
from sellergate.ports.queries import PageRequest
from sellergate.services.rollouts import RolloutService

WHY = "Everything has been quiet for a week."


@pytest.fixture
def store(memory_store):
    return memory_store  # that every store keeps what is decided here is proved by the contract


class Known:
    """States of criteria that a test sets; all of them are met at first."""

    def __init__(self, plan):
        self.of = {one.name: CriterionStatus(CriterionState.MET, "It is.") for one in plan.criteria()}

    def states(self, criteria, rollout):
        return {one.name: self.of[one.name] for one in criteria}


def guarded(store, plan=THE_PLAN):
    shop = Shop(store, environment=RolloutState(phase=Phase.OFF))
    known = Known(plan)
    shop.rollouts = RolloutService(
        store,
        shop.rollouts._propagation,
        plan=plan,
        criteria=known,
        environment=RolloutState(phase=Phase.OFF),
        pinned=None,
        now=shop.now,
    )
    return shop, known


def history(shop):
    return shop.rollouts.history(PageRequest()).items


def promote(shop, **more):
    return shop.rollouts.promote(OPERATOR, WHY, **more).state


def test_the_default_plan_from_off_to_full_takes_its_time(store):
    shop, _ = guarded(store)

    assert promote(shop).step == "shadow"  # the first step needs nothing
    with pytest.raises(CriteriaNotMet, match="2026-03-04 12:00"):
        promote(shop)
    shop.wait(days=3)
    assert promote(shop).step == "canary"
    shop.wait(days=7)
    assert promote(shop).step == "half"
    shop.wait(days=7)
    with pytest.raises(OutsideChangeWindow) as refused:
        promote(shop)
    assert refused.value.facts["earliest"] == datetime(2026, 3, 18, 17, tzinfo=UTC)
    shop.time = refused.value.facts["earliest"]
    full = promote(shop)

    assert (full.phase, full.percentage, full.step, full.since) == (Phase.FULL, 100, "full", shop.time)
    assert not any(change.override or change.overridden for change in history(shop))
    assert [(change.from_step, change.to_step) for change in history(shop)] == [
        ("half", "full"),
        ("canary", "half"),
        ("shadow", "canary"),
        (None, "shadow"),
    ]


def test_a_criterion_that_fails_stops_it_until_a_person_overrides_which_is_recorded(store):
    shop, known = guarded(store)
    promote(shop)
    shop.wait(days=3)
    known.of["shadow-no-errors"] = CriterionStatus(CriterionState.FAILING, "3 checks failed.")

    with pytest.raises(CriteriaNotMet, match=r"3 checks failed\.") as refused:
        promote(shop)
    assert refused.value.facts["obstacles"] == [
        {
            "kind": "criterion",
            "detail": "shadow-no-errors is failing: 3 checks failed.",
            "criterion": "shadow-no-errors",
            "state": "failing",
        }
    ]
    assert len(history(shop)) == 1
    assert promote(shop, override=True).step == "canary"
    change = history(shop)[0]
    assert (change.override, change.overridden) == (True, ("shadow-no-errors is failing: 3 checks failed.",))


def test_an_override_that_nothing_needed_is_recorded_as_one_over_nothing(store):
    shop, _ = guarded(store)

    promote(shop, override=True)

    assert (history(shop)[0].override, history(shop)[0].overridden) == (True, ())


def test_a_hold_is_one_more_reason_not_to_go_on(store):
    shop, _ = guarded(store)
    promote(shop)
    shop.wait(days=3)
    shop.rollouts.hold(OPERATOR, WHY)

    with pytest.raises(CriteriaNotMet, match="on hold") as refused:
        promote(shop)
    assert refused.value.facts["held"] is True
    shop.rollouts.resume(OPERATOR, WHY)
    assert promote(shop).step == "canary"


def test_going_back_and_off_needs_nobodys_leave(store):
    shop, _ = guarded(store)
    promote(shop)
    promote(shop, override=True)
    promote(shop, override=True)

    tenth = shop.rollouts.reduce(OPERATOR, WHY).state
    assert (tenth.percentage, tenth.step) == (10, None)
    with pytest.raises(CriteriaNotMet):  # a reduction is watched for a day
        promote(shop)
    shop.wait(days=1)
    assert promote(shop).step == "half"
    assert shop.rollouts.rollback(OPERATOR, WHY).state.step is None


LONG = a_plan(
    Step(name="enrol", kind=Phase.SHADOW, endpoints=True),
    Step(
        name="canary",
        kind=Phase.CANARY,
        unselected=Unselected.BYPASS,
        canary=CanarySelection(products=("a-1",)),
        windows=(parse_window("daily 12:00-13:00", "UTC"),),
    ),
    *(a_share(percentage, minimum_duration=timedelta(hours=1)) for percentage in (5, 25, 50, 75)),
)


def test_a_plan_of_ones_own_is_followed_from_its_first_step_to_its_last(store):
    shop, _ = guarded(store, LONG)
    states = []
    while not states or states[-1].phase is not Phase.FULL:
        states.append(promote(shop))
        shop.wait(hours=1) if states[-1].percentage else None

    assert [(state.step, state.endpoints_open) for state in states] == [
        ("shadow", False),
        ("enrol", True),
        ("canary", True),
        ("share-5", True),
        ("share-25", True),
        ("share-50", True),
        ("share-75", True),
        ("full", True),
    ]
    assert states[2].canary_products == states[-1].canary_products == {"a-1"}
    assert [state.unselected for state in states[1:4]] == [Unselected.SHADOW, Unselected.BYPASS, Unselected.SHADOW]


def test_the_outlook_says_where_it_goes_and_when_and_what_that_rests_on(store):
    shop, known = guarded(store)
    state = promote(shop)
    known.of["migrations"] = CriterionStatus(CriterionState.FAILING, "One is missing.")

    outlook = shop.rollouts.outlook(state)

    assert (outlook.step.name, outlook.next.name) == ("shadow", "canary")
    assert outlook.earliest == shop.time + timedelta(days=3)
    assert [(one.name, status.state.value) for one, status in outlook.criteria] == [
        ("migrations", "failing"),
        ("shadow-report-reviewed", "met"),
        ("shadow-latency-stable", "met"),
        ("shadow-no-errors", "met"),
        ("shadow-minimum-checks", "met"),
    ]
    shop.wait(days=3)
    assert shop.rollouts.outlook(state).earliest is None


def test_where_nothing_is_known_nothing_is_met(store):
    shop = Shop(store, plan=THE_PLAN)

    outlook = shop.rollouts.outlook(shop.rollouts.current())

    states = {criterion.name: status.state.value for criterion, status in outlook.criteria}
    assert states.pop("migrations") == "met"
    assert set(states.values()) == {"unsigned", "not_enough_data"}
    with pytest.raises(CriteriaNotMet):
        promote(shop)


def test_the_first_hold_of_the_environments_rollout_starts_its_time_and_closes_no_door(store):
    environment = RolloutState(phase=Phase.CANARY, canary_products=frozenset({"a-1"}))
    shop = Shop(store, environment=environment, plan=THE_PLAN)

    held = shop.rollouts.hold(OPERATOR, WHY).state

    assert (held.step, held.since, held.source) == ("canary", shop.time, Source.MANAGED)
    assert (held.endpoints_open, held.unselected) == (True, Unselected.SHADOW)
