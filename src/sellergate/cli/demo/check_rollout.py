"""The check's steps about the rollout."""

import time
from typing import Any, Final

from sellergate.cli.demo.api import ADMIN, GATE, SELLER, Unexpected, expected
from sellergate.cli.demo.scene import Scene, require
from sellergate.domain.identifiers import Role
from sellergate.domain.rollout import bucket

REASON: Final = "The demo's check goes on to its next step."
REPORT_WITHIN_SECONDS: Final = 15
LOOKS_EVERY_SECONDS: Final = 0.25
BEGUN: Final = 202
BREACHED_WITHIN_SECONDS: Final = 60


def shadow_is_closed(scene: Scene) -> None:
    """501 before anything else: even without a token."""
    error = expected(scene.api.call("GET", f"{SELLER}/authorizations"), 501)
    require(error["errorCode"] == "FEATURE_NOT_ENABLED", f"the answer is {error}")


def shadow_allows(scene: Scene) -> None:
    """Allowed, with the reason for which it will be denied."""
    answer = scene.api.check(scene.newcomer(), scene.products[0])
    told = answer["allowed"], answer["mode"], answer["reason"]
    require(told == (True, "SHADOW", "NO_AUTHORIZATION"), f"the gate answered {answer}")


def go_to_canary(scene: Scene) -> None:
    """The phase moves, the receipt is whole, and the doors open."""
    _promoted(scene, "canary", canaryProducts=scene.marketplace.canary)
    scene.api.get(f"{SELLER}/authorizations", Role.SELLER, scene.newcomer())


def canary_enforces_its_products(scene: Scene) -> None:
    """Exactly the listed products are enforced; the others are looked at in shadow."""
    _require_enforced(scene, set(scene.marketplace.canary))


def half_enforces_half(scene: Scene) -> None:
    """The products whose bucket is below 50, and the canary as before."""
    _promoted(scene, "percentage")
    half = {product for product in scene.products if bucket(product) < 50}
    _require_enforced(scene, half | set(scene.marketplace.canary))


def full_enforces_all(scene: Scene) -> None:
    """No product is left out."""
    _promoted(scene, "full")
    _require_enforced(scene, set(scene.products))


def the_report_is_filled(scene: Scene) -> None:
    """Processes write down what they saw every ten seconds."""
    ends = time.monotonic() + REPORT_WITHIN_SECONDS
    while not (items := scene.api.get(f"{ADMIN}/rollout/shadow-report", Role.OPERATOR)["items"]):
        if time.monotonic() > ends:
            raise Unexpected(f"the report is still empty after {REPORT_WITHIN_SECONDS} s")
        time.sleep(LOOKS_EVERY_SECONDS)
    require(items[0]["count"] >= 1, f"its first line is {items[0]}")


def health_and_metrics_agree(scene: Scene) -> None:
    """Both are open to everybody, and say full."""
    health = scene.api.get("/health/detailed")
    require(health["rollout"]["phase"] == "full", f"the health is {health}")
    metrics = scene.api.call("GET", "/metrics")
    found = metrics.status_code == 200 and "seller_auth_gate_checks_total" in metrics.text
    require(found, f"the metrics answered {metrics.status_code}, without seller_auth_gate_checks_total")


def enforce_all_again(scene: Scene) -> None:
    """The way the plan goes, without waiting."""
    for phase in ("shadow", "canary", "percentage", "full"):
        _promoted(scene, phase)


def a_breach_ends_it(scene: Scene) -> None:
    """The gate loses its database: the verdict is to roll back, and the controller does."""
    status = scene.api.call("POST", "/demo/breach").status_code
    require(status == BEGUN, f"the breach answered {status}")
    ends = time.monotonic() + BREACHED_WITHIN_SECONDS
    while (rollout := scene.api.get(f"{ADMIN}/rollout", Role.OPERATOR))["phase"] != "off":
        if time.monotonic() > ends:
            raise Unexpected(f"nothing was rolled back after {BREACHED_WITHIN_SECONDS} s: {rollout['verdict']}")
        time.sleep(LOOKS_EVERY_SECONDS)
    last = scene.api.get(f"{ADMIN}/rollout/history", Role.OPERATOR, limit="1")["items"][0]
    require(last["actorId"] == "controller", f"the last change is {last}")


def a_rollback_ends_it(scene: Scene) -> None:
    """Off in every process, within the answer."""
    _require_whole(scene.api.move("rollback", "The check ends as an emergency would."), "off")
    expected(scene.api.call("GET", f"{SELLER}/authorizations"), 501)
    answer = scene.api.check(scene.newcomer(), scene.products[0])
    require(answer["allowed"] and answer["mode"] == "OFF", f"the gate answered {answer}")


def sales_went_on(scene: Scene) -> None:
    """The traffic beside the steps met no error."""
    require(scene.seen["checks"] and not scene.seen["errors"], f"the traffic met {dict(scene.seen)}")


def _promoted(scene: Scene, phase: str, **more: Any) -> None:
    _require_whole(scene.api.move("promote", REASON, **more), phase)


def _require_whole(rollout: dict[str, Any], phase: str) -> None:
    receipt = rollout["receipt"]
    require(rollout["phase"] == phase, f"the phase is {rollout['phase']}, not {phase}")
    require(receipt["processes"] == receipt["applied"] >= 1, f"the receipt is {receipt}")


def _require_enforced(scene: Scene, wanted: set[str]) -> None:
    question = {"sellerId": scene.newcomer(), "productIds": scene.products, "stage": "order"}
    answer = scene.api.post(f"{GATE}/check-batch", Role.SERVICE, json=question)
    enforced = {result["productId"] for result in answer["results"] if result["mode"] == "ENFORCED"}
    require(enforced == wanted, f"{len(enforced)} products are enforced, not {len(wanted)}")
    require(set(answer["denied"]) == wanted, f"{len(answer['denied'])} products are denied, not {len(wanted)}")
