"""The check's steps about people and their authorizations."""

from typing import Any

from sellergate.cli.demo import past
from sellergate.cli.demo.api import SELLER, SUPPLIER, expected
from sellergate.cli.demo.scene import Scene, require
from sellergate.domain.identifiers import Role
from sellergate.wiring import assemble

REASON = past.REJECTING


def the_directory_is_filled(scene: Scene) -> None:
    """Everything is created and nothing fails."""
    reports = past.fill(scene.api, scene.marketplace)
    created = {noun: (report["created"], report["failed"]) for noun, report in reports.items()}
    wanted = {"suppliers": (12, 0), "products": (300, 0), "sellers": (200, 0)}
    require(created == wanted, f"created and failed are {created}")


def there_is_a_past(scene: Scene) -> None:
    """Each kind of answer has been given."""
    scene.past = past.live_through(scene.api, scene.marketplace, requests_each=1)
    found = scene.past
    require(found.requests and found.approved and found.rejected and found.revoked, f"the past is {found}")


def an_approval_opens_the_gate(scene: Scene) -> None:
    """Denied before, allowed the moment the supplier has approved, on an enforced product."""
    seller, product = pair = (scene.newcomer(), scene.marketplace.canary[0])
    require(not scene.api.check(*pair)["allowed"], "the gate allowed the sale before anybody was asked")
    record = _requested(scene, seller, product)
    require(record["status"] == "REQUESTED", f"the request is {record['status']}")
    _decide(scene, record, "approve")
    answer = scene.api.check(*pair)
    require(answer["allowed"] and answer["mode"] == "ENFORCED", f"the gate answered {answer}")
    scene.approved_pair, scene.approved_id = pair, record["id"]


def a_revocation_closes_it_at_once(scene: Scene) -> None:
    """The answer carries a receipt of every process, and no later check allows."""
    record = {"id": scene.approved_id, "productId": scene.approved_pair[1]}
    receipt = _decide(scene, record, "revoke")["receipt"]
    answer = scene.api.check(*scene.approved_pair)
    require(answer.get("errorCode") == "ERR_AUTHORIZATION_REVOKED", f"the gate answered {answer}")
    require(receipt["processes"] == receipt["applied"] >= 1, f"the receipt is {receipt}")


def the_limit_holds(scene: Scene) -> None:
    """Ten requests are taken, the next one is not."""
    seller = scene.newcomer()
    for product in scene.products[:10]:
        _requested(scene, seller, product)
    error = _refused(scene, seller, scene.products[10])
    require(error["errorCode"] == "ERR_PRODUCT_LIMIT_REACHED", f"the refusal is {error}")


def the_cooldown_holds(scene: Scene) -> None:
    """A rejection says until when, and a new request before that is refused."""
    seller, product = scene.newcomer(), scene.products[0]
    rejected = _decide(scene, _requested(scene, seller, product), "reject")
    require(rejected["cooldownUntil"], f"the rejection is {rejected}")
    error = _refused(scene, seller, product)
    require(error["errorCode"] == "ERR_COOLDOWN_ACTIVE", f"the refusal is {error}")


def others_see_nothing(scene: Scene) -> None:
    """404, as if it were not there, for another seller and another supplier."""
    seller, stranger, product = scene.newcomer(), scene.newcomer(), scene.products[0]
    id = _requested(scene, seller, product)["id"]
    other_supplier = scene.marketplace.supplier_of(scene.products[1])
    for path, role, caller in (
        (f"{SELLER}/authorizations/{id}", Role.SELLER, stranger),
        (f"{SUPPLIER}/authorizations/{id}", Role.SUPPLIER, other_supplier),
    ):
        expected(scene.api.call("GET", path, role, caller), 404)


def the_trail_holds(scene: Scene) -> None:
    """As `sellergate audit verify` proves it, on the database the server has written."""
    with assemble(scene.house.settings, following=False) as assembly:
        result = assembly.audit.verify()
    require(result.holds, f"{result.broken}")
    require(result.events > 0, "the trail is empty")


def _requested(scene: Scene, seller: str, product: str) -> Any:
    path = f"{SELLER}/products/{product}/request"
    return scene.api.post(path, Role.SELLER, seller, status=201, json={"businessJustification": past.JUSTIFICATION})


def _refused(scene: Scene, seller: str, product: str) -> Any:
    return scene.api.post(f"{SELLER}/products/{product}/request", Role.SELLER, seller, status=400)


def _decide(scene: Scene, record: dict[str, Any], action: str) -> Any:
    supplier = scene.marketplace.supplier_of(record["productId"])
    body = {} if action == "approve" else {"reason": REASON}
    return scene.api.post(f"{SUPPLIER}/authorizations/{record['id']}/{action}", Role.SUPPLIER, supplier, json=body)
