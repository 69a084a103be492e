"""A rollout to look at, in a house: phases that began some time ago, traffic, denials in shadow, trials, decisions."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from house import FULL, SUPPLIER, seller_id

from builders import a_product, a_rollout_change
from sellergate.domain.authorization import Status
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES
from sellergate.domain.measurements import WINDOW_SECONDS, Counted, Measurement, aligned
from sellergate.domain.notices import Audience
from sellergate.domain.rollout import Phase, RolloutState, Source, Unselected
from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.domain.trials import Trial, TrialKind

ROLLOUT = "/api/admin/dropshipping/rollout"
REASON = "We have looked at it together."
WITHIN_SECONDS = 10
CHECKS = 1000
"""Checks of a window."""


def begun(house, phase, *, minutes_ago, percentage=0, step=None, canary=()):
    """The rollout is in this phase, and has been for so long; the answer is its version."""
    since = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    with house.store.work() as work:
        before = work.rollouts.current() or RolloutState(phase=Phase.OFF)
        state = RolloutState(
            phase=phase,
            percentage=percentage,
            canary_products=frozenset(canary),
            unselected=Unselected.SHADOW,
            version=before.version + 1,
            since=since,
            source=Source.MANAGED,
            step=step,
        )
        change = a_rollout_change(
            state.version,
            from_phase=before.phase,
            from_percentage=before.percentage,
            to_phase=phase,
            to_percentage=percentage,
            reason=REASON,
            at=since,
        )
        work.rollouts.save(before.version, state, change)
    wait_for(lambda: rollout(house)["version"] >= state.version)
    return state.version


def rollout(house):
    return house.call("operator", "GET", ROLLOUT)


def wait_for(holds):
    ends = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < ends, "it has not come true"
        time.sleep(0.05)


def traffic(house, minutes, *, failing=0, slow=0, misses=60, gap=range(0)):
    """So many minutes of checks up to now; of a thousand so many fail, take 20 ms, or are not found in a cache."""
    end = aligned(datetime.now(UTC), WINDOW_SECONDS) - timedelta(seconds=WINDOW_SECONDS)
    windows = [
        _window(end - timedelta(seconds=WINDOW_SECONDS * back), back, failing, slow, misses)
        for back in range(minutes * 60 // WINDOW_SECONDS)
        if back not in gap
    ]
    with house.store.work() as work:
        work.windows.put("shop-1", windows)


def _window(start, back, failing, slow, misses):
    wave = back * 7 % 12
    denied = 24 + wave
    counts = {
        Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True): 700 - failing - denied,
        Counted(Stage.CART, Mode.ENFORCED, Reason.NO_AUTHORIZATION, True): denied,
        Counted(Stage.ORDER, Mode.ENFORCED, Reason.APPROVED, True): 240 - misses - 5,
        Counted(Stage.ORDER, Mode.ENFORCED, Reason.APPROVED, False): misses,
        Counted(Stage.ORDER, Mode.ENFORCED, Reason.REVOKED, True): 5,
        Counted(Stage.SETTLEMENT, Mode.ENFORCED, Reason.APPROVED, None): 60,
    }
    if failing:
        counts[Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, None)] = failing
    fast, rather = EDGES.index(10_000), EDGES.index(1_000_000)
    latencies = {fast + wave: 900 - slow, rather + wave: 100}
    if slow:
        latencies[next(place for place, edge in enumerate(EDGES) if edge >= 20_000_000)] = slow
    return Measurement(start=start, counts=counts, latencies=latencies)


def shadow(house):
    """Denials that were let pass, of some sellers and products."""
    now = datetime.now(UTC)
    rows = [
        (1, "kettle", "cart", "ERR_SELLER_NOT_AUTHORIZED", 64, "1824000"),
        (2, "board", "order", "ERR_AUTHORIZATION_REVOKED", 41, "902000"),
        (3, "kettle", "order", "ERR_SELLER_NOT_AUTHORIZED", 38, "1330000"),
        (4, "towel", "settlement", "ERR_AUTHORIZATION_EXPIRED", 9, "0"),
        (1, "towel", "cart", "ERR_SELLER_NOT_AUTHORIZED", 7, "48500"),
    ]
    with house.store.work() as work:
        work.shadow.add(
            ShadowCount(
                key=ShadowKey(seller_id(number), product, stage, code),
                count=count,
                first_seen=now - timedelta(days=number + 1),
                last_seen=now - timedelta(hours=30 * (number - 1)),
                value=Decimal(value),
            )
            for number, product, stage, code, count, value in rows
        )


def trials(house):
    """A load test that held, and a simulation that did not."""
    now = datetime.now(UTC)
    with house.store.work() as work:
        work.trials.add(
            Trial(
                kind=TrialKind.LOADTEST,
                at=now - timedelta(hours=5),
                actor_id="cli:ops",
                holds=True,
                summary={
                    "connections": 1000,
                    "ratePerMinute": 10_000,
                    "p95Milliseconds": 1.4,
                    "checks": 99_870,
                    "errorShare": 0.0,
                },
            )
        )
        work.trials.add(
            Trial(
                kind=TrialKind.SIMULATION,
                at=now - timedelta(hours=3),
                actor_id="cli:ops",
                holds=False,
                summary={
                    "percentage": 50,
                    "denied": 214,
                    "checks": 10_000,
                    "suppliers": [{"id": SUPPLIER, "denied": 214}],
                },
            )
        )


def decisions(house):
    """What people have really done: requests, approvals, rejections, a refusal, and requests that are overdue."""
    number = house.decide(house.request("towel"), "approve")
    house.decide(house.request("board"), "reject", reason="The track record is below our minimum.")
    assert number["status"] == "APPROVED"
    for each in range(20, 32):
        house.ask(each, hours_ago=each * 4)


def furnish(house):
    """All of it, in a canary that has lasted an hour."""
    decisions(house)
    watched(house)


def watched(house):
    """A canary that has lasted an hour, with what was seen and tried in it."""
    begun(house, Phase.CANARY, minutes_ago=60, step="canary", canary=["kettle"])
    traffic(house, 60, gap=range(100, 118))
    shadow(house)
    trials(house)
    wait_for(lambda: has_verdict(house))


def lived_in(house):
    """Something of everything that a page can show: requests in each state, a rollout, notices."""
    watched(house)
    with house.store.work() as work:
        for id in ("mug", "tray"):
            work.directory.put_product(a_product(id, name=f"Walnut {id}", supplier_id=SUPPLIER))
    for number in range(2, 8):
        house.ask(number, hours_ago=60 + 2 * number)
    house.ask(13, product="towel", status=Status.APPROVED)
    house.ask(11, product=FULL, hours_ago=1)
    house.ask(12, status=Status.INFO_REQUESTED, note="How will you ship it?")
    house.decide(house.request("mug"), "reject", reason="The track record is below our minimum.")
    house.decide(house.request("tray"), "ask-info", note="How will you ship it?")
    for kind in ("request.approved", "request.rejected", "authorization.revoked"):
        house.notify(kind, reason="The product pages are not good enough.")
    house.notify("request.submitted", audience=Audience.SUPPLIER, recipient=SUPPLIER)


def has_verdict(house):
    with house.store.view() as view:
        return view.verdicts.latest() is not None
