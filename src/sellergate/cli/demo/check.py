"""The demo in short, as a check: every step is asserted through the public API."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from sellergate.cli.demo import check_console, check_people, check_rollout
from sellergate.cli.demo.api import Unexpected
from sellergate.cli.demo.house import House
from sellergate.cli.demo.scene import Scene
from sellergate.cli.demo.traffic import Traffic
from sellergate.cli.output import fail, say

Step = tuple[str, Callable[[Scene], None]]

BEFORE_TRAFFIC: Final[Sequence[Step]] = (
    ("the import takes 12 suppliers, 300 products and 200 sellers", check_people.the_directory_is_filled),
    ("requests, approvals, rejections and a revocation make a past", check_people.there_is_a_past),
)
UNDER_TRAFFIC: Final[Sequence[Step]] = (
    ("in shadow sellers and suppliers are told 501", check_rollout.shadow_is_closed),
    ("in shadow every sale is let through, and looked at", check_rollout.shadow_allows),
    ("a promotion to canary reaches every process", check_rollout.go_to_canary),
    ("canary enforces the canary products and no others", check_rollout.canary_enforces_its_products),
    ("a seller asks, the supplier approves, the gate lets the sale through", check_people.an_approval_opens_the_gate),
    ("a revocation is denied by the very next check", check_people.a_revocation_closes_it_at_once),
    ("the eleventh request of a seller is refused", check_people.the_limit_holds),
    ("a rejected seller has to wait", check_people.the_cooldown_holds),
    ("somebody else's authorization does not exist", check_people.others_see_nothing),
    ("50 % enforces the buckets below 50 and the canary", check_rollout.half_enforces_half),
    ("full enforces every product", check_rollout.full_enforces_all),
    ("the shadow report names what would have been denied", check_rollout.the_report_is_filled),
    ("each of the four people has a console to begin in", check_console.everybody_has_a_page),
    ("the control room names phase, verdict and figures, and draws its charts", check_console.the_control_room_answers),
    ("health and metrics tell the phase", check_rollout.health_and_metrics_agree),
    ("a rollback closes the doors and turns the gate off", check_rollout.a_rollback_ends_it),
)
AFTER_TRAFFIC: Final[Sequence[Step]] = (
    ("sales went on all the while, without an error", check_rollout.sales_went_on),
    ("everything is enforced once more", check_rollout.enforce_all_again),
)
IN_TROUBLE: Final[Sequence[Step]] = (
    ("a breach is seen, and the controller rolls back by itself", check_rollout.a_breach_ends_it),
)
IN_THE_END: Final[Sequence[Step]] = (("the audit trail holds", check_people.the_trail_holds),)


def check_demo(house: House) -> bool:
    """Whether every step did what it must. The first that does not is named, and ends the check."""
    scene = Scene(house)
    began = time.monotonic()
    try:
        _take(BEFORE_TRAFFIC, scene)
        with Traffic(house.api, house.marketplace, scene.past) as traffic:
            scene.seen = traffic.seen
            _take(UNDER_TRAFFIC, scene)
        _take(AFTER_TRAFFIC, scene)
        with Traffic(house.api, house.marketplace, scene.past):
            _take(IN_TROUBLE, scene)
        _take(IN_THE_END, scene)
    except _Failed as failed:
        fail(str(failed))
        return False
    say(f"All of it works, in {time.monotonic() - began:.0f} s.")
    return True


class _Failed(Exception):
    pass


def _take(steps: Sequence[Step], scene: Scene) -> None:
    for title, step in steps:
        try:
            step(scene)
        except Unexpected as error:
            say(f"✗ {title}")
            raise _Failed(f"failed step: {title}: {error}") from error
        except (KeyError, IndexError, TypeError) as error:
            say(f"✗ {title}")
            raise _Failed(f"failed step: {title}: the answer lacks something: {error!r}") from error
        say(f"✓ {title}")
